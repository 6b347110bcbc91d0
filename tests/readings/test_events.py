"""A unit follows everything that concerns it, and waits for news without costing anything."""

import asyncio
from typing import Any

import pytest

from gateway.errors import MalformedRequest
from gateway.model.evidence import EntryType, Part
from gateway.reading import part_of
from gateway.readings.arrivals import Arrivals
from gateway.readings.events import read_events
from tests.builders import NOW, a_caller, deny_all
from tests.gateways import Gateway
from tests.readings.deliveries import deliver, erase

FIRST = -1


async def feed(
    gateway: Gateway, unit: str = "polizei", after: int = FIRST, limit: int = 50, wait_s: int = 0
) -> dict[str, Any]:
    arrivals = Arrivals(gateway.ports.log, look_s=0.01)
    return await read_events(a_caller(unit), after, limit, wait_s, arrivals, gateway.ports)


async def seen(gateway: Gateway, unit: str = "polizei", after: int = FIRST) -> list[Any]:
    """Return type, role and event of all that the feed shows."""
    return [
        (event["type"], event["role"], event["part"].get("event"))
        for event in (await feed(gateway, unit, after))["events"]
    ]


async def test_a_sender_follows_its_exchange_from_decision_to_delivery(gateway: Gateway) -> None:
    await gateway.submit()
    await deliver(gateway)

    assert await seen(gateway) == [
        ("decision", "sender", None),
        ("delivery", "sender", "attempt"),
        ("delivery", "sender", "acknowledged"),
    ]


async def test_a_recipient_follows_what_reached_out_to_it(gateway: Gateway) -> None:
    """Of the decision itself it knows nothing before something reaches it."""
    await gateway.submit()
    assert await seen(gateway, "ordnungsamt") == []

    await deliver(gateway)

    assert await seen(gateway, "ordnungsamt") == [
        ("delivery", "recipient", "attempt"),
        ("delivery", "recipient", "acknowledged"),
    ]


async def test_each_reads_his_own_part_of_an_entry(gateway: Gateway) -> None:
    await gateway.submit()
    await deliver(gateway)

    for unit, part in (("polizei", Part.SENDER), ("ordnungsamt", Part.RECIPIENT)):
        shown = {e["position"]: e["part"] for e in (await feed(gateway, unit))["events"]}
        stored = await gateway.entries(EntryType.DELIVERY)
        assert {entry.index: part_of(entry.parts[part]) for entry in stored}.items() <= (
            shown.items()
        )


async def test_an_event_says_which_entry_it_is(gateway: Gateway) -> None:
    exchange_id = (await gateway.submit()).exchange_id
    (event,) = (await feed(gateway))["events"]
    (entry,) = await gateway.entries(EntryType.DECISION)

    assert (event["position"], event["entry_id"], event["at"]) == (entry.index, exchange_id, NOW)


async def test_a_denial_and_a_refusal_concern_their_sender(gateway: Gateway) -> None:
    gateway.engine.rule = deny_all
    await gateway.submit()
    with pytest.raises(MalformedRequest):
        await gateway.submit(body=b"{")

    events = (await feed(gateway))["events"]

    assert [event["type"] for event in events] == ["decision", "refusal"]
    assert events[1]["part"]["error"] == "NotStrictJson"
    assert (await feed(gateway, "ordnungsamt"))["events"] == []


async def test_what_was_erased_says_only_that(gateway: Gateway) -> None:
    await gateway.submit()
    await deliver(gateway)
    positions = [event["position"] for event in (await feed(gateway))["events"]]

    await erase(gateway)

    assert (await feed(gateway))["events"] == [
        {"position": position, "erased": True} for position in positions
    ]


async def test_a_reader_goes_on_where_the_page_before_ended(gateway: Gateway) -> None:
    for _ in range(5):
        await gateway.submit()
    whole = (await feed(gateway))["events"]

    first = await feed(gateway, limit=3)
    second = await feed(gateway, after=first["next"], limit=3)

    assert first["events"] + second["events"] == whole
    assert (first["more"], second["more"]) == (True, False)


async def test_with_nothing_new_the_answer_comes_when_the_time_is_over(gateway: Gateway) -> None:
    await gateway.submit()
    last = (await feed(gateway))["next"]
    begun = asyncio.get_running_loop().time()

    page = await feed(gateway, after=last, wait_s=1)

    assert page == {"events": [], "next": last, "more": False}
    assert asyncio.get_running_loop().time() - begun >= 1


async def test_news_end_the_waiting(gateway: Gateway) -> None:
    waiting = asyncio.create_task(feed(gateway, wait_s=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()

    exchange_id = (await gateway.submit()).exchange_id

    async with asyncio.timeout(5):
        (event,) = (await waiting)["events"]
    assert event["entry_id"] == exchange_id


async def test_what_concerns_another_unit_does_not_end_the_waiting(gateway: Gateway) -> None:
    waiting = asyncio.create_task(feed(gateway, "ordnungsamt", wait_s=30))
    await gateway.submit()
    await asyncio.sleep(0.1)
    assert not waiting.done()

    await deliver(gateway)

    async with asyncio.timeout(5):
        assert (await waiting)["events"]


async def test_who_has_something_to_read_does_not_wait(gateway: Gateway) -> None:
    await gateway.submit()
    async with asyncio.timeout(5):
        assert (await feed(gateway, wait_s=30))["events"]
