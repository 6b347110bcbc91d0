"""What the steps ask of the tables of a policy set."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.model.decision import Reason
from gateway.policies import Policies, ready
from tests.builders import day, the_policies

POLICIES = the_policies()


def with_data(**tables: Any) -> Policies:
    changed = replace(POLICIES.policy_set, data={**POLICIES.data, **tables})
    return replace(POLICIES, policy_set=changed)


def test_a_category_is_personal_unless_a_table_says_otherwise() -> None:
    assert POLICIES.is_personal("IDENTITY_BASIC")
    assert POLICIES.is_personal("A_CATEGORY_THAT_NO_TABLE_HAS")
    assert not POLICIES.is_personal("AGGREGATE")


@pytest.mark.parametrize(
    ("text", "specific"),
    [
        ("", False),
        ("   ", False),
        ("kurz", False),
        ("Nur ein Wort ist es nicht: Räumung und Auflagen prüfen", True),
    ],
)
def test_a_purpose_must_be_said_in_words(text: str, specific: bool) -> None:
    assert POLICIES.is_specific(text) is specific


@pytest.mark.parametrize("form", ["{}", "{}.", "  {}  !", "„{}“"])
def test_a_slogan_is_no_purpose_however_it_is_written(form: str) -> None:
    rules = {"slogans": ["Sicherheit und Ordnung stärken"], "min_length": 10}
    policies = with_data(purposes={**POLICIES.data["purposes"], **rules})
    assert not policies.is_specific(form.format("Sicherheit und Ordnung stärken"))
    assert not policies.is_specific(form.format("SICHERHEIT  und ordnung stärken"))
    assert policies.is_specific(form.format("Sicherheit und Ordnung am Markt stärken"))


def test_only_the_levels_of_the_table_allow_no_delay() -> None:
    policies = with_data(gateway={"release_before_approval": {"danger_levels": ["present"]}})
    assert policies.no_delay({"danger_level": "present"})
    assert not policies.no_delay({"danger_level": "concrete"})
    assert not policies.no_delay({})


def test_a_danger_to_life_allows_no_delay() -> None:
    assert POLICIES.no_delay({"danger_level": "present_life_limb_freedom"})
    assert not POLICIES.no_delay({"danger_level": "considerable"})


@pytest.mark.parametrize(
    ("today", "last"),
    [("2026-01-01", "2027-12-31"), ("2026-12-31", "2027-12-31"), ("2027-01-01", "2028-12-31")],
)
def test_the_record_of_a_refusal_is_kept_to_the_end_of_a_year(today: str, last: str) -> None:
    row = {"log_class": "decision_log_DSGVO", "end_of_year_after": 1}
    policies = with_data(gateway={"refusal_record": row})
    assert policies.refusal_retention(day(today)) == ("decision_log_DSGVO", day(last))


def test_the_record_of_a_refusal_has_a_class_with_a_period() -> None:
    log_class, last = POLICIES.refusal_retention(day("2026-11-18"))
    assert log_class in POLICIES.data["retention"]
    assert last > day("2026-11-18")


@pytest.mark.parametrize(
    ("fact", "label", "source"),
    [
        ({"fact": "danger_level"}, "Grad der Gefahr", "sender"),
        ({"fact": "consent.valid"}, "Einwilligung: von wem, wirksam, freiwillig", "sender"),
        ({"fact": "consent", "of": "member"}, "Einwilligung", "sender"),
        ({"fact": "recipient_keeps_marking"}, None, "registry"),
    ],
)
def test_a_needed_fact_comes_with_its_evidence_and_who_gives_it(
    fact: dict[str, str], label: str | None, source: str
) -> None:
    evidence = POLICIES.evidence(fact)
    assert evidence["source"] == source
    assert label in (None, evidence["label_de"])
    assert evidence["de"]
    assert evidence["en"]


@pytest.mark.parametrize("fact", [{"fact": "moon_phase"}, {"fact": "actor_id"}])
def test_a_fact_of_which_nobody_says_what_proves_it_is_refused(fact: dict[str, str]) -> None:
    with pytest.raises(PolicyUnavailable):
        POLICIES.evidence(fact)


@pytest.mark.parametrize(
    ("kind", "holder", "neutral"),
    [
        ("REGISTER_REQUEST", "REGISTRATION_OFFICE", True),
        ("JOINT_CONTROL", "SOCIAL_OFFICE", True),
        ("CHILD_ENDANGERMENT", "POLICE_INSPECTION", True),
        ("JOINT_CONTROL", "POLICE_INSPECTION", False),
        ("JOINT_CONTROL", "UNHEARD_OF", False),
    ],
)
def test_the_table_says_whose_answers_are_neutral(kind: str, holder: str, neutral: bool) -> None:
    assert POLICIES.is_neutral(kind, holder) is neutral


def test_each_kind_whose_table_protects_informants_answers_neutrally() -> None:
    kinds = {
        kind
        for kind, recipients in POLICIES.data["necessity"].items()
        for members in recipients.values()
        for row in members.values()
        if row.get("reason") == "informant_protection"
    }
    assert kinds
    assert kinds == POLICIES.data["neutral"]["exchange_kinds"].keys()


def test_the_record_of_a_request_is_kept_to_the_end_of_a_year() -> None:
    log_class, last = POLICIES.request_retention(day("2026-11-18"))
    assert log_class in POLICIES.data["retention"]
    assert last == day("2027-12-31")


def test_each_reason_comes_with_norm_and_sentences() -> None:
    said = POLICIES.said(Reason("not_necessary", "GDPR-5-1C"))
    assert "DSGVO" in said.norm
    assert said.de
    assert said.en


def test_a_reason_that_the_catalogue_lacks_has_no_sentence() -> None:
    with pytest.raises(PolicyUnavailable):
        POLICIES.said(Reason("because", "GDPR-5-1C"))


def test_the_digest_is_that_of_the_policy_set() -> None:
    assert POLICIES.digest == POLICIES.policy_set.digest
    assert len(POLICIES.digest) == 64


def test_a_set_without_its_schemas_is_not_ready() -> None:
    with pytest.raises(PolicySetRefused):
        ready(replace(POLICIES.policy_set, schemas={}))
