"""A log in memory whose rules and registry change, for those who verify and those who forge.

Whoever writes it holds the entry and the checkpoint key; the keys of people are theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785

from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.registry_change import entry_type
from gateway.lifecycle.registry_effect import registry_report
from gateway.model.evidence import EntryType, Part
from gateway.people import person_key
from gateway.registry import registry_digest
from gateway.verify import Verified, verify_export
from tests.builders import the_police
from tests.changing import EFFECTS, NOW, a_card, role, said
from tests.tlog.memory_log import ORIGIN, KeySigner, MemoryLog

Json = Any
Ballots = Sequence[Mapping[str, Json]]
ROOT = KeySigner("root").public_key
POLICE, CITY = "polizei-traeger", "ordnungsamt-traeger"
FIRST_RULES, NEXT_RULES = "a" * 64, "e" * 64
CARDS = {
    person_key(it["id"]): it
    for it in (
        a_card("olga", role("operator")),
        a_card("anna", role("approver", POLICE)),
        a_card("emre", role("approver", CITY)),
        a_card("tomo", role("approver", "zoll-traeger")),
        a_card("aris", role("author", POLICE)),
        a_card("dora", role("dpo", POLICE)),
        a_card("ende", role("approver", POLICE), status="ended"),
    )
}
"""With whom the log begins."""


@dataclass
class GovernedLog:
    """Entries that change rules and registry, after the founding."""

    log: MemoryLog = field(default_factory=MemoryLog)
    rules: str = FIRST_RULES
    documents: dict[str, bytes] = field(default_factory=dict)
    number: int = 1

    @property
    def digests(self) -> dict[str, str]:
        """The claims of an entry now."""
        return {"policy_digest": self.rules, "registry_digest": registry_digest(self.documents)}

    def found(
        self, cards: Mapping[str, Json] = CARDS, *, rules: bool = True, **claims: Json
    ) -> "GovernedLog":
        """Append the people and the rules with which the log begins."""
        self.documents = {key: rfc8785.dumps(card) for key, card in cards.items()}
        self.append(EntryType.REGISTRY, {"founding": {"documents": dict(cards)}}, **claims)
        if rules:
            self.append(EntryType.POLICY, {"founding": {"policy_digest": self.rules}}, **claims)
        return self

    def append(self, kind: EntryType, audit: Json = None, **claims: Json) -> int:
        """Append an entry under the digests in force, or whatever the forger says."""
        parts = {} if audit is None else {Part.AUDIT: audit}
        given = {"time": NOW, "type": kind, **self.digests, **claims}
        return self.log.append(parts, **given)

    def registry_change(self, changes: Mapping[str, Json], **fields: Json) -> ChangeSet:
        """Return a true draft of the registry by `olga`."""
        after = dict(self.documents)
        for key, document in changes.items():
            after.pop(key, None)
            if document is not None:
                after[key] = rfc8785.dumps(document)
        report = fields.pop("report", None) or registry_report(changes, self.documents, {})
        return self._change(
            ChangeKind.REGISTRY,
            registry_digest(self.documents),
            registry_digest(after),
            **{"author": "olga", "documents": dict(changes), "report": report, **fields},
        )

    def policy_change(self, effect: str = "more", **fields: Json) -> ChangeSet:
        """Return a true draft of the rules by `aris`."""
        after = fields.pop("digest_after", NEXT_RULES)
        report = fields.pop("report", {"effect": dict(EFFECTS[effect])})
        about = {"digest_before": self.rules, "digest_after": after}
        given = {"author": "aris", "documents": {}, "report": {**about, **report}}
        return self._change(ChangeKind.POLICY, self.rules, after, **{**given, **fields})

    def _change(self, kind: ChangeKind, before: str, after: str, **fields: Json) -> ChangeSet:
        self.number += 1
        given = {
            "id": f"{self.number:032x}",
            "number": self.number,
            "title": "Änderung",
            "reason": "Probe",
            "time": NOW,
            "origin": ORIGIN,
            "digest_before": before,
            "digest_after": after,
        }
        return ChangeSet(kind=kind, **{**given, **fields})

    def enter(
        self,
        change: ChangeSet,
        ballots: Ballots | None = None,
        *,
        alter: Callable[[ChangeSet], ChangeSet] = lambda change: change,
        **claims: Json,
    ) -> int:
        """Append the entry of a change, with the ballots of those who must agree unless told.

        *alter* changes the draft after the ballots were signed.
        """
        signed = agreed(change) if ballots is None else ballots
        shown = alter(change)
        named = "policy_digest" if change.kind is ChangeKind.POLICY else "registry_digest"
        index = self.append(
            EntryType(claims.pop("type", entry_type(change))),
            {"change": shown.document(), "ballots": list(signed)},
            **{named: change.digest_after, **claims},
        )
        if change.kind is ChangeKind.POLICY:
            self.rules = change.digest_after
        for key, document in change.documents.items():
            self.documents.pop(key, None)
            if document is not None:
                self.documents[key] = rfc8785.dumps(document)
        return index

    def with_police(self) -> "GovernedLog":
        """Let the police join, as two agree."""
        self.enter(self.registry_change({"polizei": the_police()}))
        return self

    def verify(self, folder: Path) -> Verified:
        """Let the auditor's verifier judge a copy."""
        return verify_export(self.log.write(folder), ROOT)


def a_governed_log() -> GovernedLog:
    """Return a log that was founded, and has a decision."""
    log = GovernedLog().found()
    log.append(EntryType.DECISION)
    return log


def agreed(
    change: ChangeSet, *voters: str, activated_by: str | None = None, reason: str = ""
) -> list[dict[str, Json]]:
    """Return the ballots of the author, of *voters* (anna and emre) and of who activates."""
    last = activated_by or change.author
    return [
        said(change, Vote.PROPOSE, change.author),
        *(said(change, Vote.AGREE, name) for name in voters or ("anna", "emre")),
        said(change, Vote.ACTIVATE, last, reason),
    ]


def alone(change: ChangeSet) -> list[dict[str, Json]]:
    """Return the two ballots of someone who acts alone."""
    return [said(change, vote, change.author) for vote in (Vote.PROPOSE, Vote.ACTIVATE)]
