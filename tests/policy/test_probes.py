"""Probes: every way, the inputs that one basis carries, and what is one step beside them."""

from collections.abc import Mapping
from typing import Any

from gateway.policy.changed_places import ABSENT, Place
from gateway.policy.probes import (
    Tries,
    beside,
    closest,
    cores,
    further_ways,
    near,
    through_doors,
    tries_of,
    unlike,
    ways,
)
from tests.builders import the_policies

Json = Any
DATA = the_policies().data
FACTS = the_policies().policy_set.schemas["facts.json"]
NOTHING = Tries((), (), (), ())
DENIAL = {"verdict": "deny", "rules_applied": ["NPOG-41"]}


def permit(*bases: str) -> dict[str, Json]:
    return {"verdict": "permit", "rules_applied": ["REG-1", *bases]}


def route(given: Mapping[str, Json]) -> tuple[str, str, str]:
    return given["exchange_kind"], given["sender_kind"], given["recipient_kind"]


def all_routes() -> set[tuple[str, str, str]]:
    return {
        (kind, sender, recipient)
        for kind, senders in DATA["routes"].items()
        for sender, recipients in senders.items()
        for recipient in recipients
    }


def a_core(**parts: Json) -> dict[str, Json]:
    return {
        "exchange_kind": "NOTE",
        "sender_kind": "POLICE",
        "recipient_kind": "OFFICE",
        "purpose": "ONE",
        "original_purpose": "ONE",
        "legal_basis_claimed": ["LAW"],
        "evaluated_on": 20_779,
        "case_file": True,
        "facts": {"request_mode": "spontaneous", "request_age_days": 3, "danger_facts": True},
        "members": {"name": {"necessity_reason": True}, "age": {}},
        **parts,
    }


def test_ways_go_over_every_route_with_all_members_and_every_basis() -> None:
    found = list(ways(DATA))
    assert {route(given) for given in found} == all_routes()
    for given in found:
        assert given["purpose"] == given["original_purpose"]
        assert given["members"].keys() == DATA["members"][given["exchange_kind"]].keys()
        assert "NPOG-41" in given["legal_basis_claimed"]


def test_ways_of_a_kind_that_is_looked_at_closely_are_more() -> None:
    """From other purposes, and without a reason for what is needed only in some cases."""
    kind = "PREMISES_HAZARD_NOTICE"
    here = [given for given in ways(DATA, {kind}) if given["exchange_kind"] == kind]
    assert {given["purpose"] == given["original_purpose"] for given in here} == {True, False}
    assert {"necessity_reason" in given["members"]["owner_name"] for given in here} == {True, False}
    assert len(here) > sum(given["exchange_kind"] == kind for given in ways(DATA))


def test_further_ways_go_where_nothing_was_permitted() -> None:
    kind = "CHILD_ENDANGERMENT"
    answered = [
        (given, [DENIAL, permit() if given["sender_kind"] == "SCHOOL" else None])
        for given in ways(DATA)
    ]
    found = list(further_ways(DATA, answered, {kind}))
    assert {given["sender_kind"] for given in found} == {"POLICE_INSPECTION", "YOUTH_OFFICE"}
    assert all(given["purpose"] != given["original_purpose"] for given in found)
    assert {given["exchange_kind"] for given in found} == {kind}


def test_cores_are_carried_by_one_basis_alone() -> None:
    """Permitted by one of both sets is enough, and what is not claimed carries nothing."""
    given = a_core(legal_basis_claimed=["LAW", "OTHER", "THIRD"])
    found = cores([(given, [DENIAL, permit("OTHER", "LAW", "NOT-CLAIMED")])])
    assert [core["legal_basis_claimed"] for core in found] == [["LAW"], ["OTHER"]]


def test_a_core_of_data_that_concern_nobody_claims_nothing() -> None:
    (core,) = cores([(a_core(), [permit(), permit()])])
    assert core["legal_basis_claimed"] == []


def test_of_equal_cores_the_first_counts_and_asked_ones_are_others() -> None:
    asked = a_core(facts={"request_mode": "on_request"})
    first, second = a_core(purpose="ONE"), a_core(purpose="TWO")
    answers = [permit("LAW"), permit("LAW")]
    assert cores([(first, answers), (second, answers), (asked, answers)]) == [first, asked]


def test_a_kind_that_nothing_permits_has_its_first_input() -> None:
    first, second = a_core(purpose="ONE"), a_core(purpose="TWO")
    assert cores([(first, [DENIAL, None]), (second, [DENIAL, DENIAL])]) == [first]


def test_what_is_asked_for_goes_through_each_door() -> None:
    asked = a_core(facts={"request_mode": "on_request", "recipient_collection_basis": "FIRST"})
    found = list(through_doors([a_core(), asked], ["FIRST", "SECOND"]))
    assert [given["facts"]["recipient_collection_basis"] for given in found] == ["FIRST", "SECOND"]


def test_tries_are_words_numbers_and_days_on_both_sides() -> None:
    places = [
        Place(("thresholds",), {"k_threshold": (5, 7)}),
        Place(("norms", "LAW"), {"in_force_to": (None, "1970-01-11"), "needed": (True, False)}),
        Place(("norms", "confirmations"), {"stadt": (ABSENT, {"LAW": {"name": "A"}})}),
    ]
    assert tries_of(places) == Tries(
        words=(
            *("1970-01-11", "A", "LAW", "confirmations", "in_force_to"),
            *("k_threshold", "name", "needed", "stadt"),
        ),
        numbers=(4, 5, 6, 7, 8),
        days=(9, 10, 11),
        controllers=("stadt",),
    )


def test_closest_are_the_cores_that_name_what_a_place_speaks_of() -> None:
    others = [a_core(sender_kind=f"OTHER_{number}") for number in range(20)]
    wanted = a_core(legal_basis_claimed=["WANTED"])
    place = Place(("legal_bases", "WANTED"), {"effect": ("permit", "support")})
    assert closest([*others, wanted], [place])[0] == wanted


def test_without_a_name_each_kind_has_its_turn() -> None:
    found = [a_core(exchange_kind=kind) for kind in ("A", "A", "A", "B", "C")]
    chosen = closest(found, [Place(("thresholds",), {"small": (1, 2)})])
    assert {core["exchange_kind"] for core in chosen} == {"A", "B", "C"}


def test_no_place_asks_for_no_close_look() -> None:
    assert closest([a_core()], []) == []


def test_beside_a_core_are_days_figures_and_controllers() -> None:
    tries = Tries((), (182, 183), (20_000,), ("stadt",))
    core, unread, confirmed, dated, *figures = beside(a_core(), FACTS, tries)
    assert core == a_core()
    assert unread == {name: value for name, value in core.items() if name != "case_file"}
    assert confirmed["sender_controller"] == "stadt"
    assert "case_file" not in confirmed
    assert (dated["evaluated_on"], dated["evaluated_at"]) == (20_000, 20_000 * 86_400 + 43_200)
    assert [given["facts"]["request_age_days"] for given in figures] == [182, 183]


def test_what_answers_a_request_names_it_where_confirmations_count() -> None:
    asked = a_core(facts={"request_mode": "on_request"})
    _, unread = beside(asked, FACTS, NOTHING)
    assert unread["in_reply_to"] == "0" * 32


def test_near_a_core_one_thing_is_otherwise() -> None:
    core = a_core()
    found = list(near(core, FACTS, Tries(("WORD",), (17, 18), (), ())))
    for given in found:
        assert sum(given.get(part) != core[part] for part in core) <= 1
    said = [given["facts"] for given in found]
    assert {} in said
    assert {**core["facts"], "danger_level": "present"} in said
    assert {"request_mode": "spontaneous", "request_age_days": 3} in said
    assert {**core["facts"], "selection_key": "WORD"} in said
    assert {**core["facts"], "dimensions": ["WORD"]} in said
    assert {**core["facts"], "review_date": 20_778} in said
    assert ["LAW", "WORD"] in [given["legal_basis_claimed"] for given in found]
    members = [given["members"] for given in found]
    assert {name: {**it, "data_subject_age": 17} for name, it in core["members"].items()} in members
    assert {"name": {}, "age": {}} in members


def test_the_same_input_is_asked_about_once() -> None:
    first, again = a_core(), dict(reversed(a_core().items()))
    assert unlike([first, again, a_core(purpose="TWO")]) == [first, a_core(purpose="TWO")]


def test_near_needs_no_words() -> None:
    assert list(near(a_core(), FACTS, NOTHING))
