"""Refused under `not` is what the engine leaves undefined when a value is absent."""

import pytest

from gateway.adapters.engine_session import EngineSession
from gateway.adapters.rego_parser import parse_modules
from gateway.policy.negations import check_negations

AROUND = """package a

import data.b

f(x) if x == 1

table := {"k": 1}

stated := input.stated

copied := stated

default known := set()

known := input.known

listed := {x | some x in input.list}

parts contains x if some x in input.list

constant := {"k"}
"""
OTHER = "package b\n\nstated := input.stated\n\ndefault known := set()\n\nknown := input.known\n"
FINDINGS = 'package exchange.rules.findings\n\nfound := {"groups": set()}\n'

GONE = [
    'not "x" in input.stated',
    'not input.x in {"x"}',
    'not "x" in stated',
    'not "x" in copied',
    'not "x" in b.stated',
    'not "x" in data.b.stated',
    "not f(input.x)",
    "not f(stated)",
    "not f(stated) == true",
    'not startswith(input.x, "x")',
    'not lower(input.x) == "x"',
    "not input.x > 3",
    "not input.x != 1",
    'not {"x"} & stated == {"x"}',
    "not [input.x] == [1]",
    'not {"k": input.x} == {"k": 1}',
    "not table[input.x]",
    "not table[stated] == 1",
    "not data.somewhere[input.x]",
    "not input.y[input.x]",
    'not "x" in known with input as input.other',
]
THERE = [
    "not input.x == true",
    "not input.x = true",
    "not input.x",
    "not stated == input.x",
    'not data.somewhere["other"]',
    'not "x" in known',
    'not "x" in b.known',
    'not "x" in listed',
    'not "x" in parts',
    'not "x" in constant',
    'not "x" in {y | some y in input.list}',
    'not $"{stated}" == "x"',
    'not "x" in input.found.groups',
]


def modules(line, *others):
    sources = [
        ("policies/a/a.rego", f"{AROUND}\nsays if {{\n\t{line}\n}}\n"),
        ("policies/b/b.rego", OTHER),
        ("policies/exchange/rules/findings/findings.rego", FINDINGS),
        *others,
    ]
    trees, broken = parse_modules(sources)
    assert broken == []
    return trees


def says(trees):
    """Whether the rule holds of an input in which everything but the findings is absent."""
    with EngineSession() as engine:
        for module in trees:
            engine.add_module(module.path, module.source)
        answer = engine.evaluate("a.says", {"found": {"groups": []}})
    assert not answer.get("error")
    return bool(answer.get("result"))


@pytest.mark.parametrize("line", GONE)
def test_a_line_that_an_absent_value_takes_away_is_refused(line):
    trees = modules(line)

    assert not says(trees)
    assert [(found.path, found.line) for found in check_negations(trees)] == [
        ("policies/a/a.rego", trees[0].line_of("says"))
    ]


@pytest.mark.parametrize("line", THERE)
def test_a_line_that_holds_when_the_value_is_absent_stays(line):
    trees = modules(line)

    assert says(trees)
    assert check_negations(trees) == []


def test_a_local_variable_is_there():
    assert check_negations(modules("some x in input.list\n\tnot x in constant\n\tnot f(x)")) == []


@pytest.mark.parametrize("name", ["input.found.group", "input.found.groups.x", "input.found"])
def test_only_what_the_findings_list_is_a_finding(name):
    assert check_negations(modules(f'not "x" in {name}'))


def test_a_call_under_not_is_found_inside_a_comprehension():
    assert check_negations(
        modules('count({y | some y in input.list; not "x" in input.stated}) == 0')
    )


def test_tests_may_ask_what_they_like():
    test = ("policies/a/a_test.rego", 'package a_test\n\ntest_it if not "x" in input.stated\n')

    assert check_negations(modules("not input.x", test)) == []
