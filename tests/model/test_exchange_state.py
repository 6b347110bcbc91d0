"""Every state of a delivery has its name for partners."""

import pytest

from gateway.model.evidence import DeliveryState
from gateway.model.exchange_state import ExchangeState, state_of


@pytest.mark.parametrize("delivery", DeliveryState)
def test_every_state_of_a_delivery_is_a_state_of_an_exchange(delivery: DeliveryState) -> None:
    expected = "permitted" if delivery is DeliveryState.QUEUED else delivery.value
    assert state_of(delivery).value == expected


def test_an_exchange_without_a_delivery_was_denied() -> None:
    assert state_of(None) is ExchangeState.DENIED
    assert {state_of(state) for state in (None, *DeliveryState)} == set(ExchangeState)
