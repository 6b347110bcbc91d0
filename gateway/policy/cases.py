"""The case runner: every case decided by an engine and held against what it expects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from gateway.errors import PolicyUnavailable
from gateway.policy.case_files import Case
from gateway.policy.case_input import input_of_case
from gateway.policy.case_result import differences
from gateway.policy.policy_set import PolicySet
from gateway.ports import PolicyEngine
from gateway.schemas import compile_schema, faults_of

Json = Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case; no differences means that it passed.

    The decision is there if the engine gave one that its schema accepts.
    """

    id: str
    title: str
    differences: tuple[str, ...]
    decision: Mapping[str, Json] | None = None

    @property
    def passed(self) -> bool:
        return not self.differences


async def run_cases(
    engine: PolicyEngine, policy_set: PolicySet, cases: Iterable[Case]
) -> tuple[CaseResult, ...]:
    """Decide each case on *engine*, which holds *policy_set*, in the order given."""
    schema = compile_schema(policy_set.schemas["decision.json"], {})
    return tuple([await _run(engine, policy_set, schema, case) for case in cases])


async def _run(
    engine: PolicyEngine,
    policy_set: PolicySet,
    schema: jsonschema_rs.Draft202012Validator,
    case: Case,
) -> CaseResult:
    try:
        decision = await engine.decide(policy_set.digest, input_of_case(case, policy_set))
    except PolicyUnavailable as error:
        return _undecided(case, f"keine Entscheidung: {error} (no decision)")
    faults = [f"{fault.pointer}: {fault.what}" for fault in faults_of(schema, decision, "")]
    if faults:
        why = f"Entscheidung nicht nach Schema: {'; '.join(faults)} (not by its schema)"
        return _undecided(case, why)
    found = tuple(differences(case, decision, policy_set.catalogue))
    return CaseResult(case.id, case.title, found, decision)


def _undecided(case: Case, why: str) -> CaseResult:
    return CaseResult(case.id, case.title, (why,))
