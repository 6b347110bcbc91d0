"""A unit lists the exchanges that it sent and received, each in its state."""

from typing import Any

import pytest

from gateway.model.evidence import DeliveryState, Settle
from gateway.model.exchange_state import ExchangeState
from gateway.readings.listing import ListQuery, list_exchanges
from tests.builders import NOW, a_caller, an_envelope, deny_all
from tests.gateways import Gateway, MemoryGateway, SqlGateway
from tests.readings.deliveries import deliver, erase

FIRST = -1


async def listed(gateway: Gateway, unit: str = "polizei", **query: Any) -> list[dict[str, Any]]:
    page = await paged(gateway, unit, **query)
    exchanges: list[dict[str, Any]] = page["exchanges"]
    return exchanges


async def paged(gateway: Gateway, unit: str = "polizei", **query: Any) -> dict[str, Any]:
    wanted = ListQuery(**{"state": None, "since": None, "after": FIRST, "limit": 50, **query})
    return await list_exchanges(a_caller(unit), wanted, gateway.ports)


async def test_a_sender_sees_what_became_of_each_exchange(gateway: Gateway) -> None:
    permitted = (await gateway.submit()).exchange_id
    gateway.engine.rule = deny_all
    denied = (await gateway.submit()).exchange_id

    first, second = await listed(gateway)

    assert (first["exchange_id"], first["state"]) == (permitted, "permitted")
    assert (second["exchange_id"], second["state"]) == (denied, "denied")
    assert first == {
        "position": first["position"],
        "role": "sender",
        "exchange_id": permitted,
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "sender": "polizei",
        "recipient": "ordnungsamt",
        "state": "permitted",
        "decided_at": NOW,
        "at": NOW,
    }


async def test_a_recipient_sees_an_exchange_once_it_has_it(gateway: Gateway) -> None:
    exchange_id = (await gateway.submit()).exchange_id
    assert await listed(gateway, "ordnungsamt") == []
    gateway.clock.at += 9

    await deliver(gateway)

    (received,) = await listed(gateway, "ordnungsamt")
    assert received == {
        "position": received["position"],
        "role": "recipient",
        "exchange_id": exchange_id,
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "sender": "polizei",
        "recipient": "ordnungsamt",
        "state": "delivered",
        "decided_at": NOW,
        "at": NOW + 9,
    }


async def test_a_late_delivery_comes_after_the_cursor_of_the_recipient(gateway: Gateway) -> None:
    """An older exchange that is delivered later is not passed over."""
    await gateway.submit()
    second = await gateway.submit()
    older, newer = await gateway.deliveries()
    await deliver(gateway, newer)
    page = await paged(gateway, "ordnungsamt")
    assert [item["exchange_id"] for item in page["exchanges"]] == [second.exchange_id]

    await deliver(gateway, older)

    late = await listed(gateway, "ordnungsamt", after=page["next"])
    assert [item["exchange_id"] for item in late] == [older.exchange_id]


async def test_nobody_else_sees_an_exchange(gateway: Gateway) -> None:
    await gateway.submit()
    gateway.engine.rule = deny_all
    await gateway.submit()
    await deliver(gateway)

    assert await listed(gateway, "ordnungsamt", state=ExchangeState.DENIED) == []
    assert len(await listed(gateway, "ordnungsamt")) == 1


async def test_refusals_and_attempts_are_no_exchanges(gateway: Gateway) -> None:
    await gateway.submit()
    await deliver(gateway)
    assert len(await listed(gateway)) == 1


@pytest.mark.parametrize(
    ("became", "state"),
    [
        (DeliveryState.QUEUED, ExchangeState.PERMITTED),
        (DeliveryState.PARKED, ExchangeState.PARKED),
        (DeliveryState.DELIVERED, ExchangeState.DELIVERED),
        (DeliveryState.GIVEN_UP, ExchangeState.GIVEN_UP),
        (DeliveryState.WITHDRAWN, ExchangeState.WITHDRAWN),
        (DeliveryState.EXPIRED, ExchangeState.EXPIRED),
        (DeliveryState.HELD, ExchangeState.HELD),
    ],
)
async def test_the_list_can_be_asked_for_one_state(
    gateway: Gateway, became: DeliveryState, state: ExchangeState
) -> None:
    exchange_id = (await gateway.submit()).exchange_id
    (delivery,) = await gateway.deliveries()
    settle = Settle(delivery.id, None, DeliveryState.QUEUED, became, None, True)
    await gateway.append(effects=(settle,))
    gateway.engine.rule = deny_all
    await gateway.submit()

    assert [item["exchange_id"] for item in await listed(gateway, state=state)] == [exchange_id]
    others = set(ExchangeState) - {state, ExchangeState.DENIED}
    assert [await listed(gateway, state=other) for other in others] == [[]] * len(others)


async def test_pages_follow_each_other(gateway: Gateway) -> None:
    sent = [(await gateway.submit()).exchange_id for _ in range(5)]
    read: list[str] = []
    after, more = FIRST, True
    while more:
        page = await paged(gateway, after=after, limit=2)
        read += [item["exchange_id"] for item in page["exchanges"]]
        after, more = page["next"], page["more"]
    assert read == sent


async def test_the_list_can_begin_at_a_time(gateway: Gateway) -> None:
    assert isinstance(gateway, MemoryGateway | SqlGateway)
    sent = []
    for _ in range(4):
        sent.append((await gateway.submit()).exchange_id)
        gateway.clock.at += 700

    since = await listed(gateway, since=NOW + 700)
    between = await listed(gateway, since=NOW + 701)

    assert [item["exchange_id"] for item in since] == sent[1:]
    assert [item["exchange_id"] for item in between] == sent[2:]
    assert await listed(gateway, since=NOW + 10**6) == []


async def test_an_erased_exchange_is_a_row_that_says_so_and_nothing_else(gateway: Gateway) -> None:
    await gateway.submit()
    await deliver(gateway)
    (row,) = await listed(gateway)

    await erase(gateway)

    assert await listed(gateway) == [{"position": row["position"], "erased": True}]
    assert await listed(gateway, "ordnungsamt") == []
    assert await listed(gateway, state=ExchangeState.DELIVERED) == []


async def test_the_list_tells_nothing_of_the_payload(gateway: Gateway) -> None:
    await gateway.submit(an_envelope())
    assert "Beispielufer" not in repr(await listed(gateway))
