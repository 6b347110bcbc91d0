"""A fact is listed for a kind where a rule may read it, and not where none can."""

import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.kinds.facts_read import Routes, facts_read
from gateway.policy.permitted_inputs import candidates
from tests.builders import the_policies
from tests.kinds.conftest import Decide, Json

MAIN = """package exchange.main

import data.exchange.rules.conditions
import data.exchange.rules.topic

decision := {"denied": topic.deny, "met": conditions.met[input.asked]}
"""
CONDITIONS = """package exchange.rules.conditions

met["wanted"] if input.facts.of_a_condition == true

met["other"] if input.facts.of_another_condition == true
"""
TOPIC = """package exchange.rules.topic

deny contains "a" if {
	"POLICE" in input.found.recipient_groups
	input.facts.police_only
}

deny contains "b" if {
	_abroad
	input.facts.abroad_only
}

_abroad if {
	some group in {"FOREIGN", "EMBASSY"}
	group in input.found.recipient_groups
}

deny contains "c" if {
	not _abroad
	input.purpose in {"STATISTICS", "TAXATION"}
	input.facts.for_that_purpose
	input.found.said.consent
	input.members[_].cell_min
}

_either := 1 if input.exchange_kind == "A" else := 2 if input.facts.otherwise

deny contains "d" if _either == 2
"""
SOURCES = {"main.rego": MAIN, "conditions.rego": CONDITIONS, "topic.rego": TOPIC}


def read(**holds: set[str]) -> tuple[set[str], set[str]]:
    modules, findings = parse_modules(SOURCES.items())
    assert findings == []
    names = {name.replace("__", "."): frozenset(values) for name, values in holds.items()}
    found = facts_read(modules, Routes(names, frozenset({"wanted"})))
    return set(found.request), set(found.member)


def test_what_any_rule_may_read_is_listed() -> None:
    assert read(input__exchange_kind={"A", "B"}) == (
        {"police_only", "abroad_only", "for_that_purpose", "otherwise", "of_a_condition"},
        {"consent", "cell_min"},
    )


def test_a_rule_for_a_group_that_no_route_has_is_passed_over() -> None:
    request, _ = read(input__found__recipient_groups={"ADMINISTRATION"})
    assert request == {"for_that_purpose", "otherwise", "of_a_condition"}


def test_a_rule_that_hangs_on_one_that_cannot_hold_is_passed_over() -> None:
    request, _ = read(input__found__recipient_groups={"POLICE"})
    assert "police_only" in request
    assert "abroad_only" not in request


def test_what_stands_under_not_holds_where_the_other_cannot() -> None:
    request, member = read(input__found__recipient_groups=set(), input__purpose={"TAXATION"})
    assert "for_that_purpose" in request
    assert member == {"consent", "cell_min"}


def test_a_purpose_that_no_route_has_takes_its_rules_away() -> None:
    request, member = read(input__purpose={"PROSECUTION"})
    assert "for_that_purpose" not in request
    assert member == set()


def test_another_branch_is_read_where_the_first_cannot_hold() -> None:
    assert "otherwise" in read(input__exchange_kind={"B"})[0]


@pytest.mark.parametrize("kind", sorted(the_policies().data["necessity"]))
def test_a_fact_that_is_not_listed_changes_no_decision(
    kind: str, kinds: dict[str, dict[str, Json]], decide: Decide
) -> None:
    described = kinds[kind]
    listed = {it["fact"] for it in described["facts"]}
    tried = {}
    for given in candidates(kind, the_policies().data):
        tried.setdefault((given["sender_kind"], given["recipient_kind"]), given)
    for given in tried.values():
        kept = {name: value for name, value in given["facts"].items() if name in listed}
        assert decide({**given, "facts": kept}) == decide(given)
