"""What is changed in a module, and where."""

import pytest

from gateway.adapters.opa_parser import located_rules
from gateway.policy.mutation.mutant import Change
from gateway.policy.mutation.rego_mutants import mutants_of_module
from tests.oracles.opa import opa

pytestmark = pytest.mark.opa

HEAD = "package a\n\n"


def mutants_of(body):
    source = f"{HEAD}{body}\n"
    return list(mutants_of_module("policies/a/a.rego", source, located_rules(opa(), source)))


def bodies(body, change):
    return [
        m.source.removeprefix(HEAD).rstrip("\n") for m in mutants_of(body) if m.change is change
    ]


@pytest.mark.parametrize(
    ("body", "negated"),
    [
        ("r if input.x", ["r if not input.x"]),
        ("r if not input.x", ["r if input.x"]),
        ('r if "a" in input.x', ['r if not "a" in input.x']),
        ("r if every x in input.y { x }", ["r if not every x in input.y { x }"]),
        ("r := [x | some x in input.y; x.z]", ["r := [x | some x in input.y; not x.z]"]),
        ("r := 1 if input.x\n\nelse := 2 if input.y\n\nelse := 3", None),
        ("r if x := input.y", []),
    ],
)
def test_a_condition_is_negated_and_a_binding_is_left(body, negated):
    found = bodies(body, Change.NEGATED)

    if negated is None:
        assert [one for one in found if "else := 2 if not input.y" in one]
    elif "every" in body:
        assert negated[0] in found
    else:
        assert found == negated


def test_a_condition_is_dropped():
    assert bodies("r if {\n\tinput.x\n\tinput.y > 1\n}", Change.DROPPED) == [
        "r if {\n\ttrue\n\tinput.y > 1\n}",
        "r if {\n\tinput.x\n\ttrue\n}",
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("==", "!="), ("!=", "=="), ("<", "<="), ("<=", "<"), (">", ">="), (">=", ">")]
)
def test_a_comparison_is_swapped(old, new):
    assert bodies(f"r if input.x {old} 1", Change.COMPARED_OTHERWISE) == [f"r if input.x {new} 1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"a", "b"}', "set()"),
        ("{x | some x in input.y}", "set()"),
        ("[x | some x in input.y]", "[]"),
        ("{x: 1 | some x in input.y}", "{}"),
    ],
)
def test_a_set_is_emptied(old, new):
    assert bodies(f"r := {old}", Change.EMPTIED) == [f"r := {new}"]


@pytest.mark.parametrize(
    ("body", "silenced"),
    [
        ('deny contains "a" if input.x', 'deny contains "a" if { false; input.x }'),
        ('deny contains "a"', 'deny contains "a" if false'),
        (
            'deny contains "a" if {\n\tinput.x\n\tinput.y\n}',
            'deny contains "a" if {\n\tfalse; input.x\n\tinput.y\n}',
        ),
    ],
)
def test_a_rule_is_silenced(body, silenced):
    assert bodies(body, Change.SILENCED) == [silenced]


def test_a_value_and_a_default_are_not_silenced():
    assert bodies("default r := false\n\nq := 1", Change.SILENCED) == []


def test_a_mutant_says_file_line_rule_and_what_was_changed():
    body = (
        'deny contains {"rule": "LAW-1", "reason": "why"} if {\n\tinput.x\n\tinput.y ==\n\t\t1\n}'
    )

    (mutant,) = [m for m in mutants_of(body) if m.change is Change.COMPARED_OTHERWISE]

    assert (mutant.path, mutant.line) == ("policies/a/a.rego", 5)
    assert (mutant.where, mutant.before) == ("deny LAW-1/why", "input.y == 1")
    assert str(mutant).startswith("policies/a/a.rego:5: deny LAW-1/why: anders verglichen (")
