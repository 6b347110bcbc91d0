from dataclasses import replace

import pytest

from gateway.policy.explanation import explanation_of
from tests.policy.explanations import answers, explanation, the_places, the_reading

EXPLAINED = ["V01", "V02", "V08", "V20"]


@pytest.mark.parametrize("case_id", EXPLAINED)
def test_every_offered_member_is_explained_once(case_id):
    names = [member["name"] for member in explanation(case_id)["members"]]

    assert names == sorted(answers(case_id).given["members"])


@pytest.mark.parametrize("case_id", EXPLAINED)
def test_every_reason_has_citation_two_sentences_and_a_place(case_id):
    document = explanation(case_id)
    reasons = [
        *document["denials"],
        *(reason for member in document["members"] for reason in member["reasons"]),
    ]

    for reason in reasons:
        assert all(reason[part] for part in ("citation", "status", "de", "en", "place")), reason
    for obligation in document["obligations"]:
        assert all(obligation[part] for part in ("citation", "executor", "de", "en", "place"))


@pytest.mark.parametrize("case_id", EXPLAINED)
def test_the_gates_that_refuse_are_those_of_the_denials(case_id):
    document = explanation(case_id)
    gave = {(d["rule"], d["reason"]) for gate in document["gates"] for d in gate["denials"]}

    assert gave == {(d["rule"], d["reason"]) for d in document["denials"]}


def test_a_claimed_partnership_is_struck_out():
    (basis,) = explanation("V02")["bases"]

    assert (basis["basis"], basis["state"]) == ("PARTNERSHIP", "struck_out")


def test_a_basis_says_what_it_still_asks_for_in_words():
    bases = {basis["basis"]: basis for basis in explanation("V08")["bases"]}

    assert bases["SGB10-68-1"]["state"] == "unmet"
    (against,) = bases["SGB10-68-1"]["against"]
    assert against["code"] == "sgb10_68"
    assert "§ 68 Abs. 1 SGB X" in against["de"]
    assert "§ 68 (1) SGB X" in against["en"]


def test_a_basis_that_only_supports_has_nothing_against_it():
    bases = {basis["basis"]: basis for basis in explanation("V01")["bases"]}

    assert (bases["NPOG-1-2"]["state"], bases["NPOG-1-2"]["against"]) == ("supports", [])
    assert bases["NPOG-41"]["state"] == "satisfied"


def test_a_norm_that_was_not_read_says_so():
    bases = {basis["basis"]: basis for basis in explanation("V01")["bases"]}

    assert bases["NPOG-41"]["verified"] is False
    assert bases["NPOG-1-2"]["verified"] is True


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ({"effect": "unknown"}, "unknown"),
        ({"open": True}, "unconfirmed"),
        ({"misses": ["sender"], "unmet": ["spontaneous"]}, "misses"),
        ({"misses": [], "unmet": ["spontaneous"]}, "unmet"),
    ],
)
def test_what_a_basis_is_worth_goes_by_the_first_thing_against_it(claim, state):
    nothing = {"struck_out": False, "satisfied": False, "effect": "permit", "open": False}
    claims = {
        "NPOG-41": {**nothing, "misses": [], "unmet": [], **claim},
        "NPOG-1-2": {**nothing, "effect": "support", "misses": [], "unmet": []},
    }
    document = explanation_of(
        replace(answers("V01"), claims=claims), the_reading().policy_set, the_places()
    )

    states = {basis["basis"]: basis["state"] for basis in document["bases"]}
    assert states == {"NPOG-1-2": "supports", "NPOG-41": state}


def test_what_withholds_a_member_of_a_denied_request_stands_besides():
    members = {member["name"]: member for member in explanation("V02")["members"]}

    besides = {reason["reason"] for reason in members["family_affiliation"]["besides"]}
    assert "not_strictly_necessary" in besides


def test_sides_and_purposes_have_their_german_names():
    document = explanation("V01")

    assert document["sender"]["label_de"] == "Polizeiinspektion"
    assert document["recipient"]["regime"] == "DSGVO"
    assert document["purpose"]["label_de"] == "Gefahrenabwehr"
    assert document["evaluated_on"] == "2026-11-22"


def test_a_table_of_numbers_has_no_basis_to_explain():
    assert explanation("V20")["bases"] == []


def test_every_condition_of_a_basis_has_its_words():
    data = the_reading().policy_set.data
    asked = {name for row in data["legal_bases"].values() for name in row.get("conditions", ())}

    assert asked <= set(data["conditions"])
    assert all(row["de"] and row["en"] for row in data["conditions"].values())


def test_what_would_change_a_reason_has_label_and_evidence():
    needs = [
        {
            "rule": "NPOG-2-1",
            "reason": "no_concrete_danger",
            "members": [],
            "any_of": [[{"fact": "danger_level", "at_least": "concrete"}]],
        }
    ]
    before = answers("V01")
    rules = the_reading().policy_set
    evidence = {"danger_level": {"de": "Lagebericht", "en": "a report"}}
    told = explanation_of(
        replace(before, decision={**before.decision, "needs": needs}),
        replace(rules, data={**rules.data, "needs": {"evidence": evidence}}),
        the_places(),
    )

    ((fact,),) = told["needs"][0]["any_of"]
    assert fact == {
        "fact": "danger_level",
        "at_least": "concrete",
        "label_de": "Grad der Gefahr",
        "evidence_de": "Lagebericht",
        "evidence_en": "a report",
    }
