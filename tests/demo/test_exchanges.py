"""The exchanges of the demonstration have the shape that the gateway asks for."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import OFFICES
from gateway.schemas import faults_of
from tests.builders import the_policies

ALL = (
    exchanges.emergency_exits,
    exchanges.person_list,
    exchanges.child_in_danger,
    exchanges.statistics,
    exchanges.suspicious_event,
    exchanges.notice_to_fire_service,
    exchanges.notice_to_youth_office,
)


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_an_exchange_has_no_fault(make: Callable[[], dict[str, Any]]) -> None:
    exchange, schemas = make(), the_policies().schemas
    assert list(faults_of(schemas.envelope, exchange, "")) == []
    assert schemas.payloads[exchange["exchange_kind"]].faults(exchange["payload"]) == []
    assert exchange["facts"].keys() <= schemas.facts.keys()
    assert exchange.get("field_facts", {}).keys() <= exchange["payload"].keys()


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_an_exchange_goes_to_an_office_of_the_demonstration(
    make: Callable[[], dict[str, Any]],
) -> None:
    assert make()["recipient"] in {office.id for office in OFFICES}


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_one_made_twice_can_be_changed_without_changing_the_other(
    make: Callable[[], dict[str, Any]],
) -> None:
    first, second = make(), make()
    first["payload"].clear()
    assert second["payload"]


def test_the_table_has_a_cell_that_singles_somebody_out() -> None:
    (table,) = (value for value in exchanges.statistics()["payload"].values() if "cells" in value)
    smallest = min(cell["count"] for cell in table["cells"])
    assert 0 < smallest < the_policies().data["thresholds"]["k_threshold"]
