"""An input of each exchange kind that the rules permit, with all the fields that it may offer."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

Json = Any
Table = Mapping[str, Json]

_GIVEN = {"permit", "hold"}
_DAY = 20_779  # 2026-11-22

# Whatever a condition of a legal basis may ask for; the rules decide what of it counts.
_FACTS: Mapping[str, Json] = {
    "art9_exception": True,
    "audit_subject_link": True,
    "available_without_coercion": True,
    "azr_sufficient": False,
    "benefit_risk": False,
    "case_reference": True,
    "danger_facts": True,
    "danger_level": "concrete",
    "factual_indications": True,
    "guardians_cooperate": False,
    "head_decision": True,
    "immediate_action": True,
    "is_bulk": False,
    "is_periodic": False,
    "judicial_order": True,
    "justification_present": True,
    "obtainable_elsewhere": False,
    "offence_class": "significant",
    "prior_notice": True,
    "proceedings_outcome": "final_conviction",
    "prosecutor_decision": True,
    "prosecutor_order": True,
    "prosecutor_permission": True,
    "protected_interest_contra": False,
    "purpose_text_specific": True,
    "recipient_commitment_purpose": True,
    "recipient_task_competence": True,
    "regional_border_crime": True,
    "reliability_link": True,
    "request": {"complete": True},
    "request_age_days": 3,
    "request_mode": "spontaneous",
    "review_date_set": True,
    "special_provision": True,
    "statutory_duty": True,
    "strictly_necessary_reason": True,
    "talks_with_guardians_failed": True,
    "third_party_collection_reason": "task_endangered_otherwise",
    "weighty_indications": True,
}


def permitted_input(
    kind: str, data: Table, decide: Callable[[dict[str, Json]], Json]
) -> dict[str, Json]:
    """Return the first input that *decide* permits, with no more bases than carry it.

    Where no route of the kind permits all its fields, it is the last one that was tried.
    """
    given: dict[str, Json] = {}
    for given in candidates(kind, data):
        decision = decide(given)
        if decision["verdict"] in _GIVEN:
            applied = set(decision["rules_applied"])
            carrying = [it for it in given["legal_basis_claimed"] if it in applied]
            lean = {**given, "legal_basis_claimed": carrying}
            return lean if decide(lean)["verdict"] in _GIVEN else given
    return given


def candidates(kind: str, data: Table, day: int = _DAY) -> Iterator[dict[str, Json]]:
    """Inputs on each route of a kind, for each task of the recipient, from each purpose.

    Norms count as confirmed, and all that a fact can say for the exchange is said.
    """
    bases = sorted(name for name, row in data["legal_bases"].items() if row["effect"] == "permit")
    for sender, recipients in sorted(data["routes"][kind].items()):
        for recipient, route in sorted(recipients.items()):
            for purpose in route["recipient_purposes"]:
                originals = (purpose, *sorted(data["purposes"]["vocabulary"]))
                for original, asked, reason in product(originals, (False, True), (False, True)):
                    yield {
                        "exchange_kind": kind,
                        "sender_kind": sender,
                        "recipient_kind": recipient,
                        "legal_basis_claimed": bases,
                        "purpose": purpose,
                        "original_purpose": original,
                        "sender_controller": "example",
                        "evaluated_at": day * 86_400 + 43_200,
                        "evaluated_on": day,
                        "case_file": True,
                        "facts": {
                            **_FACTS,
                            "review_date": day + 180,
                            **(_second_door(data, recipient, purpose) if asked else {}),
                        },
                        "members": _all_members(data, kind, reason),
                    }


def _second_door(data: Table, recipient: str, purpose: str) -> dict[str, Json]:
    """The facts of an answer to a request, with a norm of the recipient where it has one."""
    groups = set(data["agency_kinds"][recipient]["groups"])
    norms = (
        norm
        for norm, row in sorted(data["collection_bases"].items())
        if groups & set(row["recipients"]) and purpose in row["purposes"]
    )
    return {"request_mode": "on_request", "recipient_collection_basis": next(norms, "")}


def _all_members(data: Table, kind: str, reason: bool) -> dict[str, dict[str, Json]]:
    role = min(role for role, row in data["roles"].items() if row["flags"] == ["labelled"])
    reasoned: dict[str, Json] = {"necessity_reason": True} if reason else {}
    return {
        name: {"data_subject_role": role, **reasoned} if mark["role_needed"] else reasoned
        for name, mark in data["members"][kind].items()
    }
