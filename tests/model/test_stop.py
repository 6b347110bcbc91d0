"""What a stop covers, and what it shows of itself."""

from typing import Any

import pytest

from gateway.model.stop import Stop, Way

WAY = Way("PREMISES_HAZARD_NOTICE", "polizei", "POLICE", "ordnungsamt", "ORDER")
ROUTE = {
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "sender_kind": "POLICE",
    "recipient_kind": "ORDER",
}


def a_stop(**scope: Any) -> Stop:
    return Stop("a" * 32, "Verdacht", "anna", 1_795_000_000, **scope)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, True),
        ({"unit": "polizei"}, True),
        ({"unit": "ordnungsamt"}, True),
        ({"unit": "jugendamt"}, False),
        ({"exchange_kind": "PREMISES_HAZARD_NOTICE"}, True),
        ({"exchange_kind": "REGISTER_REQUEST"}, False),
        (ROUTE, True),
        ({**ROUTE, "exchange_kind": "REGISTER_REQUEST"}, False),
        ({**ROUTE, "sender_kind": "ORDER"}, False),
        ({**ROUTE, "recipient_kind": "POLICE"}, False),
    ],
    ids=[
        *("all", "sender", "recipient", "another unit", "kind", "another kind"),
        *("route", "route of another kind", "from another kind", "to another kind"),
    ],
)
def test_a_stop_covers_what_it_names_and_nothing_else(scope: dict[str, str], covered: bool) -> None:
    assert a_stop(**scope).covers(WAY) is covered


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, True),
        ({"unit": "polizei"}, True),
        ({"unit": "jugendamt"}, False),
        ({"exchange_kind": "PREMISES_HAZARD_NOTICE"}, False),
        (ROUTE, False),
    ],
)
def test_between_two_units_it_covers_every_kind_or_not_all(
    scope: dict[str, str], covered: bool
) -> None:
    assert a_stop(**scope).between("polizei", "ordnungsamt") is covered


@pytest.mark.parametrize("scope", [{"unit": "polizei"}, {"exchange_kind": "X"}, ROUTE])
def test_it_shows_id_reason_time_and_scope_but_not_who_placed_it(scope: dict[str, str]) -> None:
    said = {"id": "a" * 32, "reason": "Verdacht", "since": 1_795_000_000}
    assert a_stop(**scope).shown() == {**said, **scope}
    assert a_stop().shown() == {**said, "all": True}
