from types import MappingProxyType

import pytest

from gateway.policy.case_result import differences
from gateway.policy.catalogue import Catalogue
from tests.policy.builders import a_case, a_decision, an_outcome

CATALOGUE = Catalogue(
    MappingProxyType({("LAW-1", reason): object() for reason in ("why", "also", "denied")}),
    MappingProxyType({}),
)
APPROVAL = {"code": "OB-HUMAN-APPROVAL", "rule": "AUTO-1", "parameters": {}}
LOG = {"code": "OB-LOG", "rule": "LAW-1", "parameters": {}}
DENIED = {
    "verdict": "deny",
    "denials": [{"reason": "denied", "rule": "LAW-1"}],
    "outcomes": [an_outcome("withhold", "facts", "witness", reasons=(("denied", "LAW-1"),))],
}
A_DENIAL = {
    "decision": "deny",
    "released": [],
    "redacted": [],
    "withheld": ["facts", "witness"],
    "deny_reasons": [{"reason": "denied", "rule": "LAW-1"}],
}


def compared(case, **decision):
    return differences(case, a_decision(**decision), CATALOGUE)


def test_a_decision_as_expected_has_no_difference():
    assert compared(a_case()) == []
    assert compared(a_case(expected=A_DENIAL), **DENIED) == []


def test_a_further_obligation_is_no_difference():
    assert compared(a_case(expected={"obligations": []})) == []


def test_every_member_released_is_allow():
    outcomes = [an_outcome("release", "facts", "witness")]
    expected = {"released": ["facts", "witness"], "withheld": [], "redacted": []}

    assert compared(a_case(expected={"decision": "allow", **expected}), outcomes=outcomes) == []
    (difference,) = compared(a_case(expected=expected), outcomes=outcomes)
    assert difference.startswith("Ergebnis allow statt allow-with-redaction")


def test_a_denial_in_place_of_a_permit_tells_its_reasons():
    found = compared(a_case(), **DENIED)

    assert "Ergebnis deny statt allow-with-redaction, Gründe LAW-1/denied" in found[0]


def test_a_permit_in_place_of_a_denial_is_a_difference():
    found = compared(a_case(expected=A_DENIAL))

    assert any(text.startswith("Ergebnis allow-with-redaction statt deny") for text in found)
    assert any("Ablehnungsgrund fehlt: LAW-1/denied" in text for text in found)
    assert any("zu Unrecht freigegeben: `facts`" in text for text in found)


def test_a_member_that_should_stay_and_does_not_is_named():
    found = compared(
        a_case(),
        outcomes=[
            an_outcome("withhold", "facts", reasons=(("why", "LAW-1"),)),
            an_outcome("release", "witness"),
        ],
    )

    assert found == [
        "zu Unrecht freigegeben: `witness` (wrongly released)",
        "nicht freigegeben: `facts` (not released)",
        "zu Unrecht zurückgehalten: `facts` (wrongly withheld)",
        "nicht zurückgehalten: `witness` (not withheld)",
    ]


def test_a_member_withheld_for_another_reason_is_a_difference():
    (difference,) = compared(
        a_case(),
        outcomes=[
            an_outcome("release", "facts"),
            an_outcome("withhold", "witness", reasons=(("also", "LAW-1"),)),
        ],
    )

    assert "`witness` zurückgehalten wegen LAW-1/also statt LAW-1/why" in difference


def test_a_reason_that_the_catalogue_lacks_is_a_difference():
    (difference,) = compared(
        a_case(),
        outcomes=[
            an_outcome("release", "facts"),
            an_outcome("withhold", "witness", reasons=(("why", "LAW-1"), ("new", "LAW-2"))),
        ],
    )

    assert difference.startswith("nicht im Katalog: LAW-2/new")


@pytest.mark.parametrize(
    ("outcomes", "where"),
    [
        ([an_outcome("release", "facts")], "`witness` steht 0-mal"),
        (
            [
                an_outcome("release", "facts"),
                an_outcome("withhold", "witness", "facts", reasons=(("why", "LAW-1"),)),
            ],
            "`facts` steht 2-mal",
        ),
        (
            [
                an_outcome("release", "facts", "never_offered"),
                an_outcome("withhold", "witness", reasons=(("why", "LAW-1"),)),
            ],
            "`never_offered` steht 1-mal",
        ),
    ],
)
def test_every_member_stands_in_exactly_one_outcome(outcomes, where):
    assert where in compared(a_case(), outcomes=outcomes)[0]


@pytest.mark.parametrize(
    ("facts", "right", "wrong"),
    [
        ({}, "hold", "permit"),
        ({"human_approval": True}, "permit", "hold"),
        ({"danger_level": "present_life_limb_freedom"}, "permit", "hold"),
    ],
)
def test_a_named_human_means_hold_unless_approved_or_in_present_danger(facts, right, wrong):
    case = a_case(facts=facts)

    assert compared(case, verdict=right, obligations=[LOG, APPROVAL]) == []
    (difference,) = compared(case, verdict=wrong, obligations=[LOG, APPROVAL])
    assert difference == f"`verdict` ist {wrong} statt {right} (verdict)"


def test_a_missing_obligation_and_another_regime_are_differences():
    found = compared(a_case(), obligations=[], regime={"sender": "DSGVO", "recipient": "DSGVO"})

    assert found == [
        "Auflage fehlt: OB-LOG (obligation missing)",
        "Rechtsregime (sender) DSGVO statt JI (regime)",
    ]


def test_a_plain_name_stands_for_all_groups_of_its_field():
    case = a_case(payload_fields=[{"name": "facts"}, {"name": "witness"}, {"name": "witness"}])
    groups = an_outcome("withhold", "witness#1", "witness#2", reasons=(("why", "LAW-1"),))

    assert compared(case, outcomes=[an_outcome("release", "facts"), groups]) == []
