"""Values of one exchange: a message as it came, and no payload in anything printed."""

from dataclasses import FrozenInstanceError

import pytest

from gateway.model.exchange import Message
from tests.builders import a_person, an_exchange

CANARY = "KANARIENVOGEL"


def a_request(*headers: tuple[str, str]) -> Message:
    return Message("POST", "https://gateway.example/v1/exchanges", headers, b"{}", None)


def test_a_header_has_a_value_if_it_came_once() -> None:
    message = a_request(("idempotency-key", "a"), ("date", "b"), ("date", "c"))
    assert message.header("idempotency-key") == "a"
    assert message.header("date") is None
    assert message.header("signature") is None


def test_an_exchange_prints_none_of_its_payload() -> None:
    exchange = an_exchange(payload={"guest_names": [a_person(CANARY)]}, field_facts={})
    assert exchange.persons[0].family_name == CANARY
    assert CANARY not in repr(exchange)


def test_an_exchange_does_not_change() -> None:
    exchange = an_exchange()
    with pytest.raises(FrozenInstanceError):
        exchange.recipient = exchange.sender  # type: ignore[misc]
