"""A draft is green when it has cases and tests, and every one of them passes."""

import pytest

from gateway.lifecycle.rehearsal import Tried, cases_on, rego_of
from gateway.policy.case_files import read_case_file
from gateway.policy.loading import Reading
from tests.builders import REPOSITORY
from tests.lifecycle.small_drafts import embedded, with_tests_of

CASES = read_case_file(REPOSITORY / "tests" / "vectors" / "cases" / "cases.json")[:3]


@pytest.fixture(scope="module")
def draft() -> Reading:
    return with_tests_of("minors")


@pytest.mark.parametrize(
    ("tried", "green"),
    [
        (Tried({"embedded": (3, ())}, (2, ())), True),
        (Tried({"embedded": (3, ()), "opa": (3, ())}, (2, ())), True),
        (Tried({"embedded": (3, ("V01",))}, (2, ())), False),
        (Tried({"embedded": (3, ()), "opa": (2, ("V01",))}, (2, ())), False),
        (Tried({"embedded": (3, ())}, (2, ("test_it",))), False),
        (Tried({"embedded": (0, ())}, (2, ())), False),
        (Tried({"embedded": (3, ())}, (0, ())), False),
        (Tried({}, (2, ())), False),
    ],
)
def test_green_is_what_has_passed_and_nothing_else(tried: Tried, green: bool) -> None:
    assert tried.green is green


async def test_cases_are_decided_by_the_draft(draft: Reading) -> None:
    async with embedded(draft) as engine:
        assert await cases_on(engine, draft, CASES) == (3, ())


def test_the_tests_of_the_draft_are_run_and_all_pass(draft: Reading) -> None:
    passed, failed = rego_of(draft)
    assert passed > 3
    assert failed == ()


def test_a_test_that_fails_is_named_with_its_file() -> None:
    broken = with_tests_of("minors", "\ntest_never if false\n")
    passed, (failed,) = rego_of(broken)
    assert passed > 3
    assert "minors_test.rego:test_never" in failed


def test_the_report_names_what_failed_by_engine() -> None:
    tried = Tried({"opa": (1, ("V01: x",)), "embedded": (2, ())}, (1, ("t: y",)))
    assert tried.document() == {
        "cases": {
            "embedded": {"passed": 2, "failed": []},
            "opa": {"passed": 1, "failed": ["V01: x"]},
        },
        "rego": {"passed": 1, "failed": ["t: y"]},
    }
