import subprocess
from dataclasses import replace

import pytest

from gateway.errors import PolicyUnavailable
from gateway.policy.explaining import ask_why
from tests.builders import REPOSITORY
from tests.oracles.opa import opa
from tests.policy.explanations import answers, the_reading
from tests.policy.sets import a_policy_set


def test_the_decision_is_the_one_that_the_rules_make():
    assert answers("V01").decision["verdict"] == "permit"
    assert answers("V02").decision["verdict"] == "deny"


def test_each_claimed_basis_has_what_stands_against_it():
    claims = answers("V01").claims

    assert set(claims) == {"NPOG-1-2", "NPOG-41"}
    assert claims["NPOG-41"]["satisfied"] is True
    assert claims["NPOG-41"]["misses"] == claims["NPOG-41"]["unmet"] == []
    assert claims["NPOG-1-2"]["effect"] == "support"


def test_what_fired_is_what_each_topic_gave():
    fired = answers("V02").fired

    denied = {
        (each["topic"], each["given"]["reason"]) for each in fired if each["effect"] == "deny"
    }
    assert ("lawfulness", "partnership_is_no_basis") in denied
    assert ("recipient", "second_door_missing") in denied


def test_why_a_basis_does_not_cover_a_request():
    given = answers("V40").given
    elsewhere = {
        **given,
        "sender_kind": "POLICE_INSPECTION",
        "recipient_kind": "PRIVATE_LOGISTICS",
        "purpose": "TRADE_SUPERVISION",
        "evaluated_on": 0,
    }
    policy_set = the_reading().policy_set
    norms = {**policy_set.data["norms"], "KKG-4": {"in_force_from_day": 1, "in_force_to_day": 9}}

    claims = ask_why(
        replace(policy_set, data={**policy_set.data, "norms": norms}), elsewhere
    ).claims

    assert answers("V40").claims["KKG-4"]["misses"] == []
    assert claims["KKG-4"]["misses"] == ["sender", "recipient", "purpose", "period"]
    assert claims["KKG-4"]["satisfied"] is False


def test_a_condition_that_is_not_met_is_named():
    given = {**answers("V40").given, "facts": {"request_mode": "spontaneous"}}

    claims = ask_why(the_reading().policy_set, given).claims

    assert set(claims["KKG-4"]["unmet"]) == set(conditions("KKG-4"))


def conditions(basis):
    return the_reading().policy_set.data["legal_bases"][basis]["conditions"]


def test_without_rules_there_is_nothing_to_explain():
    with pytest.raises(PolicyUnavailable):
        ask_why(a_policy_set(), {"legal_basis_claimed": []})


@pytest.mark.opa
def test_the_questions_are_strict_rego_in_its_one_form():
    questions = REPOSITORY / "gateway" / "policy" / "explanation.rego"
    for arguments in (["fmt", "--fail", "-l"], ["check", "--strict", REPOSITORY / "policies"]):
        done = subprocess.run([opa(), *arguments, questions], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b""), done.stderr
