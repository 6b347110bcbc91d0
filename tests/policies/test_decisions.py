"""Decisions on recorded and on random inputs, on the engine that the gateway uses."""

import json
from itertools import count

import jsonschema_rs
import pytest

from gateway.policy.loading import load_policy_set
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policies.random_inputs import random_inputs
from tests.policies.record_decisions import decisions, recorded

SEED = 20_261_124
RANDOM_INPUTS = 300


@pytest.fixture(scope="module")
def policy_set():
    return load_policy_set(POLICIES, SCHEMAS)


@pytest.fixture(scope="module")
def random_decisions(policy_set):
    inputs = list(random_inputs(policy_set, SEED, RANDOM_INPUTS))
    return list(zip(inputs, decisions(policy_set, inputs), strict=True))


def test_recorded_decisions_are_made_again(policy_set):
    rows = recorded()

    changed = [
        f"line {line}: {json.dumps(row['input'], sort_keys=True)}"
        for line, row, decision in zip(
            count(1), rows, decisions(policy_set, [row["input"] for row in rows]), strict=False
        )
        if decision != row["decision"]
    ]

    assert len(rows) > 0
    assert changed == []


def test_random_inputs_are_permitted_and_denied(random_decisions):
    verdicts = {decision["verdict"] for _, decision in random_decisions if decision}

    assert verdicts >= {"permit", "deny"}


def test_random_decisions_fit_their_schema(policy_set, random_decisions):
    schema = jsonschema_rs.validator_for(policy_set.schemas["decision.json"])

    assert [
        given for given, decision in random_decisions if decision and not schema.is_valid(decision)
    ] == []


def test_every_member_of_a_random_input_stands_in_exactly_one_outcome(random_decisions):
    for given, decision in random_decisions:
        if decision:
            placed = [name for outcome in decision["outcomes"] for name in outcome["members"]]
            assert sorted(placed) == sorted(given.get("members", {}))


def test_what_a_caller_writes_where_findings_stand_changes_nothing(policy_set, random_decisions):
    lies = {
        "found": {"asks_personal": False, "has_basis": True, "has_open_basis": True, "traits": {}},
        "release": {"nothing": False, "remaining": ["x"], "withholdings": [], "traits": []},
    }
    inputs = [{**given, **lies} for given, _ in random_decisions]

    assert list(decisions(policy_set, inputs)) == [decision for _, decision in random_decisions]
