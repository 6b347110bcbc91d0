"""The invented units are of every kind, and say of themselves that they are none."""

from gateway.synthetic.units import demo_units
from tests.builders import the_policies

KINDS = the_policies().data["agency_kinds"]
UNITS = demo_units(KINDS)


def test_there_is_a_unit_of_every_kind_and_every_one_is_marked() -> None:
    assert {unit.kind for unit in UNITS} == KINDS.keys()
    assert len({unit.id for unit in UNITS}) == len(UNITS)
    assert all(unit.id.startswith("demo-") and unit.name.startswith("DEMO ") for unit in UNITS)


def test_no_two_units_of_a_kind_are_alike_in_what_the_rules_ask_of_them() -> None:
    asked = [(it.kind, it.country, it.keeps_marking, it.commitment_purpose) for it in UNITS]
    assert len(set(asked)) == len(asked)


def test_a_unit_is_as_facts_say_that_the_registry_would_say_of_it() -> None:
    abroad = next(unit for unit in UNITS if unit.country == "TR")
    careless = next(unit for unit in UNITS if not unit.keeps_marking)
    free = next(unit for unit in UNITS if not unit.commitment_purpose)

    assert abroad.is_as({"country": "TR", "danger_level": "none"})
    assert not abroad.is_as({"country": "NL"})
    assert careless.is_as({"recipient_keeps_marking": False})
    assert not careless.is_as({"recipient_keeps_marking": True})
    assert free.is_as({"recipient_commitment_purpose": False})
    assert not free.is_as({"recipient_commitment_purpose": True})
    assert all(unit.is_as({}) for unit in UNITS)
