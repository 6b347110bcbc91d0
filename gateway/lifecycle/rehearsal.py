"""A draft of the rules is tried before anyone votes: its cases and its tests, on every engine."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from os import cpu_count
from typing import Any

from gateway.policy.case_files import Case
from gateway.policy.cases import run_cases
from gateway.policy.loading import Reading
from gateway.policy.rego_tests import find_rego_tests, run_rego_tests
from gateway.ports import PolicyEngine

Json = Any


@dataclass(frozen=True, slots=True)
class Tried:
    """What passed and what did not. `cases` is by engine; what failed is named."""

    cases: Mapping[str, tuple[int, tuple[str, ...]]]
    rego: tuple[int, tuple[str, ...]]

    @property
    def green(self) -> bool:
        """Whether there were cases and tests, and all of them passed."""
        results = [*self.cases.values(), self.rego]
        return bool(self.cases) and all(passed and not failed for passed, failed in results)

    def document(self) -> dict[str, Json]:
        """Return it as the impact report carries it."""
        return {
            "cases": {
                name: {"passed": passed, "failed": list(failed)}
                for name, (passed, failed) in sorted(self.cases.items())
            },
            "rego": {"passed": self.rego[0], "failed": list(self.rego[1])},
        }


async def cases_on(
    engine: PolicyEngine, draft: Reading, cases: Sequence[Case]
) -> tuple[int, tuple[str, ...]]:
    """Decide the cases on one engine that holds the draft."""
    results = await run_cases(engine, draft.policy_set, cases)
    failed = tuple(
        f"{result.id}: {'; '.join(result.differences)}" for result in results if not result.passed
    )
    return len(results) - len(failed), failed


def rego_of(draft: Reading) -> tuple[int, tuple[str, ...]]:
    """Run the draft's own Rego tests, a file of them on each core at a time."""
    files = [[*tests] for _, tests in groupby(find_rego_tests(draft.trees), lambda it: it.path)]
    with ThreadPoolExecutor(cpu_count() or 1) as threads:
        found = threads.map(lambda tests: [*run_rego_tests(draft.policy_set, tests)], files)
        results = [result for each in found for result in each]
    failed = tuple(f"{result.test}: {result.why}" for result in results if not result.passed)
    return len(results) - len(failed), failed
