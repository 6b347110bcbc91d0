"""What partners call the state of an exchange (DESIGN 2.2)."""

from enum import StrEnum

from gateway.model.evidence import DeliveryState


class ExchangeState(StrEnum):
    """`permitted`, `parked` and `held` may still change, every other state is the last."""

    PERMITTED = "permitted"
    PARKED = "parked"
    HELD = "held"
    DENIED = "denied"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_STATES = {
    None: ExchangeState.DENIED,
    DeliveryState.QUEUED: ExchangeState.PERMITTED,
    DeliveryState.PARKED: ExchangeState.PARKED,
    DeliveryState.HELD: ExchangeState.HELD,
    DeliveryState.DELIVERED: ExchangeState.DELIVERED,
    DeliveryState.GIVEN_UP: ExchangeState.GIVEN_UP,
    DeliveryState.WITHDRAWN: ExchangeState.WITHDRAWN,
    DeliveryState.EXPIRED: ExchangeState.EXPIRED,
}


def state_of(delivery: DeliveryState | None) -> ExchangeState:
    """Return the state of an exchange by that of its sealed payload; it has none if denied."""
    return _STATES[delivery]
