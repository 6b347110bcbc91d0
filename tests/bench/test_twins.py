"""The doubled set has twice the kinds and rules, and decides as the set itself does."""

import pytest

from gateway.adapters.engine_answer import read_answer
from gateway.bench.decide import Embedded
from gateway.bench.twins import with_twins
from gateway.policy.loading import load_policy_set
from tests.policies.folders import POLICIES, SCHEMAS


@pytest.fixture(scope="module")
def policy_set():
    return load_policy_set(POLICIES, SCHEMAS)


@pytest.mark.parametrize("table", ["routes", "necessity", "members"])
def test_each_kind_has_a_twin_with_the_same_rows(policy_set, table):
    doubled = with_twins(policy_set).data[table]

    assert len(doubled) == 2 * len(policy_set.data[table])
    assert doubled["STATISTICS_TWIN"] == policy_set.data[table]["STATISTICS"]


def test_each_rule_that_says_something_has_a_twin(policy_set):
    path = "policies/exchange/rules/channels/channels.rego"
    before, after = policy_set.modules[path], with_twins(policy_set).modules[path]

    assert after.startswith(before)
    assert after.count("TWIN-") == before.count("\ndeny contains") + before.count(
        "\nwithhold contains"
    ) + before.count("\nobligation contains")


def test_the_twins_change_no_decision(policy_set):
    given = b'{"exchange_kind": "STATISTICS", "members": {"trend_text": {}}}'
    with Embedded(policy_set) as engine, Embedded(with_twins(policy_set)) as doubled:
        assert read_answer(engine.decide(given)) == read_answer(doubled.decide(given))
