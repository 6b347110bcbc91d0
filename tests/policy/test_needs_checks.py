"""A reason without a row is found, and so is a row of something that is not there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.policy.needs_checks import NEEDS, check_needs
from gateway.policy.needs_of_bases import needs_of_bases
from tests.builders import the_policies

WHOLE = the_policies().policy_set
TABLE = WHOLE.data["needs"]


def found(**changes: Any) -> list[str]:
    """Return what is found in the table with some of it changed."""
    needs = {**TABLE, **changes}
    findings = list(check_needs(replace(WHOLE, data={**WHOLE.data, "needs": needs})))
    assert {it.path for it in findings} <= {NEEDS}
    return [it.de for it in findings]


def without(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != name}


def test_the_table_in_force_is_complete():
    assert found() == []


def test_a_reason_without_a_row_is_found():
    (finding,) = found(reasons=without(TABLE["reasons"], "BMG-34"))
    assert finding.startswith("`BMG-34/neutral_no_answer` hat keine Zeile")


def test_a_condition_without_a_row_is_found():
    (finding,) = found(conditions=without(TABLE["conditions"], "told_or_unsafe"))
    assert finding.startswith("`told_or_unsafe` hat keine Zeile")


def test_a_row_of_no_reason_and_no_condition_is_found():
    more = {**TABLE["reasons"], "BMG-34": {**TABLE["reasons"]["BMG-34"], "old": {"any_of": []}}}
    assert found(reasons=more) == ["`BMG-34/old` ist nirgends ein Grund und keine Bedingung."]
    assert found(conditions={**TABLE["conditions"], "old": []}) == [
        "`old` ist nirgends ein Grund und keine Bedingung."
    ]


def test_a_fact_that_no_table_has_is_found_and_one_without_evidence():
    row = [{"facts": [{"fact": "moon_phase", "value": True}]}]
    assert found(conditions={**TABLE["conditions"], "told_or_unsafe": row}) == [
        "`moon_phase` steht nicht in schemas/facts.json.",
        "`moon_phase` hat keinen Nachweis in `evidence`.",
    ]
    assert found(evidence=without(TABLE["evidence"], "immediate_action")) == [
        "`immediate_action` hat keinen Nachweis in `evidence`."
    ]


def test_a_fact_of_a_member_is_looked_for_among_those_of_members():
    row = [{"facts": [{"fact": "danger_level", "of": "member", "given": True}]}]
    assert found(conditions={**TABLE["conditions"], "told_or_unsafe": row}) == [
        "`danger_level` steht nicht in schemas/facts.json."
    ]


def test_a_row_of_another_form_is_found_and_opens_nothing():
    for row in (None, "x", ["x"], [{"facts": "x"}], [{"facts": [{"fact": 1}]}], [{"purposes": 1}]):
        assert found(conditions={**TABLE["conditions"], "told_or_unsafe": row}) == [
            "`told_or_unsafe` braucht eine Liste von Mengen `facts`."
        ]
        opened = needs_of_bases(
            {"LAW-1": {"conditions": ["told_or_unsafe"]}}, {"told_or_unsafe": row}
        )
        assert opened == {}


def test_a_set_without_such_a_table_asks_for_none_of_nothing():
    bare = replace(WHOLE, data={}, catalogue=replace(WHOLE.catalogue, entries={}), schemas={})
    assert list(check_needs(bare)) == []


def test_degrees_stand_in_the_order_of_the_facts():
    facts = the_policies().schemas.facts
    for name, ranks in TABLE["ranks"].items():
        assert sorted(ranks, key=ranks.__getitem__) == facts[name]["values"]
