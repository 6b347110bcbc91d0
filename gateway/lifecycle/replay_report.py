"""What a replay of past decisions found, counted so that the same history gives the same bytes."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import rfc8785

from gateway.lifecycle.loosening import Loosening, loosening
from gateway.model.decision import Decision

Json = Any
_EXAMPLES = 20
_COUNTERS = {
    "verdicts": ("from", "to"),
    "kinds": ("exchange_kind",),
    "rules": ("rule",),
    "partnerships": ("partnership",),
    "released": ("exchange_kind", "member"),
    "withheld": ("exchange_kind", "member"),
    "loosened": ("exchange_kind", "sender_kind", "controller"),
    "tightened": ("exchange_kind", "sender_kind", "controller"),
}
"""Counter -> what its keys are."""


@dataclass(frozen=True, slots=True)
class Past:
    """A decision as the log has it: whose record, under which rules, on what input, with what."""

    entry_id: str
    kind: str
    partnership: str | None
    asked: Mapping[str, Json]
    decided: Decision


@dataclass(slots=True)
class ReplayReport:
    """The figures of a replay. `through` is the index of the last decision that was looked at."""

    digest_before: str
    digest_after: str
    through: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    found: dict[str, Counter[tuple[str, ...]]] = field(
        default_factory=lambda: {name: Counter() for name in _COUNTERS}
    )
    examples: list[dict[str, Json]] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Count one decision: `erased`, `shut`, `other_rules`, `undecided` or `same`."""
        self.counts[what] += 1

    def compare(self, past: Past, now: Decision) -> None:
        """Count a decision that could be replayed, and in what it decides otherwise."""
        before = past.decided
        if _bytes(before) == _bytes(now):
            self.note("same")
            return
        self.note("otherwise")
        verdicts = before.verdict.value, now.verdict.value
        self.found["verdicts"][verdicts] += 1
        self.found["kinds"][past.kind,] += 1
        self.found["partnerships"][past.partnership or "",] += 1
        self.found["rules"].update((rule,) for rule in _rules(before) ^ _rules(now))
        released, withheld = now.released - before.released, before.released - now.released
        self.found["released"].update((past.kind, name) for name in released)
        self.found["withheld"].update((past.kind, name) for name in withheld)
        if before.policy_digest == self.digest_before:
            self._weigh(past, loosening(before.document, now.document))
        if len(self.examples) < _EXAMPLES:
            self.examples.append(
                {
                    "id": past.entry_id,
                    "exchange_kind": past.kind,
                    "from": verdicts[0],
                    "to": verdicts[1],
                    "released": sorted(released),
                    "withheld": sorted(withheld),
                }
            )

    def _weigh(self, past: Past, found: Loosening) -> None:
        """Count whose sending would be more or less; a duty may go together with its members.

        Only decisions under the rules that the draft starts from say what the draft changes.
        """
        sender = past.kind, past.asked["sender_kind"], past.asked["sender_controller"]
        if found.loosens:
            self.found["loosened"][sender] += 1
        elif found.less:
            self.found["tightened"][sender] += 1

    def document(self) -> dict[str, Json]:
        """Return the report in its canonical order; it says nothing of when it was made."""
        return {
            "digest_before": self.digest_before,
            "digest_after": self.digest_after,
            "through": self.through,
            "counts": dict(sorted(self.counts.items())),
            **{
                name: [
                    {**dict(zip(_COUNTERS[name], key, strict=True)), "count": count}
                    for key, count in sorted(counter.items())
                ]
                for name, counter in self.found.items()
            },
            "examples": self.examples,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the report's canonical form (RFC 8785), hex."""
        return hashlib.sha256(rfc8785.dumps(self.document())).hexdigest()

    @classmethod
    def read(cls, document: Mapping[str, Json]) -> Self:
        """Return the report that `document` wrote, to go on with."""
        return cls(
            document["digest_before"],
            document["digest_after"],
            document["through"],
            Counter(document["counts"]),
            {
                name: Counter(
                    {tuple(row[key] for key in keys): row["count"] for row in document[name]}
                )
                for name, keys in _COUNTERS.items()
            },
            list(document["examples"]),
        )


def _bytes(decision: Decision) -> str:
    """Two documents are the same in this form if they are in that of RFC 8785, at a tenth of
    its cost: there are no fractions in them."""
    return json.dumps(decision.document, sort_keys=True, ensure_ascii=False)


def _rules(decision: Decision) -> frozenset[str]:
    """The rules that stand against something, by which a reader finds what changed."""
    reasons: Iterable[Any] = (
        *decision.denials,
        *(reason for outcome in decision.outcomes for reason in outcome.reasons),
    )
    return frozenset(reason.rule for reason in reasons)
