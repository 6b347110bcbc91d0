"""A snapshot of the registry finds units by id and by pin, and no pin names two."""

import pytest

from gateway.errors import RegistryRefused
from gateway.model.unit import snapshot_of
from gateway.registry import parse_unit
from tests.builders import a_registry, a_unit, the_police


def test_a_unit_is_found_by_its_id() -> None:
    registry = a_registry()
    unit = registry.unit("polizei")
    assert unit is not None
    assert unit.kind == "POLICE_INSPECTION"
    assert registry.unit("zoll") is None


def test_a_unit_is_found_by_either_of_its_two_pins() -> None:
    registry = a_registry(the_police(pins=["a" * 64, "b" * 64]), a_unit())
    assert registry.unit_by_pin("a" * 64) is registry.unit_by_pin("b" * 64)
    assert registry.unit_by_pin("c" * 64) is None


def test_a_pin_of_two_units_is_refused() -> None:
    units = {
        unit.id: unit
        for unit in map(parse_unit, (the_police(pins=["a" * 64]), a_unit(pins=["a" * 64])))
    }
    with pytest.raises(RegistryRefused, match="share a pin"):
        snapshot_of("0" * 64, units)


def test_the_same_pin_twice_in_one_unit_is_refused() -> None:
    unit = parse_unit(a_unit(pins=["a" * 64, "a" * 64]))
    with pytest.raises(RegistryRefused, match="share a pin"):
        snapshot_of("0" * 64, {unit.id: unit})


def test_only_an_active_unit_is_active() -> None:
    assert parse_unit(a_unit()).active
    assert not parse_unit(a_unit(status="suspended")).active


def test_a_snapshot_does_not_follow_the_units_that_it_was_made_of() -> None:
    units = {"ordnungsamt": parse_unit(a_unit())}
    registry = snapshot_of("0" * 64, units)
    units.clear()
    assert registry.unit("ordnungsamt") is not None
