"""What is known about a draft of the rules before anyone votes: difference, tests, effect, past.

All of it goes into one canonical report. The gateway makes it when a draft is proposed, and a
vote is one on exactly that report.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from gateway.adapters.engine_batch import engine_batch
from gateway.errors import ChangeRefused
from gateway.lifecycle.impact import impact_report
from gateway.lifecycle.policy_effect import PolicyChange, policy_effect
from gateway.lifecycle.rehearsal import Tried, cases_on, rego_of
from gateway.lifecycle.replay_report import ReplayReport
from gateway.model.unit import Unit
from gateway.policy.case_files import Case
from gateway.policy.checks import check_reading
from gateway.policy.findings import refuse
from gateway.policy.loading import Reading
from gateway.policy.set_differences import Difference, difference
from gateway.ports import PolicyEngine

Json = Any
Engine = Callable[[Reading], AbstractAsyncContextManager[PolicyEngine]]
Replay = Callable[[Reading], Awaitable[ReplayReport | None]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft that may be proposed: its report, and the difference in words."""

    draft: Reading
    report: dict[str, Json]
    difference: Difference


async def examined(
    base: Reading,
    draft: Reading,
    *,
    units: Collection[Unit],
    cases: Sequence[Case],
    engines: Iterable[tuple[str, Engine]],
    replay: Replay,
    told: Callable[[str], None],
) -> Proposal:
    """Check, try, weigh and replay a draft; *told* hears what is being done, in German.

    Raises:
        PolicySetRefused: The draft breaks a rule for rules.
        ChangeRefused: It is in force already, or a case or a test of it fails.
        PolicyUnavailable: An engine did not come up.
    """
    if base.policy_set.digest == draft.policy_set.digest:
        raise ChangeRefused(
            "genau diese Regeln gelten schon (exactly these rules are in force already)"
        )
    told("Entwurf prüfen")
    refuse(check_reading(draft))
    told("Unterschied")
    found = difference(base, draft, cases)
    told(f"{len(cases)} Fälle und die Tests der Regeln")
    tried = await _tried(draft, cases, engines)
    if not tried.green:
        failed = [*tried.rego[1], *(why for _, whys in tried.cases.values() for why in whys)]
        raise ChangeRefused(
            "Fälle oder Tests sind nicht bestanden, der Entwurf wird nicht vorgeschlagen "
            "(a draft whose cases and tests do not all pass is not proposed): "
            + ("; ".join(failed[:5]) or "it has none")
        )
    told("Frühere Entscheidungen")
    history = await replay(draft)
    told("Wirkung")
    change = PolicyChange(base, draft, units, cases, history)
    weighed = await policy_effect(change, engine_batch)
    if weighed.undecided:
        raise ChangeRefused(
            f"{weighed.undecided} Fragen entscheidet der Entwurf nicht rechtzeitig "
            "(questions that the draft does not decide in time)"
        )
    report = impact_report(change, weighed, found, tried.document())
    return Proposal(draft, report, found)


async def _tried(
    draft: Reading, cases: Sequence[Case], engines: Iterable[tuple[str, Engine]]
) -> Tried:
    results = {}
    for name, engine in engines:
        async with engine(draft) as running:
            results[name] = await cases_on(running, draft, cases)
    return Tried(results, rego_of(draft))
