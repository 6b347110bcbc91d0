"""Inputs that are permitted with all members of a kind: on a small table, and on the real ones."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.policy.loading import load_policy_set
from gateway.policy.permitted_inputs import candidates, permitted_input
from tests.policies.folders import POLICIES, SCHEMAS

Json = Any

DATA: dict[str, Json] = {
    "legal_bases": {
        "LAW-2": {"effect": "permit"},
        "LAW-1": {"effect": "permit"},
        "TASK": {"effect": "support"},
        "PARTNERSHIP": {"effect": "struck_out"},
    },
    "collection_bases": {
        "ASK-2": {"recipients": ["AUTHORITY"], "purposes": ["CARE"]},
        "ASK-1": {"recipients": ["AUTHORITY"], "purposes": ["SAFETY"]},
        "ASK-0": {"recipients": ["FIRM"], "purposes": ["CARE"]},
    },
    "agency_kinds": {
        "OFFICE": {"groups": ["OFFICE", "AUTHORITY"]},
        "FIRM": {"groups": ["FIRM"]},
    },
    "purposes": {"vocabulary": {"SAFETY": {}, "CARE": {}}},
    "routes": {
        "NOTE": {
            "POLICE": {
                "OFFICE": {"recipient_purposes": ["SAFETY", "CARE"]},
                "CLUB": {"recipient_purposes": []},
            }
        }
    },
    "roles": {"victim": {"flags": ["protected"]}, "a": {"flags": []}, "b": {"flags": ["labelled"]}},
    "members": {"NOTE": {"name": {"role_needed": True}, "text": {"role_needed": False}}},
}


def decides(holds: Callable[[dict[str, Json]], bool], *applied: str) -> Callable[[Any], Json]:
    """A decision maker that permits what *holds* is true of, and has *applied* those rules."""
    return lambda given: {
        "verdict": "permit" if holds(given) else "deny",
        "rules_applied": list(applied),
    }


def test_an_input_has_only_the_bases_that_carry_it():
    given = permitted_input("NOTE", DATA, decides(lambda _: True, "TASK", "LAW-2"))

    assert given["legal_basis_claimed"] == ["LAW-2"]


def test_a_basis_that_nothing_names_but_without_which_it_is_denied_stays():
    needs_both = decides(lambda given: len(given["legal_basis_claimed"]) == 2, "LAW-2")

    given = permitted_input("NOTE", DATA, needs_both)

    assert given["legal_basis_claimed"] == ["LAW-1", "LAW-2"]


def test_what_a_human_has_to_agree_to_counts_as_permitted():
    given = permitted_input("NOTE", DATA, lambda _: {"verdict": "hold", "rules_applied": []})

    assert given["legal_basis_claimed"] == []


def test_the_first_candidate_that_is_permitted_is_taken():
    for_care = [it for it in candidates("NOTE", DATA) if it["purpose"] == "CARE"]

    given = permitted_input("NOTE", DATA, decides(lambda it: it["purpose"] == "CARE", "LAW-1"))

    assert given == {**for_care[0], "legal_basis_claimed": ["LAW-1"]}


def test_where_nothing_is_permitted_it_is_the_last_candidate():
    *_, last = candidates("NOTE", DATA)

    assert permitted_input("NOTE", DATA, decides(lambda _: False)) == last


def test_candidates_are_each_task_from_each_purpose_asked_or_not_with_reasons_or_without():
    tried = list(candidates("NOTE", DATA))

    assert [
        (it["purpose"], it["original_purpose"], it["facts"]["request_mode"]) for it in tried[:6]
    ] == [
        ("SAFETY", "SAFETY", "spontaneous"),
        ("SAFETY", "SAFETY", "spontaneous"),
        ("SAFETY", "SAFETY", "on_request"),
        ("SAFETY", "SAFETY", "on_request"),
        ("SAFETY", "CARE", "spontaneous"),
        ("SAFETY", "CARE", "spontaneous"),
    ]
    assert {(it["sender_kind"], it["recipient_kind"]) for it in tried} == {("POLICE", "OFFICE")}
    assert [it["members"] for it in tried[:2]] == [
        {"name": {"data_subject_role": "b"}, "text": {}},
        {
            "name": {"data_subject_role": "b", "necessity_reason": True},
            "text": {"necessity_reason": True},
        },
    ]


def test_a_candidate_claims_every_basis_that_can_permit_and_none_that_cannot():
    claimed = {tuple(it["legal_basis_claimed"]) for it in candidates("NOTE", DATA)}

    assert claimed == {("LAW-1", "LAW-2")}


@pytest.mark.parametrize(("purpose", "norm"), [("SAFETY", "ASK-1"), ("CARE", "ASK-2")])
def test_an_answer_names_a_norm_of_the_recipient_for_that_purpose(purpose, norm):
    named = {
        it["facts"].get("recipient_collection_basis")
        for it in candidates("NOTE", DATA)
        if it["purpose"] == purpose
    }

    assert named == {None, norm}


def test_the_dates_of_a_candidate_are_those_of_its_day():
    given = next(candidates("NOTE", DATA, day=20_000))

    assert (given["evaluated_on"], given["evaluated_at"] // 86_400) == (20_000, 20_000)
    assert given["facts"]["review_date"] == 20_180


def test_each_kind_has_an_input_that_the_rules_permit_but_the_one_without_a_way():
    policy_set = load_policy_set(POLICIES, SCHEMAS)
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)

        def decide(given: dict[str, Json]) -> Json:
            answer = engine.evaluate(ENTRYPOINT, given)
            return answer["result"][0]["expressions"][0]["value"]

        decided = {
            kind: decide(permitted_input(kind, policy_set.data, decide))
            for kind in policy_set.data["routes"]
        }

    assert [kind for kind, it in decided.items() if it["verdict"] == "deny"] == ["BUNDESWEHR_INFO"]
    assert {"rule": "BW-1", "reason": "bundeswehr_no_path"} in decided["BUNDESWEHR_INFO"]["denials"]
