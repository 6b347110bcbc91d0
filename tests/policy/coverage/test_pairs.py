"""Which Rego tests notice a rule both ways, on a small set of rules."""

import pytest

from gateway.policy.coverage.pairs import Pair, find_pairs
from gateway.policy.loading import read_policy_set
from tests.oracles.opa import opa
from tests.policy.sets import write_set

pytestmark = pytest.mark.opa

PATH = "policies/exchange/rules/topic/topic.rego"
BESIDE = PATH.replace(".rego", "_test.rego")
RULES = """package exchange.rules.topic

# METADATA
# title: A
# custom: {id: LAW-1, reason: why, de: Darum., en: So.}
deny contains {"rule": "LAW-1", "reason": "why"} if {
	input.x == 1
	input.y
}

# METADATA
# title: B
# custom: {id: LAW-2}
obligation contains {"code": "OB-1", "rule": "LAW-2"}

# METADATA
# title: C
# custom: {id: LAW-3}
gathered := {x | some x in input.names}
"""
FIRES = 'test_fires if count(topic.deny) == 1 with input as {"x": 1, "y": true}\n'
STAYS = 'test_stays if count(topic.deny) == 0 with input as {"x": 2, "y": true}\n'
ALWAYS = "test_always if count(topic.obligation) == 1\n"
NAMES = 'test_names if topic.gathered == {"a"} with input as {"names": ["a"]}\n'


def pairs_of(tmp_path, *tests, elsewhere=()):
    head = "package exchange.rules.{}_test\n\nimport data.exchange.rules.topic\n\n{}"
    norms = {f"LAW-{n}": {"citation": "§", "status": "V"} for n in (1, 2, 3)}
    files = {
        PATH: RULES,
        BESIDE: head.format("topic", "\n".join(tests)),
        "policies/exchange/rules/other/other.rego": "package exchange.rules.other\n\nx := 1\n",
        "policies/exchange/rules/other/other_test.rego": head.format("other", "\n".join(elsewhere)),
        "policies/norms/data.json": norms,
        "policies/purposes/data.json": {"vocabulary": {}},
    }
    reading = read_policy_set(*write_set(tmp_path, files))
    assert [str(finding) for finding in reading.findings] == []
    return find_pairs(reading, opa())


def test_a_rule_has_the_tests_that_notice_it_both_ways(tmp_path):
    pairs = pairs_of(tmp_path, STAYS, FIRES, ALWAYS, NAMES)

    assert pairs["LAW-1"] == Pair(f"{BESIDE}:test_fires", f"{BESIDE}:test_stays")


def test_a_rule_without_conditions_always_fires(tmp_path):
    pairs = pairs_of(tmp_path, STAYS, FIRES, ALWAYS, NAMES)

    assert pairs["LAW-2"] == Pair(f"{BESIDE}:test_always", "", always=True)
    assert pairs["LAW-3"] == Pair(f"{BESIDE}:test_names", "", always=True)


def test_what_no_test_notices_is_said_to_be_missing(tmp_path):
    pairs = pairs_of(tmp_path, FIRES)

    assert pairs["LAW-1"] == Pair(f"{BESIDE}:test_fires", "")
    assert pairs["LAW-2"] == Pair("", "", always=True)


def test_tests_that_stand_elsewhere_count_too(tmp_path):
    pairs = pairs_of(tmp_path, FIRES, elsewhere=[STAYS])

    assert pairs["LAW-1"].stays == "policies/exchange/rules/other/other_test.rego:test_stays"
