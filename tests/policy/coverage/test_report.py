from datetime import date

from gateway.policy.coverage.pairs import Pair
from gateway.policy.coverage.report import catalogue_rules, cover
from gateway.policy.loading import read_policy_set
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policy.sets import MAIN, write_set

DAY = date(2026, 11, 24)
RULES = """package exchange.main

# METADATA
# title: A
# custom: {id: LAW-1, reason: why, de: Darum., en: So.}
decision := {"verdict": "deny"}
"""
BOTH = Pair("fires", "stays")


def coverage_of(tmp_path, pairs=None, cases=None, on=DAY, basis=None, **norm):
    row = {"citation": "§ 1", "status": "V", "title": "T", **norm}
    files = {
        MAIN: RULES,
        "policies/norms/data.json": {"LAW-1": row},
        "policies/legal_bases/data.json": {"LAW-1": {"effect": "permit", **(basis or {})}},
        "policies/obligations/data.json": {"OB-1": {"rule": "LAW-1"}},
        "policies/norms/confirmations/data.json": {"unit": {"LAW-1": {"demo": True}}},
    }
    reading = read_policy_set(*write_set(tmp_path, files))
    return cover(reading, cases or {}, pairs or {}, on)


def lacking(coverage):
    return {en: [rule.rule for rule in rules] for _, en, rules in coverage.lacking()}


def test_the_catalogue_of_this_repository_has_80_rules():
    rules = catalogue_rules(read_policy_set(POLICIES, SCHEMAS).policy_set)

    assert len(rules) == len(set(rules)) == 80
    assert {"PARTNERSHIP-1", "AUTO-1"} < set(rules)
    assert not {"GATEWAY-1", "GDPR-6-1F"} & set(rules)


def test_a_rule_has_its_places_rows_and_cases(tmp_path):
    (rule,) = coverage_of(tmp_path, {"LAW-1": BOTH}, {"LAW-1": ["V01"]}).rules

    assert rule.places == (f"{MAIN}:3",)
    assert rule.rows == ("data.legal_bases.LAW-1", "data.obligations.OB-1")
    assert rule.cases == ("V01",)
    assert rule.proven


def test_a_rule_that_tests_notice_one_way_only_is_not_proven(tmp_path):
    coverage = coverage_of(tmp_path, {"LAW-1": Pair("fires", "")})

    assert not coverage.rules[0].proven
    assert lacking(coverage)["never stays away in a Rego test"] == ["LAW-1"]
    assert lacking(coverage)["never fires in a Rego test"] == []
    assert lacking(coverage)["no case"] == ["LAW-1"]


def test_a_rule_that_decides_nothing_says_where_it_is_kept(tmp_path):
    coverage = coverage_of(tmp_path, kept_in_de="Verzeichnis")

    assert coverage.rules[0].proven
    assert lacking(coverage)["no case"] == []


def test_a_norm_is_in_force_on_the_days_of_its_period(tmp_path):
    period = {"in_force_from": "2026-11-24", "in_force_to": "2026-12-31"}

    in_force = {
        day: coverage_of(tmp_path, on=date.fromisoformat(day), **period).rules[0].in_force
        for day in ("2026-11-23", "2026-11-24", "2026-12-31", "2027-01-01")
    }

    assert [*in_force.values()] == [False, True, True, False]


def test_a_row_counts_from_its_first_to_its_last_day(tmp_path):
    basis = {"in_force_from": "2026-11-25"}

    before = coverage_of(tmp_path, basis=basis).rules[0].rows
    after = coverage_of(tmp_path, basis=basis, on=date(2026, 11, 25)).rules[0].rows

    assert before == ("data.obligations.OB-1",)
    assert after == ("data.legal_bases.LAW-1", "data.obligations.OB-1")


def test_a_norm_that_only_a_demo_confirmed_is_unconfirmed(tmp_path):
    coverage = coverage_of(tmp_path, status="U")

    assert lacking(coverage)["O or U, unconfirmed"] == ["LAW-1"]
    assert (coverage.rules[0].confirmed_by, coverage.rules[0].demo) == (("unit",), True)
    assert lacking(coverage_of(tmp_path, status="P"))["O or U, unconfirmed"] == []
