from datetime import UTC, datetime

import pytest

from gateway.policy.case_files import CaseFileUnusable
from gateway.policy.case_input import input_of_case, offered_members
from tests.policy.builders import a_case
from tests.policy.sets import a_policy_set

FACTS = {
    "facts": {
        "danger_facts": {"source": "sender", "type": "text"},
        "review_date": {"source": "sender", "type": "date"},
        "case_reference": {"source": "computed", "type": "bool"},
    },
    "field_facts": {
        "as_of": {"source": "sender", "type": "date"},
        "assessment_source": {"source": "sender", "type": "text"},
    },
}
MEMBERS = {"NOTE": {"facts": {"category": "INCIDENT_FACT"}, "witness": {"category": "WITNESS"}}}
POLICIES = a_policy_set(schemas={"facts.json": FACTS}, data={"members": MEMBERS})


def input_of(**request):
    return input_of_case(a_case(**request), POLICIES)


@pytest.mark.parametrize(
    ("date", "hour_utc", "day"),
    [("2026-11-22", 11, 20779), ("2026-07-01", 10, 20635), ("1970-01-01", 11, 0)],
)
def test_a_case_is_evaluated_at_noon_in_berlin(date, hour_utc, day):
    policy_input = input_of(evaluation_date=date)

    noon = datetime.fromtimestamp(policy_input["evaluated_at"], UTC)
    assert (noon.date().isoformat(), noon.hour) == (date, hour_utc)
    assert policy_input["evaluated_on"] == day


def test_the_request_goes_over_and_null_is_left_out():
    policy_input = input_of(facts={"recipient_collection_basis": None, "is_bulk": False})

    assert policy_input["exchange_kind"] == "NOTE"
    assert policy_input["legal_basis_claimed"] == ["LAW-1"]
    assert policy_input["purpose"] == "DANGER"
    assert "original_purpose" not in policy_input
    assert policy_input["facts"] == {"is_bulk": False}
    assert policy_input["case_file"] is True


def test_a_text_becomes_its_presence_and_a_date_a_day():
    policy_input = input_of(
        facts={
            "danger_facts": "exits are locked",
            "case_reference": "2026-0815",
            "review_date": "1970-01-11",
            "danger_level": "concrete",
            "request": {"complete": True, "offence": None},
            "dimensions": ["district"],
        }
    )

    assert policy_input["facts"] == {
        "danger_facts": True,
        "case_reference": True,
        "review_date": 10,
        "danger_level": "concrete",
        "request": {"complete": True},
        "dimensions": ["district"],
    }


def test_an_empty_text_is_absent():
    assert input_of(facts={"danger_facts": "  "})["facts"] == {}


def test_a_member_carries_only_what_the_schema_does_not_say():
    policy_input = input_of(
        payload_fields=[
            {"name": "facts", "category": "INCIDENT_FACT", "as_of": "1970-01-03"},
            {"name": "witness", "category": "HEALTH", "assessment_source": "PI, FK 2"},
            {"name": "unknown", "category": "TAX"},
        ]
    )

    assert policy_input["members"] == {
        "facts": {"as_of": 2},
        "witness": {"category": "HEALTH", "assessment_source": True},
        "unknown": {"category": "TAX"},
    }


def test_fields_of_one_name_are_groups_numbered_by_appearance():
    case = a_case(payload_fields=[{"name": "a"}, {"name": "b"}, {"name": "a", "consent": True}])

    assert offered_members(case) == ("a#1", "b", "a#2")
    assert input_of_case(case, POLICIES)["members"] == {
        "a#1": {},
        "b": {},
        "a#2": {"consent": True},
    }


def test_a_date_that_is_none_makes_the_file_unusable():
    with pytest.raises(CaseFileUnusable, match="2026-02-30"):
        input_of(evaluation_date="2026-02-30")
