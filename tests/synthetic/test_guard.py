"""Invented exchanges go into a log of invented units alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import StartRefused
from gateway.model.unit import Unit
from gateway.registry import parse_unit
from gateway.synthetic.guard import refuse_a_real_gateway
from gateway.synthetic.keys import DemoKeys, document_of, keys_for
from gateway.synthetic.units import demo_units
from tests.builders import the_police, the_policies

UNITS = demo_units(the_policies().data["agency_kinds"])[:2]


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, DemoKeys]:
    return keys_for(UNITS, tmp_path)


def ours(keys: dict[str, DemoKeys]) -> dict[str, Unit]:
    return {unit.id: parse_unit(document_of(unit, keys[unit.id])) for unit in UNITS}


def test_an_empty_gateway_and_one_of_our_units_are_taken(keys: dict[str, DemoKeys]) -> None:
    refuse_a_real_gateway({}, frozenset(), {})
    refuse_a_real_gateway(ours(keys), {UNITS[0].id}, keys)


def test_a_real_unit_beside_ours_is_named_in_two_languages(keys: dict[str, DemoKeys]) -> None:
    units = {**ours(keys), "polizei": parse_unit(the_police())}
    with pytest.raises(StartRefused, match=r"\(polizei\).* nie in ein echtes .*never go into"):
        refuse_a_real_gateway(units, frozenset(), keys)


def test_a_log_that_concerns_a_unit_which_is_gone_is_refused(keys: dict[str, DemoKeys]) -> None:
    with pytest.raises(StartRefused, match="polizei"):
        refuse_a_real_gateway(ours(keys), {"polizei"}, keys)


def test_a_unit_that_has_our_name_and_another_key_is_a_real_one(keys: dict[str, DemoKeys]) -> None:
    unit = ours(keys)[UNITS[0].id]
    named_like_ours = replace(unit, signing_key=parse_unit(the_police()).signing_key)
    with pytest.raises(StartRefused, match=UNITS[0].id):
        refuse_a_real_gateway({UNITS[0].id: named_like_ours}, frozenset(), keys)


def test_a_unit_whose_key_is_not_here_is_refused(keys: dict[str, DemoKeys]) -> None:
    with pytest.raises(StartRefused):
        refuse_a_real_gateway(ours(keys), frozenset(), {})
