"""The worked cases of the law, decided by the rules on the engine that the gateway uses."""

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.policy.case_files import read_case_file
from gateway.policy.cases import run_cases
from tests.builders import REPOSITORY, the_policies

FOLDER = REPOSITORY / "tests" / "vectors" / "cases"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.name != "fields.json")
CASES = [case for path in FILES for case in read_case_file(path)]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def results(anyio_backend: str) -> dict[str, tuple[str, ...]]:
    """What each case's decision differs in from what the law asks for."""
    policy_set = the_policies().policy_set
    engine = EmbeddedEngine(PoolLimits(children=1, deadline_s=30.0))
    await engine.start(policy_set)
    try:
        return {
            result.id: result.differences for result in await run_cases(engine, policy_set, CASES)
        }
    finally:
        await engine.close()


def test_no_two_cases_have_one_id() -> None:
    ids = [case.id for case in CASES]

    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("case", [case.id for case in CASES])
async def test_a_worked_case_is_decided_as_the_law_asks(
    case: str, results: dict[str, tuple[str, ...]]
) -> None:
    assert results[case] == ()
