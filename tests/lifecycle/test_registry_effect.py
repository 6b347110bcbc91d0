"""What a change of the registry does, told from its documents: tighten, or in doubt more."""

from typing import Any

import pytest
import rfc8785

from gateway.lifecycle.effect import Effect
from gateway.lifecycle.registry_effect import loosened, registry_report, surely_touched
from gateway.people import canonical_person
from gateway.registry import canonical_unit
from tests.builders import a_unit, the_police, the_policies
from tests.changing import a_card, role

Json = Any
ROUTES = the_policies().data["routes"]
FIRE = a_unit("wache", kind="FIRE_SERVICE", controller="feuerwehr", name="Wache 1")
SCHOOL = a_unit("schule", kind="SCHOOL", controller="land", name="Schule 1")
ANNA = a_card("anna", role("approver", "polizei-traeger"), role("approver", "ordnungsamt-traeger"))
EMRE = a_card("emre", role("approver", "feuerwehr"), role("approver", "land"))
FINN = a_card("finn", role("approver", "land"))
STOP = {
    "id": "5" * 32,
    "reason": "Prüfung",
    "by": "anna",
    "since": 1_795_000_000,
    "all": True,
}
PLACED = f"stop/{STOP['id']}"


def the_registry(**more: dict[str, Json]) -> dict[str, bytes]:
    """Police and fire service that can send to the order office, and a school that cannot."""
    units = (the_police(), a_unit(), FIRE, SCHOOL)
    return {
        **{str(unit["id"]): canonical_unit(unit) for unit in units},
        **{f"person/{card['id']}": canonical_person(card) for card in (ANNA, EMRE, FINN)},
        **{key: rfc8785.dumps(document) for key, document in more.items()},
    }


def effect(changes: dict[str, Json], **more: dict[str, Json]) -> Effect:
    return Effect.read(registry_report(changes, the_registry(**more), ROUTES)["effect"])


def told(changes: dict[str, Json], **more: dict[str, Json]) -> tuple[bool, bool, tuple[str, ...]]:
    found = effect(changes, **more)
    return found.releases_more, found.tightens_only, found.controllers


ORDER_OFFICE = ("feuerwehr", "ordnungsamt-traeger", "polizei-traeger")
"""Those who can send to an order office, and its own controller."""

LESS: dict[str, dict[str, Json]] = {
    "suspended": {"ordnungsamt": a_unit(status="suspended")},
    "receives no more": {"ordnungsamt": a_unit(may_receive=False)},
    "keeps no marking": {"ordnungsamt": a_unit(keeps_marking=False)},
    "removed": {"ordnungsamt": None},
}


@pytest.mark.parametrize("changes", LESS.values(), ids=LESS)
def test_what_takes_away_from_a_unit_tightens_for_its_controller(changes: dict[str, Json]) -> None:
    assert told(changes) == (False, True, ("ordnungsamt-traeger",))


MORE: dict[str, dict[str, Json]] = {
    "another endpoint": {"endpoint": None},
    "another encryption key": {"encryption_key": a_unit("anderes")["encryption_key"]},
    "another signing key": {"signing_key": a_unit("anderes")["signing_key"]},
    "another pin": {"pins": a_unit("anderes")["pins"]},
    "another name": {"name": "Anderes Amt"},
    "another legal entity": {"legal_entity": "Andere"},
    "a commitment": {"commitment_purpose": True},
    "another contract": {"contract": {"id": "AVV-2", "date": "2026-02-15"}},
}


@pytest.mark.parametrize("values", MORE.values(), ids=MORE)
def test_anything_else_about_a_unit_is_more_for_all_who_can_send_to_it(
    values: dict[str, Json],
) -> None:
    assert told({"ordnungsamt": a_unit(**values)}) == (True, False, ORDER_OFFICE)


def test_a_new_unit_is_more_for_those_who_are_there_and_could_send_to_it() -> None:
    """Its own controller is not in force yet, and could not have agreed."""
    new = a_unit("amt-zwei", controller="neue-stadt")
    assert told({"amt-zwei": new}) == (True, False, ("feuerwehr", "polizei-traeger"))


def test_a_unit_that_only_sends_touches_its_own_controller() -> None:
    """No route leads to a school or a fire service."""
    assert told({"schule": {**SCHOOL, "name": "Schule 2"}}) == (True, False, ("land",))


def test_another_kind_touches_who_could_send_before_and_who_can_now() -> None:
    found = effect({"schule": {**SCHOOL, "kind": "MUNICIPAL_ORDER"}})
    assert found.controllers == ("feuerwehr", "land", "polizei-traeger")


def test_one_loosening_among_what_tightens_makes_it_more() -> None:
    changes = {"ordnungsamt": a_unit(status="suspended"), "schule": {**SCHOOL, "name": "Neu"}}
    assert told(changes) == (True, False, ("land",))


def test_a_role_taken_away_tightens_and_one_given_is_more() -> None:
    """For the controllers that someone speaks for already."""
    fewer = {**ANNA, "roles": ANNA["roles"][:1]}
    more = {**ANNA, "roles": [*ANNA["roles"], role("approver", "nobody-yet")]}
    touched = ("ordnungsamt-traeger", "polizei-traeger")
    assert told({"person/anna": fewer}) == (False, True, touched)
    assert told({"person/anna": more}) == (True, False, touched)


def test_a_person_who_ends_tightens_and_one_who_comes_is_more() -> None:
    assert told({"person/emre": {**EMRE, "status": "ended"}})[:2] == (False, True)
    new = a_card("dora", role("author", "land"))
    assert told({"person/dora": new}) == (True, False, ("land",))


def test_a_stop_tightens_and_lifting_it_is_more_for_everyone_it_stopped() -> None:
    everyone = ("feuerwehr", "land", "ordnungsamt-traeger", "polizei-traeger")
    assert told({PLACED: STOP}) == (False, True, everyone)
    assert told({PLACED: None}, **{PLACED: STOP}) == (True, False, everyone)


def test_lifting_the_stop_of_a_kind_touches_who_sends_it() -> None:
    kind = {name: value for name, value in STOP.items() if name != "all"}
    kind["exchange_kind"] = "PREMISES_HAZARD_NOTICE"
    found = told({PLACED: None}, **{PLACED: kind})
    assert found == (True, False, ("feuerwehr", "polizei-traeger"))


def test_a_reason_is_said_for_what_is_more_and_for_nothing_else() -> None:
    changes = {"ordnungsamt": a_unit(status="suspended"), "schule": {**SCHOOL, "name": "Neu"}}
    (why,) = effect(changes).why
    assert (why.code, why.de.partition(":")[0]) == ("unit", "schule")
    assert effect({PLACED: STOP}).why == ()
    (lifted,) = effect({PLACED: None}, **{PLACED: STOP}).why
    assert lifted.code == "stop_lifted"


def test_a_verifier_knows_part_of_it_without_the_routes() -> None:
    """Whoever has the registry of a log but not its rules."""
    changes = {
        "ordnungsamt": a_unit(name="Anderes Amt"),
        "schule": {**SCHOOL, "status": "suspended"},
    }
    assert loosened(changes, the_registry()) == ["ordnungsamt"]
    assert surely_touched(changes, the_registry()) == {"ordnungsamt-traeger"}
    assert surely_touched(changes, the_registry()) <= {*effect(changes).controllers}


def test_the_same_change_gives_the_same_report() -> None:
    changes = {"schule": {**SCHOOL, "name": "Neu"}, "ordnungsamt": a_unit(name="Anderes Amt")}
    turned = dict(reversed(changes.items()))
    reports = [registry_report(each, the_registry(), ROUTES) for each in (changes, turned)]
    assert rfc8785.dumps(reports[0]) == rfc8785.dumps(reports[1])
