"""Rules come into force only by a report that is about them and says that all tests passed."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import ChangeRefused
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.policy_change import refuse_untried

PASSED = {"passed": 2, "failed": []}
FAILED = {"passed": 2, "failed": ["V01"]}


def a_change(tests: Any) -> ChangeSet:
    return replace(
        ChangeSet(
            *("c" * 32, ChangeKind.POLICY, 2, "Titel", "Grund", "anna", 1, "log.example/1"),
            *("a" * 64, "b" * 64, {}, {}),
        ),
        report={"tests": tests},
    )


def test_what_passed_on_every_engine_that_decides_may_come_into_force() -> None:
    tests = {"cases": {"embedded": PASSED, "opa": PASSED}, "rego": PASSED}
    refuse_untried(a_change(tests), {"embedded", "opa"})
    refuse_untried(a_change(tests), {"embedded"})


@pytest.mark.parametrize(
    "tests",
    [
        None,
        {},
        {"cases": {"embedded": PASSED}},
        {"cases": {"embedded": PASSED}, "rego": {}},
        {"cases": {"embedded": PASSED}, "rego": FAILED},
        {"cases": {"embedded": FAILED}, "rego": PASSED},
        {"cases": {"embedded": {"passed": 0, "failed": []}}, "rego": PASSED},
        {"cases": {"opa": PASSED}, "rego": PASSED},
        {"cases": {}, "rego": PASSED},
    ],
)
def test_anything_else_refuses(tests: Any) -> None:
    with pytest.raises(ChangeRefused, match="nicht auf jeder Engine bestanden"):
        refuse_untried(a_change(tests), {"embedded"})
