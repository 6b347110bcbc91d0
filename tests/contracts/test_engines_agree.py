"""The library and a real OPA server decide the same, byte for byte."""

import asyncio
import json
from pathlib import Path

import pytest
import rfc8785

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.adapters.memory.engine import MemoryEngine
from gateway.adapters.opa_engine import OpaLimits
from gateway.errors import PolicyUnavailable
from gateway.local_opa import local_opa
from gateway.policy.case_files import read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.loading import load_policy_set
from tests.oracles.opa import opa
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policies.random_inputs import random_inputs
from tests.policies.record_decisions import recorded

pytestmark = [pytest.mark.opa, pytest.mark.timeout(900)]

SEED, RANDOM_INPUTS = 20_261_124, 5000
CASES = Path(__file__).parents[1] / "vectors" / "cases"
NO_DECISION = b"no decision"
PATIENCE_S = 60.0
SET = load_policy_set(POLICIES, SCHEMAS)


@pytest.fixture
async def both():
    embedded = EmbeddedEngine(PoolLimits(children=1, deadline_s=PATIENCE_S))
    await embedded.start(SET)
    async with local_opa(opa(), SET, OpaLimits(deadline_s=PATIENCE_S)) as server:
        yield embedded, server.engine
    await embedded.close()


async def decided(engine, given):
    """The decision in its canonical form; each way to have none counts as the same."""
    try:
        return rfc8785.dumps(dict(await engine.decide(SET.digest, given)))
    except PolicyUnavailable as error:
        assert "time" not in str(error)  # a late answer would say nothing about the rules
        return NO_DECISION


async def answers(both, given):
    return await asyncio.gather(*(decided(engine, given) for engine in both))


async def differing(both, inputs):
    """Every input on which the two disagree, the smallest first; and all answers of one."""
    different, given_out = [], []
    for given in inputs:
        one, other = await answers(both, given)
        given_out.append(one)
        if one != other:
            different.append((json.dumps(given, sort_keys=True), one, other))
    return sorted(different, key=lambda row: len(row[0])), given_out


def shown(different):
    given, embedded, server = different[0]
    return f"{len(different)} differ; the smallest:\n{given}\n{embedded!r}\n{server!r}"


async def test_a_disagreement_shows_the_smallest_input():
    one = MemoryEngine(SET.digest, lambda given: {"n": len(given)})
    other = MemoryEngine(SET.digest, lambda given: {"n": min(len(given), 1)})
    inputs = [{"a": 1, "b": 2, "c": 3}, {"a": 1}, {"a": 1, "b": 2}]

    different, _ = await differing((one, other), inputs)

    assert shown(different).splitlines()[:2] == ["2 differ; the smallest:", '{"a": 1, "b": 2}']


async def test_they_agree_on_every_case(both):
    files = sorted(CASES.glob("*.json"))
    cases = [case for file in files if file.stem != "fields" for case in read_case_file(file)]

    different, given_out = await differing(both, [input_of_case(case, SET) for case in cases])

    assert not different, shown(different)
    assert len(given_out) > 0
    assert NO_DECISION not in given_out


async def test_they_agree_on_every_recorded_decision(both):
    rows = recorded()

    different, given_out = await differing(both, [row["input"] for row in rows])

    assert not different, shown(different)
    assert given_out == [
        NO_DECISION if row["decision"] is None else rfc8785.dumps(row["decision"]) for row in rows
    ]


async def test_they_agree_on_random_inputs_over_every_kind(both):
    inputs = list(random_inputs(SET, SEED, RANDOM_INPUTS))

    different, given_out = await differing(both, inputs)

    assert not different, shown(different)
    verdicts = {json.loads(one)["verdict"] for one in given_out if one != NO_DECISION}
    assert verdicts >= {"permit", "deny"}
    assert given_out.count(NO_DECISION) < RANDOM_INPUTS / 10
    kinds = [given.get("exchange_kind") for given in inputs]
    assert [kind for kind in SET.data["necessity"] if kind not in kinds] == []


async def test_they_agree_on_what_is_no_input_of_ours(both):
    odd = [{}, {"facts": None}, {"members": []}, {"exchange_kind": {"a": 1}}, {"x": 2**70}]

    different, _ = await differing(both, odd)

    assert not different, shown(different)
