"""What becomes of a mutant, on a small set of rules."""

import json

import pytest

from gateway.policy.mutation.mutant import Change, Mutant
from gateway.policy.mutation.proof import Proof, Question
from gateway.policy.mutation.prover import Fate, ProofBroken, Prover
from gateway.policy.rego_tests import RegoTest
from tests.policy.sets import MAIN, a_policy_set

RULES = """package exchange.main

decision := {"verdict": "permit"} if input.x in data.purposes.allowed

else := {"verdict": "deny"}

unseen if input.y
"""
TESTS = """package exchange.main_test

import data.exchange.main

test_z if main.decision == {"verdict": "permit"} with input as {"x": "z"}
"""
SET = a_policy_set(
    modules={MAIN: RULES},
    tests={"policies/exchange/main/main_test.rego": TESTS},
    data={"purposes": {"allowed": ["a", "z", "q"]}, "lookup": {}},
)
TEST = RegoTest("policies/exchange/main/main_test.rego", "test_z", "exchange.main_test.test_z")


def a_question(x="a", verdict="permit", kind="K"):
    given = json.dumps({"x": x, "exchange_kind": kind}).encode()
    return Question(f"recorded {x}", kind, given, {"verdict": verdict})


def a_proof(*questions):
    return Proof(SET, questions or (a_question(), a_question("b", "deny")), (TEST,))


def rule(old, new):
    return Mutant(MAIN, 1, "decision", Change.NEGATED, old, source=RULES.replace(old, new))


def row(*where, new=None):
    return Mutant("policies/x/data.json", 1, "r", Change.REMOVED, "", row=where, new=new)


@pytest.fixture(scope="module")
def prover():
    with Prover(a_proof()) as prover:
        yield prover


def fate(prover, mutant):
    judgement = prover.judge(mutant)
    return judgement.fate, judgement.by


def test_a_changed_rule_is_killed_by_a_decision(prover):
    mutant = rule("input.x in", "not input.x in")

    assert prover.judge(mutant).fate is Fate.KILLED
    assert prover.judge(mutant).by.startswith("recorded ")


def test_a_changed_rule_that_no_decision_notices_is_killed_by_a_test(prover):
    mutant = rule("input.x in data.purposes.allowed", 'input.x == "a"')

    assert fate(prover, mutant) == (Fate.KILLED, str(TEST))
    assert prover.first_failing(mutant, [TEST]) == str(TEST)


def test_a_change_that_nothing_notices_survives(prover):
    assert fate(prover, rule("unseen if input.y", "unseen if not input.y")) == (Fate.SURVIVED, "")


@pytest.mark.parametrize("new", ["input.x ) in", "input.x in nowhere.allowed", "not z in"])
def test_a_change_that_does_not_compile_is_no_mutant(prover, new):
    assert fate(prover, rule("input.x in", new)) == (Fate.INVALID, "")
    assert prover.first_failing(rule("input.x in", "z in"), [TEST]) == ""


def test_a_rule_that_gives_an_error_is_noticed(prover):
    mutant = rule("unseen if input.y", 'decision := {"verdict": "deny"} if input.x == "a"')

    assert fate(prover, mutant) == (Fate.KILLED, "recorded a")


def test_the_rules_are_as_they_were_after_each_mutant(prover):
    prover.judge(rule("input.x in", "not input.x in"))

    assert fate(prover, rule("unseen if input.y", "unseen if input.z")) == (Fate.SURVIVED, "")


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("0", (Fate.KILLED, "recorded a")),
        ("1", (Fate.KILLED, str(TEST))),
        ("2", (Fate.SURVIVED, "")),
    ],
)
def test_a_row_that_is_gone_is_noticed_where_something_rests_on_it(prover, number, outcome):
    assert fate(prover, row("purposes", "allowed", number)) == outcome


def test_what_only_the_last_of_many_decisions_notices_is_noticed():
    many = [a_question(f"x{number}", "deny") for number in range(250)]

    with Prover(a_proof(*many, a_question("q"))) as prover:
        assert fate(prover, row("purposes", "allowed", "2")) == (Fate.KILLED, "recorded q")
        assert fate(prover, rule("data.purposes.allowed", '{"a", "z"}')) == (
            Fate.KILLED,
            "recorded q",
        )


def test_what_only_the_last_of_many_tests_notices_is_noticed():
    others = [
        RegoTest(f"policies/{name}_test.rego", "test_z_too", f"{TEST.document}_too")
        for name in "abcdefghij"
    ]
    policy_set = a_policy_set(
        modules={MAIN: RULES},
        tests={"policies/exchange/main/main_test.rego": f"{TESTS}\ntest_z_too if true\n"},
        data=SET.data,
    )
    last = RegoTest("policies/z_test.rego", "test_z", TEST.document)

    with Prover(Proof(policy_set, (a_question(),), (*others, last))) as prover:
        assert fate(prover, row("purposes", "allowed", "1")) == (Fate.KILLED, str(last))


def test_a_row_of_one_kind_is_asked_of_that_kind_only():
    rules = RULES.replace("data.purposes.allowed", "data.routes[input.exchange_kind]")
    policy_set = a_policy_set(
        modules={MAIN: rules}, data={"routes": {"K": ["a"], "L": ["a"]}, "lookup": {}}
    )

    with Prover(Proof(policy_set, (a_question(kind="K"),), ())) as prover:
        assert fate(prover, row("routes", "K", "0")) == (Fate.KILLED, "recorded a")
        assert fate(prover, row("routes", "L", "0")) == (Fate.SURVIVED, "")


def test_a_proof_that_holds_is_accepted(prover):
    prover.check()


def test_a_proof_that_does_not_hold_says_nothing_about_mutants():
    with (
        Prover(a_proof(a_question("a", "deny"))) as prover,
        pytest.raises(ProofBroken, match="recorded a"),
    ):
        prover.check()
