"""Decides what was decided before once more, under other rules or under the same.

Self-monitoring by the controller (§ 76 Abs. 2 BDSG): inputs without payload values, from records
that still live. The class `covert_data_transmission_documentation` is never opened (DESIGN 7).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gateway.adapters.stored_leaf import policy_digest_of
from gateway.errors import PolicyUnavailable
from gateway.lifecycle.replay_report import Past, ReplayReport
from gateway.model.decision import Decision
from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.obligations import log_class_of
from gateway.policies import Policies
from gateway.ports import PolicyEngine
from gateway.reading import part_of
from gateway.steps.decide import decide_input

Json = Any
Entries = Callable[[int, int], Sequence[StoredEntry]]
BUNDLE = 256
"""Entries that are in memory at a time."""

SHUT = frozenset({"covert_data_transmission_documentation"})
"""Log classes whose records no replay opens (§ 40 Abs. 1 S. 5 NPOG)."""


async def replay(
    report: ReplayReport,
    entries: Entries,
    size: int,
    engine: PolicyEngine,
    policies: Policies,
    told: Callable[[int, int], None],
    *,
    only_own: bool = False,
) -> ReplayReport:
    """Go on with *report* from where it stands to entry *size*; return it.

    *entries* gives the entries from an index to before another one. With *only_own* decisions
    under other rules than *policies* are counted and not replayed. *told* hears how far it is
    after each bundle, when the report can be kept.
    """
    start = 0 if report.through is None else report.through + 1
    for first in range(start, size, BUNDLE):
        last = min(first + BUNDLE, size)
        stored = await asyncio.to_thread(entries, first, last)
        own = policies.digest if only_own else None
        pasts = list(_replayable(stored, report, own))
        decided = await asyncio.gather(*(_again(past, engine, policies) for past in pasts))
        for past, now in zip(pasts, decided, strict=True):
            if now is None:
                report.note("undecided")
            else:
                report.compare(past, now)
        told(last, size)
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
            audit = part_of(entry.parts[Part.AUDIT])
            yield Past(
                entry.entry_id,
                audit["exchange_kind"],
                audit["partnership"],
                part_of(entry.parts[Part.INPUT]),
                Decision.parse(audit["decision"], digest, ""),
            )


async def _again(past: Past, engine: PolicyEngine, policies: Policies) -> Decision | None:
    try:
        return await decide_input(past.asked, engine, policies)
    except PolicyUnavailable:
        return None
