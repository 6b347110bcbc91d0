import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.errors import PolicySetRefused
from gateway.policy.rego_tests import RegoTest, find_rego_tests, run_rego_tests
from tests.policy.sets import MAIN, a_policy_set

PATH = "policies/exchange/main/main_test.rego"
RULES = "deny contains 1 if input.x\n\ndecision := data.table"


def found(source, path=PATH):
    modules, findings = parse_modules([(path, source)])
    assert findings == []
    return find_rego_tests(modules)


def result_of(body):
    source = f"package exchange.main_test\n\nimport data.exchange.main\n\n{body}\n"
    policy_set = a_policy_set(RULES, tests={PATH: source}, data={"table": {"a": 1}})
    (result,) = run_rego_tests(policy_set, found(source))
    return result


def test_every_test_rule_is_found_once():
    source = """package exchange.main_test

test_b if true
test_a if true
test_a if false
todo_test_c if false
_helper := 1
"""
    assert found(source) == (
        RegoTest(PATH, "test_a", "exchange.main_test.test_a"),
        RegoTest(PATH, "test_b", "exchange.main_test.test_b"),
        RegoTest(PATH, "todo_test_c", "exchange.main_test.todo_test_c"),
    )


def test_a_rule_is_no_test():
    assert found("package exchange.main\n\ntest_it if true\n", MAIN) == ()


@pytest.mark.parametrize(
    "body",
    [
        'test_it if main.deny == {1} with input as {"x": 1}',
        'test_it if main.decision == {"a": 1}',
        'test_it if every row in [{"x": 1}, {"x": 2}] { main.deny == {1} with input as row }',
    ],
)
def test_a_test_that_is_true_passes(body):
    assert result_of(body).passed


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("test_it if main.deny == {2}", "undefined"),
        ("test_it := false", "must be `true`"),
        ('test_it[note] if some note in ["a"]', "must be `true`"),
        (
            'test_it if every row in [{}, {"x": 2}] { main.deny == {1} with input as row }',
            "undefined",
        ),
        ('test_it if 1 / object.get(input, "x", 0)', "divide by zero"),
    ],
)
def test_a_test_that_is_not_true_fails_and_says_why(body, why):
    result = result_of(body)

    assert not result.passed
    assert why in result.why


def test_a_test_module_that_does_not_compile_is_no_pass():
    result = result_of("test_it if no_such_function(1)")

    assert not result.passed
    assert "no_such_function" in result.why


def test_a_test_module_that_does_not_parse_is_refused():
    policy_set = a_policy_set(tests={PATH: "package exchange.main_test\n\ntest_it if {"})

    with pytest.raises(PolicySetRefused):
        list(run_rego_tests(policy_set, ()))
