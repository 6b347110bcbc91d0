"""Decides what was decided before once more, under other rules or under the same.

Self-monitoring by the controller (§ 76 Abs. 2 BDSG): inputs without payload values, from records
that still live. The class `covert_data_transmission_documentation` is never opened (DESIGN 7).
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from gateway.adapters.stored_leaf import policy_digest_of
from gateway.errors import MalformedLeaf, PolicyUnavailable
from gateway.lifecycle.replay_pace import Pace
from gateway.lifecycle.replay_report import Past, ReplayReport
from gateway.model.decision import DecidedMany, Decision
from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.obligations import log_class_of
from gateway.policies import Policies
from gateway.steps.decide import check_input, decision_of
from gateway.tlog.encoding import decode_base64url

Json = Any
Entries = Callable[[int, int], Sequence[StoredEntry]]
BUNDLE = 1024
"""Entries that are in memory at a time; as many are read while these are decided."""

BATCH = 32
"""Questions that go to the engine together."""

SHUT = frozenset({"covert_data_transmission_documentation"})
"""Log classes whose records no replay opens (§ 40 Abs. 1 S. 5 NPOG)."""

READ = (Part.AUDIT, Part.INPUT)
"""The parts of a record that a replay opens."""


class ManyDecisions(Protocol):
    """The policy decision point, where nobody waits for the single decision."""

    @property
    def name(self) -> str:
        """Engine with version."""

    async def decide_many(
        self, policy_digest: str, inputs: Sequence[Mapping[str, Json]]
    ) -> DecidedMany:
        """Return the raw decision document on each input, None where there is none."""


async def replay(
    report: ReplayReport,
    entries: Entries,
    size: int,
    engine: ManyDecisions,
    policies: Policies,
    told: Callable[[int, int], None],
    *,
    only_own: bool = False,
    pace: Pace | None = None,
) -> ReplayReport:
    """Go on with *report* from where it stands to entry *size*; return it.

    *entries* gives the entries from an index to before another one. With *only_own* decisions
    under other rules than *policies* are counted and not replayed. *told* hears how far it is
    after each bundle, when the report can be kept.
    """
    start = 0 if report.through is None else report.through + 1
    own = policies.digest if only_own else None
    bundles = [(first, min(first + BUNDLE, size)) for first in range(start, size, BUNDLE)]
    reading: asyncio.Future[Sequence[StoredEntry]] | None = None
    for place, bundle in enumerate(bundles):
        stored = await (reading or asyncio.to_thread(entries, *bundle))
        if place + 1 < len(bundles):
            reading = asyncio.ensure_future(asyncio.to_thread(entries, *bundles[place + 1]))
        pasts = list(_replayable(stored, report, own))
        decided = await _again(pasts, engine, policies, pace or Pace())
        for past, now in zip(pasts, decided, strict=True):
            if now is None:
                report.note("undecided")
            else:
                report.compare(past, now)
        told(bundle[1], size)
    return report


def _replayable(
    stored: Sequence[StoredEntry], report: ReplayReport, own: str | None
) -> Iterator[Past]:
    for entry in stored:
        if entry.type is not EntryType.DECISION:
            continue
        report.note("recorded")
        report.through = entry.index
        digest = policy_digest_of(entry.leaf)
        if entry.bucket is not None and log_class_of(entry.bucket) in SHUT:
            report.note("shut")
        elif Part.AUDIT not in entry.parts or Part.INPUT not in entry.parts:
            report.note("erased")
        elif own is not None and digest != own:
            report.note("other_rules")
        else:
            audit = _value(entry.parts[Part.AUDIT])
            yield Past(
                entry.entry_id,
                audit["exchange_kind"],
                audit["partnership"],
                _value(entry.parts[Part.INPUT]),
                Decision.parse(audit["decision"], digest, ""),
            )


def _value(disclosure: str) -> dict[str, Json]:
    """Return the value of a part. Opening the record proved that it is as it was written, so
    that it is not looked at as strictly as one from outside: that would cost three times as much.

    Raises:
        MalformedLeaf: It is no disclosure.
    """
    try:
        value: dict[str, Json] = json.loads(decode_base64url(disclosure, MalformedLeaf))[2]
    except (ValueError, LookupError) as error:
        raise MalformedLeaf("a part of a record cannot be read") from error
    return value


async def _again(
    pasts: Sequence[Past], engine: ManyDecisions, policies: Policies, pace: Pace
) -> list[Decision | None]:
    """Return the decisions in the order of *pasts*. Each batch is of one kind."""
    decided: list[Decision | None] = [None] * len(pasts)

    async def decide(places: Sequence[int]) -> None:
        asked = [pasts[place].asked for place in places]
        many = await engine.decide_many(policies.digest, asked)
        for place, document in zip(places, many.documents, strict=True):
            decided[place] = _decision(pasts[place].asked, document, engine.name, policies)
        pace.add(pasts[places[0]].kind, len(places), many.cpu_s)

    await asyncio.gather(*(decide(places) for places in _batches(pasts)))
    return decided


def _batches(pasts: Sequence[Past]) -> Iterator[Sequence[int]]:
    kinds: dict[str, list[int]] = {}
    for place, past in enumerate(pasts):
        kinds.setdefault(past.kind, []).append(place)
    for places in kinds.values():
        for first in range(0, len(places), BATCH):
            yield places[first : first + BATCH]


def _decision(
    asked: Mapping[str, Json], document: Mapping[str, Json] | None, engine: str, policies: Policies
) -> Decision | None:
    if document is None:
        return None
    try:
        check_input(asked, policies)
        return decision_of(document, asked, engine, policies)
    except PolicyUnavailable:
        return None
