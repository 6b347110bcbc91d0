"""The page of the catalogue says what is so."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from gateway.cli.policy_coverage import cases_by_rule
from gateway.policy.coverage.page import day_of, page_of
from gateway.policy.coverage.pairs import Pair, find_pairs
from gateway.policy.coverage.report import Coverage, RuleCoverage, cover
from gateway.policy.loading import read_policy_set
from gateway.policy.unread_rows import UnreadRow
from tests.builders import REPOSITORY
from tests.oracles.opa import opa
from tests.policies.folders import POLICIES, SCHEMAS

RULE = RuleCoverage(
    rule="LAW-1",
    title="T",
    citation="§ 1 | 2",
    status="V",
    in_force=True,
    places=("policies/exchange/rules/topic/topic.rego:3",),
    rows=("data.legal_bases.LAW-1",),
    cases=("V01",),
    pair=Pair("a_test.rego:test_a", "a_test.rego:test_b"),
    kept_in="",
    confirmed_by=(),
    demo=False,
)


def page(*rules, unread=()):
    return page_of(Coverage(date(2026, 11, 24), rules, unread))


@pytest.mark.opa
def test_the_page_in_deploy_is_made_from_rules_tests_and_cases():
    """Make it anew with `datenschleuse policy coverage --on DAY --markdown`."""
    written = (REPOSITORY / "deploy" / "policy-coverage.md").read_text("utf-8")
    reading = read_policy_set(POLICIES, SCHEMAS)
    cases = asyncio.run(cases_by_rule(reading, REPOSITORY / "tests" / "vectors" / "cases"))

    coverage = cover(reading, cases, find_pairs(reading, opa()), day_of(written))

    assert page_of(coverage) == written
    assert [rule.rule for rule in coverage.rules if not rule.proven] == []


def test_a_rule_is_a_row_with_what_stands_behind_it():
    assert (
        r"| LAW-1 | § 1 \| 2 | V | topic, `legal_bases` | `test_a` | `test_b` | V01 |"
        in page(RULE).splitlines()
    )


def test_what_is_missing_is_said_in_the_row_and_below():
    bare = replace(RULE, places=(), rows=(), cases=(), pair=Pair("", ""))

    text = page(bare)

    assert "| **fehlt** | **fehlt** | **fehlt** | – |" in text
    assert "ohne Fall (no case): 1: LAW-1" in text
    assert "1 Regeln:\n0 durch Rego-Tests in beide Richtungen gezeigt" in text


def test_a_norm_that_was_not_read_says_so():
    assert "| U, unbestätigt |" in page(replace(RULE, status="U"))
    demo = replace(RULE, status="O", confirmed_by=("unit",), demo=True)
    assert "| O, bestätigt: unit (DEMO) |" in page(demo)
    assert "Norm nicht im aktuellen Wortlaut geprüft" in page(RULE)


def test_many_cases_are_counted():
    assert "| 5: 1 2 3 … |" in page(replace(RULE, cases=tuple("12345")))


def test_a_rule_that_always_fires_needs_no_test_in_which_it_does_not():
    assert "| `t` | gilt immer (always) |" in page(replace(RULE, pair=Pair("x:t", "", always=True)))


def test_rows_that_no_rule_reads_stand_below():
    row = UnreadRow("policies/a/data.json", 3, "data.a.b", "Darum.", "So.")

    assert "- `data.a.b` (policies/a/data.json): Darum. (So.)" in page(RULE, unread=(row,))
    assert "Keine. (None.)" in page(RULE)


def test_the_day_of_a_page_is_the_one_that_it_names():
    assert day_of(page(RULE)) == date(2026, 11, 24)
    with pytest.raises(ValueError, match="day"):
        day_of("# Another page")
