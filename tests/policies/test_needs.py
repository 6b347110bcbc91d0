"""Each row of the table of needs is true: what it names takes the reason away, and no less does.

For each alternative an input is looked for, among inputs of all kinds, that has the reason as long
as one of its facts is missing, and has it no more once all are there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.policy.permitted_inputs import candidates
from tests.builders import the_policies

Json = Any
Decide = Callable[[Json], Json]
Facts = tuple[Mapping[str, Json], ...]

POLICIES = the_policies()
NEEDS = POLICIES.data["needs"]
RANKS = NEEDS["ranks"]
SAMPLES = {
    "data_subject_role": "suspect",
    "marking": {"method": "observation"},
    "recipient_collection_basis": "SGB8-8A",
}


def alternatives() -> Iterator[Any]:
    """Each alternative of each reason that the table itself lists."""
    for rule, reasons in sorted(NEEDS["reasons"].items()):
        for reason, row in sorted(reasons.items()):
            for number, each in enumerate(row["any_of"]):
                yield pytest.param(rule, reason, number, each, id=f"{rule}-{reason}-{number}")


def of_bases() -> Iterator[Any]:
    """Each smallest set of facts that opens a basis."""
    for basis, rows in sorted(POLICIES.data["lookup"]["needs_of_bases"].items()):
        for number, each in enumerate(rows):
            yield pytest.param(basis, each, id=f"{basis}-{number}")


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineSession]:
    policy_set = POLICIES.policy_set
    with EngineSession() as session:
        for path, source in policy_set.modules.items():
            session.add_module(path, source)
        session.add_data(policy_set.data_json)
        yield session


def asking(engine: EngineSession, path: str) -> Decide:
    return lambda given: read_answer(engine.answer(path, json.dumps(given).encode()))


@pytest.fixture(scope="module")
def decide(engine: EngineSession) -> Decide:
    return asking(engine, ENTRYPOINT)


@pytest.fixture(scope="module")
def satisfied(engine: EngineSession) -> Decide:
    """The bases whose every condition is met."""
    return asking(engine, "exchange.rules.lawfulness.satisfied")


@cache
def permitted() -> list[dict[str, Json]]:
    """Inputs of every kind, route and purpose that have all that a rule may ask for."""
    return [
        {**given, "in_reply_to": "0" * 32}
        for kind in sorted(POLICIES.data["necessity"])
        for given in candidates(kind, POLICIES.data)
        if given["purpose"] == given["original_purpose"]
        and "necessity_reason" in next(iter(given["members"].values()))
    ]


COVERT = {"collection_method": "COVERT_NPOG_32_2", "marking": {"method": "x"}}
POLICE_TO_ORDER = {"sender_kind": "POLICE_INSPECTION", "original_purpose": "PROSECUTION"}
SETUPS: Mapping[str, Mapping[str, Json]] = {
    "ABROAD-1/social_data_abroad": {"kind": "CROSS_BORDER", "said": {"secrecy": "social"}},
    "ABROAD-1/third_country_no_safeguard": {"kind": "CROSS_BORDER", "facts": {"country": "US"}},
    "AO-30/tax_secrecy": {"kind": "POLICE_COOPERATION", "said": {"secrecy": "tax"}},
    "ASYLG-8-3/asylum_data_lock": {
        "kind": "POLICE_COOPERATION",
        "said": {"origin": "asylum_procedure"},
    },
    "AUFENTHG-87-2/below_threshold_87_4": {
        "kind": "ADMIN_OFFENCE_TO_FOREIGNERS",
        "facts": {"offence_class": "owi"},
    },
    "AUFENTHG-87-2/special_rule_88/0": {
        "kind": "ADMIN_OFFENCE_TO_FOREIGNERS",
        "said": {"origin": "professional_203"},
    },
    "AUFENTHG-87-2/special_rule_88": {
        "kind": "ADMIN_OFFENCE_TO_FOREIGNERS",
        "said": {"secrecy": "tax"},
        "top": {"original_purpose": "TAXATION"},
    },
    "BKAG-3/bka_channel_required": {
        "kind": "CROSS_BORDER",
        "facts": {"regional_border_crime": None},
    },
    "BMG-34/neutral_no_answer": {
        "kind": "REGISTER_REQUEST",
        "facts": {"information_block": {"set_by": "polizei"}},
    },
    "BPOLG-32/not_indispensable": {
        "kind": "PRIVATE_WARNING",
        "top": {"sender_kind": "FEDERAL_POLICE"},
    },
    "BULK-1/bulk_exchange": {
        "kind": "REGISTER_REQUEST",
        "facts": {"is_bulk": True},
        "top": {"recipient_kind": "POLICE_INSPECTION"},
    },
    "GDPR-9/art9_no_exception": {"kind": "JOINT_CONTROL", "said": {"category": "HEALTH"}},
    "IRG-92/irg_92b_refusal/1": {"kind": "CROSS_BORDER", "facts": {"origin_state": "US"}},
    "KKG-5/prosecutor_decision_missing": {
        "kind": "CHILD_ENDANGERMENT",
        "top": {"original_purpose": "PROSECUTION", "legal_basis_claimed": ["KKG-5"]},
    },
    "MINOR-1/minor_protection": {"kind": "POLICE_COOPERATION", "said": {"data_subject_age": 9}},
    "NDSG-6-2/purpose_change_not_allowed": {
        "kind": "JOINT_CONTROL",
        "top": {"original_purpose": "TAXATION", "legal_basis_claimed": []},
    },
    "NPOG-38-2/marking_missing": {"kind": "POLICE_COOPERATION", "said": COVERT},
    "NPOG-39-1/hypothetical_recollection_fails/3": {
        "kind": "POLICE_COOPERATION",
        "said": COVERT,
        "top": {"original_purpose": "CRIME_PREVENTION"},
    },
    "NPOG-39-1/hypothetical_recollection_fails": {
        "kind": "PREMISES_HAZARD_NOTICE",
        "facts": {"danger_level": "none"},
        "top": {**POLICE_TO_ORDER, "legal_basis_claimed": ["NPOG-41"]},
    },
    "NPOG-39-2/documentation_data_locked": {
        "kind": "POLICE_COOPERATION",
        "said": {"store_class": "documentation"},
    },
    "NPOG-40-1-2/undocumented_purpose_change": {
        "kind": "PREMISES_HAZARD_NOTICE",
        "top": POLICE_TO_ORDER,
    },
    "NPOG-40-1-4/recipient_drops_marking": {
        "kind": "POLICE_COOPERATION",
        "said": {"marking": {"method": "x"}},
    },
    "SCHWARZARBG-6/no_audit_link": {
        "kind": "UNDECLARED_WORK",
        "facts": {"audit_subject_link": None, "factual_indications": None},
        "top": {"legal_basis_claimed": ["SCHWARZARBG-6"]},
    },
    "SGB10-71-2/social_secrecy": {
        "kind": "FOREIGNERS_REQUEST",
        "members": ["expected_social_behaviour"],
    },
    "SGB10-73/judicial_order_missing": {"kind": "SOCIAL_DATA_REQUEST"},
    "SGB8-64-65/entrusted_data": {
        "kind": "SOCIAL_DATA_REQUEST",
        "said": {"secrecy": "entrusted"},
    },
    "STGB-203/professional_secrecy": {
        "kind": "POLICE_COOPERATION",
        "said": {"origin": "professional_203"},
    },
    "STPO-474-2/no_special_provision": {
        "kind": "LICENCE_RELIABILITY",
        "top": {"original_purpose": "PROSECUTION", "legal_basis_claimed": []},
    },
    "STPO-479-2/catalogue_measure_lock/3": {
        "kind": "POLICE_COOPERATION",
        "said": {"category": "COMMUNICATION_CONTENT"},
    },
    "STPO-479-2/catalogue_measure_lock": {
        "kind": "POLICE_COOPERATION",
        "said": {"collection_method": "STPO_CATALOGUE"},
    },
    "RET-1/no_review_date/1": {
        "kind": "PREMISES_HAZARD_NOTICE",
        "facts": {"case_closed": True, "danger_level": "none", "danger_facts": None},
    },
}
"""Rule and reason, perhaps with the number of a row: what the inputs must be like to have it."""


def inputs(rule: str, reason: str, number: int) -> Iterator[dict[str, Json]]:
    """Give inputs that may have the reason; where none are described, those of all kinds."""
    name = f"{rule}/{reason}"
    setup = SETUPS.get(f"{name}/{number}", SETUPS.get(name, {}))
    for given in permitted():
        if given["exchange_kind"] != setup.get("kind", given["exchange_kind"]):
            continue
        facts = {**given["facts"], **setup.get("facts", {})}
        members = {
            name: {**said, **setup.get("said", {})}
            for name, said in given["members"].items()
            if name in setup.get("members", [name])
        }
        yield {
            **given,
            **setup.get("top", {}),
            "facts": {name: value for name, value in facts.items() if value is not None},
            "members": members,
        }


def with_facts(given: Json, facts: Facts, wanted: Facts) -> Json:
    """Return the input in which of *facts* exactly those in *wanted* say what is needed."""
    changed = {**given, "facts": dict(given["facts"])}
    changed["members"] = {name: dict(said) for name, said in given["members"].items()}
    for fact in facts:
        places = [changed["facts"]]
        if fact.get("of") == "member":
            places = list(changed["members"].values())
        for place in places:
            _say(place, fact, fact in wanted)
    return changed


def _say(place: dict[str, Json], fact: Mapping[str, Json], wanted: bool) -> None:
    name, _, part = fact["fact"].partition(".")
    value = fact.get("value", fact.get("at_least", SAMPLES.get(name, True)))
    if not wanted:
        value = _less(fact)
    if part:
        known = place.get(name)
        place[name] = {**(known if isinstance(known, dict) else {}), part: value}
    elif value is None:
        place.pop(name, None)
    else:
        place[name] = value


def _less(fact: Mapping[str, Json]) -> Json:
    """Something that is not enough; None for nothing at all."""
    if fact["fact"] in ("protected_interest_contra", "endangers_investigation", "benefit_risk"):
        return True
    if fact["fact"] == "private_rights_only":
        return True
    if fact["fact"] == "named_in_order":
        return False
    if "at_least" in fact and isinstance(fact["at_least"], int):
        return fact["at_least"] - 1
    return None


def has(decision: Json, rule: str, reason: str) -> bool:
    pair = {"reason": reason, "rule": rule}
    held = [it["reasons"] for it in decision["outcomes"] if it["action"] == "withhold"]
    return pair in decision["denials"] or any(pair in reasons for reasons in held)


def proves(given: Json, facts: Facts, rule: str, reason: str, decide: Decide) -> bool:
    """Say whether the reason is there without any of the facts, and gone with all of them."""
    if not has(decide(with_facts(given, facts, ())), rule, reason):
        return False
    if has(decide(with_facts(given, facts, facts)), rule, reason):
        return False
    return all(
        has(decide(with_facts(given, facts, some)), rule, reason)
        for size in range(1, len(facts))
        for some in combinations(facts, size)
    )


def fits(given: Json, row: Mapping[str, Json]) -> bool:
    return all(
        given.get(name) in row.get(f"{name}s", [given.get(name)])
        for name in ("purpose", "original_purpose")
    )


@pytest.mark.parametrize(("rule", "reason", "number", "row"), list(alternatives()))
def test_what_a_row_names_takes_its_reason_away_and_no_less_does(
    rule: str, reason: str, number: int, row: Mapping[str, Json], decide: Decide
) -> None:
    facts = tuple(row["facts"])
    tried = [given for given in inputs(rule, reason, number) if fits(given, row)]

    assert any(proves(given, facts, rule, reason, decide) for given in tried)


def opens(given: Json, facts: Facts, basis: str, satisfied: Decide) -> bool:
    """Say whether the basis is satisfied with all of the facts, and with no fewer."""
    fewer = [some for size in range(len(facts)) for some in combinations(facts, size)]
    return basis in satisfied(with_facts(given, facts, facts)) and not any(
        basis in satisfied(with_facts(given, facts, some)) for some in fewer
    )


@pytest.mark.parametrize(("basis", "row"), list(of_bases()))
def test_what_a_basis_lacks_opens_it_and_no_less_does(
    basis: str, row: Mapping[str, Json], satisfied: Decide
) -> None:
    facts, reach = tuple(row["facts"]), POLICIES.data["lookup"]["reach"][basis]
    bases = POLICIES.data["legal_bases"][basis]
    tried = [
        {
            **given,
            "legal_basis_claimed": [basis],
            "purpose": purpose,
            "original_purpose": original,
            "facts": {"request_mode": mode, "request_age_days": 3},
            "sender_kind": sender,
            "recipient_kind": recipient,
        }
        for given in permitted()[:1]
        for sender in reach["senders"]
        for recipient in reach["recipients"]
        for mode in ("spontaneous", "on_request")
        for purpose in row.get("purposes", bases.get("purposes", ["DANGER_PREVENTION"]))
        for original in dict.fromkeys([*bases.get("original_purposes", [purpose])[:1], "TAXATION"])
    ]

    assert any(opens(given, facts, basis, satisfied) for given in tried)
