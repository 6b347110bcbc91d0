"""The library and a real OPA server decide the same, byte for byte."""

import asyncio
import json
from pathlib import Path

import pytest
import rfc8785

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
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


async def test_they_agree_on_every_case(both):
    files = sorted(CASES.glob("*.json"))
    cases = [case for file in files if file.stem != "fields" for case in read_case_file(file)]

    different, given_out = await differing(both, [input_of_case(case, SET) for case in cases])

    assert different[:1] == []
    assert len(given_out) > 0
    assert NO_DECISION not in given_out


async def test_they_agree_on_every_recorded_decision(both):
    rows = recorded()

    different, given_out = await differing(both, [row["input"] for row in rows])

    assert different[:1] == []
    assert given_out == [
        NO_DECISION if row["decision"] is None else rfc8785.dumps(row["decision"]) for row in rows
    ]


async def test_they_agree_on_random_inputs_over_every_kind(both):
    inputs = list(random_inputs(SET, SEED, RANDOM_INPUTS))

    different, given_out = await differing(both, inputs)

    assert different[:1] == []
    verdicts = {json.loads(one)["verdict"] for one in given_out if one != NO_DECISION}
    assert verdicts >= {"permit", "deny"}
    assert {given["exchange_kind"] for given in inputs if "exchange_kind" in given} >= {
        *SET.data["necessity"]
    }


async def test_they_agree_on_what_is_no_input_of_ours(both):
    odd = [{}, {"facts": None}, {"members": []}, {"exchange_kind": {"a": 1}}, {"x": 2**70}]

    different, _ = await differing(both, odd)

    assert different[:1] == []
