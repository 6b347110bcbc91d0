"""The doctor says for whom nobody, or one person alone, may vote."""

from gateway.doctor.diagnosis import Level
from gateway.doctor.people import examine_people
from gateway.people import canonical_person, person_key
from gateway.registry import canonical_unit
from gateway.registry_snapshot import read_registry
from tests.builders import a_unit, the_police
from tests.changing import a_card, role

POLICE, CITY = role("approver", "polizei-traeger"), role("approver", "ordnungsamt-traeger")


def said_of(*cards):
    units = {"polizei": canonical_unit(the_police()), "ordnungsamt": canonical_unit(a_unit())}
    people = {person_key(card["id"]): canonical_person(card) for card in cards}
    return list(examine_people(read_registry(units | people)))


def test_two_for_each_controller_are_enough():
    (found,) = said_of(a_card("anna", POLICE, CITY), a_card("emre", POLICE, CITY))
    assert found.level is Level.WELL
    assert found.de.startswith("2 Menschen")


def test_a_controller_for_which_nobody_votes_is_named():
    (found,) = said_of(a_card("anna", POLICE), a_card("emre", POLICE))
    assert found.level is Level.NOTE
    assert found.de == "Niemand stimmt ab für: ordnungsamt-traeger."


def test_a_controller_for_which_one_person_alone_votes_is_named():
    (found,) = said_of(a_card("anna", POLICE, CITY), a_card("emre", POLICE))
    assert found.level is Level.NOTE
    assert found.en == "One person alone votes for: ordnungsamt-traeger."


def test_who_has_ended_or_only_gives_opinions_does_not_count():
    ended = a_card("emre", POLICE, CITY, status="ended")
    officer = a_card("dora", role("dpo", "polizei-traeger"))
    without, single = said_of(a_card("anna", POLICE), a_card("tomo", role("approver", "zoll")))
    assert "ordnungsamt-traeger" in without.en
    assert "polizei-traeger" in single.en
    (found,) = said_of(a_card("anna", POLICE, CITY), ended, officer)
    assert found.level is Level.BAD
    assert found.en.startswith("1 may vote; without 2")
