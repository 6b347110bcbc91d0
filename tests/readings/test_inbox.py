"""A unit without an endpoint fetches what was released to it, and acknowledges it once."""

import asyncio
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.delivery_entry import DeliveryEntries
from gateway.errors import InvalidRequest, LogUnavailable, NotFound, StaleDigest
from gateway.model.evidence import (
    DeliveryState,
    EntryType,
    Lease,
    Part,
    Receipt,
    Settle,
)
from gateway.model.exchange import Caller
from gateway.readings import inbox
from gateway.readings.inbox import acknowledge, fetch
from gateway.sealing import unseal
from gateway.tlog.entry import open_presentation
from gateway.tlog.jwk import PublicKey
from tests.builders import NOW, TODAY, a_decision, a_unit, an_obligation, keys_of
from tests.gateways import Gateway, MemoryGateway, SqlGateway
from tests.readings.deliveries import erase

FIRST = -1
DAY = 86_400


@pytest.fixture
async def office(gateway: Gateway) -> Gateway:
    """A gateway whose order office has an inbox."""
    await gateway.register(a_unit(endpoint=None))
    return gateway


async def the_office(gateway: Gateway, unit: str = "ordnungsamt") -> Caller:
    registry = await gateway.ports.registry.snapshot()
    return Caller(registry.units[unit], registry.digest, {})


async def fetched(gateway: Gateway, after: int = FIRST, limit: int = 20) -> dict[str, Any]:
    return await fetch(await the_office(gateway), after, limit, gateway.ports)


async def acknowledged(
    gateway: Gateway, item: dict[str, Any], unit: str = "ordnungsamt", **changes: Any
) -> dict[str, Any]:
    """Acknowledge an item as it was fetched, unless told otherwise."""
    said = {
        "delivery_id": item["delivery_id"],
        "jwe_sha256": hashlib.sha256(item["jwe"].encode()).hexdigest(),
        **changes,
    }
    entries = DeliveryEntries(gateway.ports.drafter, gateway.ports.log)
    caller = await the_office(gateway, unit)
    return await acknowledge(caller, item["delivery_id"], said, gateway.ports, entries)


async def events(gateway: Gateway) -> list[str]:
    return [part["event"] for part in await gateway.parts(EntryType.DELIVERY)]


async def test_an_item_is_what_a_push_would_carry(office: Gateway) -> None:
    exchange_id = (await office.submit()).exchange_id

    (item,) = (await fetched(office))["deliveries"]

    (delivery,) = await office.deliveries()
    document = json.loads(unseal(item["jwe"].encode(), keys_of("ordnungsamt").decryption))
    receipt = Receipt(**item["receipt"])
    entry_key = PublicKey.from_jwk(office.ports.drafter.signer.public_jwk)
    _, parts = open_presentation(receipt.sd_jwt, entry_key)
    assert item.keys() == {"delivery_id", "jwe", "receipt"}
    assert item["delivery_id"] == delivery.id
    assert document["exchange_id"] == exchange_id
    assert parts.keys() == {Part.RECIPIENT}
    assert parts[Part.RECIPIENT]["delivery_id"] == delivery.id


async def test_the_first_fetch_is_the_first_attempt_and_later_ones_are_none(
    office: Gateway,
) -> None:
    await office.submit()
    assert await events(office) == []

    first, second = await fetched(office), await fetched(office)

    assert await events(office) == ["attempt"]
    assert first["deliveries"] == second["deliveries"] != []


async def test_what_was_acknowledged_is_dropped_and_does_not_come_again(office: Gateway) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]

    said = await acknowledged(office, item)

    (delivery,) = await office.deliveries()
    assert said["state"] == "delivered"
    assert (delivery.state, delivery.jwe) == (DeliveryState.DELIVERED, None)
    assert await events(office) == ["attempt", "acknowledged"]
    assert (await fetched(office))["deliveries"] == []


async def test_a_repeat_of_an_acknowledgement_is_answered_alike_and_makes_no_entry(
    office: Gateway,
) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    first = await acknowledged(office, item)
    assert await acknowledged(office, item) == first
    assert await events(office) == ["attempt", "acknowledged"]


async def test_of_acknowledgements_at_the_same_moment_one_makes_the_entry(office: Gateway) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]

    answers = await asyncio.gather(*(acknowledged(office, item) for _ in range(8)))

    assert all(answer == answers[0] for answer in answers)
    assert await events(office) == ["attempt", "acknowledged"]


@pytest.mark.parametrize("before", [0, 1], ids=["waiting", "acknowledged"])
async def test_another_digest_is_no_acknowledgement(office: Gateway, before: int) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    for _ in range(before):
        await acknowledged(office, item)

    with pytest.raises(InvalidRequest, match="/jwe_sha256"):
        await acknowledged(office, item, jwe_sha256="0" * 64)

    assert (await events(office)).count("acknowledged") == before


@pytest.mark.parametrize(
    "changes",
    [
        {"delivery_id": "0" * 32},
        {"jwe_sha256": "A" * 64},
        {"jwe_sha256": 7},
        {"note": ""},
    ],
    ids=["another delivery", "upper case", "a number", "a member too many"],
)
async def test_an_acknowledgement_is_read_strictly(
    office: Gateway, changes: dict[str, Any]
) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    with pytest.raises(InvalidRequest):
        await acknowledged(office, item, **changes)
    assert await events(office) == ["attempt"]


async def test_nobody_acknowledges_for_another(office: Gateway) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    with pytest.raises(NotFound):
        await acknowledged(office, item, "polizei")


async def test_what_was_never_fetched_cannot_be_acknowledged(office: Gateway) -> None:
    await office.submit()
    (delivery,) = await office.deliveries()
    assert delivery.jwe is not None
    with pytest.raises(NotFound):
        await acknowledged(office, {"delivery_id": delivery.id, "jwe": delivery.jwe.decode()})


async def test_a_unit_with_an_endpoint_has_no_inbox(gateway: Gateway) -> None:
    await gateway.submit()
    with pytest.raises(NotFound):
        await fetched(gateway)
    assert await events(gateway) == []


async def test_others_deliveries_are_not_in_the_inbox(office: Gateway) -> None:
    await office.register(a_unit("jugendamt", endpoint=None))
    await office.submit()

    page = await fetch(await the_office(office, "jugendamt"), FIRST, 20, office.ports)

    assert page == {"deliveries": [], "next": FIRST, "more": False}


async def test_the_oldest_come_first_page_by_page(office: Gateway) -> None:
    sent = [(await office.submit()).exchange_id for _ in range(5)]
    read: list[str] = []
    after, more = FIRST, True
    while more:
        page = await fetched(office, after, 2)
        read += [item["delivery_id"] for item in page["deliveries"]]
        after, more = page["next"], page["more"]

    deliveries = {delivery.id: delivery.exchange_id for delivery in await office.deliveries()}
    assert [deliveries[delivery_id] for delivery_id in read] == sent


async def test_a_page_is_no_larger_than_an_answer_should_be(
    office: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await office.submit()
    (delivery, *_) = await office.deliveries()
    monkeypatch.setattr(inbox, "_PAGE_BYTES", 2 * len(delivery.jwe or b"") + 50)

    page = await fetched(office)

    assert (len(page["deliveries"]), page["more"]) == (2, True)
    assert len((await fetched(office, page["next"]))["deliveries"]) == 1


async def test_the_attempts_of_a_page_are_one_transaction(sql_gateway: SqlGateway) -> None:
    await sql_gateway.register(a_unit(endpoint=None))
    for _ in range(20):
        await sql_gateway.submit()

    assert len((await fetched(sql_gateway))["deliveries"]) == 20

    attempts = await sql_gateway.entries(EntryType.DELIVERY)
    assert len(attempts) == 20
    assert len({entry.size for entry in attempts}) == 1  # one checkpoint for all


async def test_nothing_is_handed_out_without_its_entry(office: Gateway) -> None:
    """The registry changed after the unit was authenticated."""
    await office.submit()
    caller = await the_office(office)
    await office.register(a_unit(endpoint=None, name="Ordnungsamt Mitte"))

    with pytest.raises(StaleDigest):
        await fetch(caller, FIRST, 20, office.ports)

    assert await events(office) == []


async def test_a_log_that_cannot_be_written_hands_nothing_out(
    memory_gateway: MemoryGateway,
) -> None:
    await memory_gateway.register(a_unit(endpoint=None))
    await memory_gateway.submit()
    memory_gateway.log.signer.broken = True  # type: ignore[attr-defined]

    with pytest.raises(LogUnavailable):
        await fetched(memory_gateway)

    memory_gateway.log.signer.broken = False  # type: ignore[attr-defined]
    (delivery,) = await memory_gateway.deliveries()
    assert delivery.attempts == 0


# --- looked at again ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"may_receive": False}, "recipient_may_not_receive"),
        ({"encryption_key": None}, "encryption_key_changed"),
        (
            {
                "encryption_key": {
                    "alg": "ECDH-ES",
                    "jwk": keys_of("jugendamt").decryption.as_dict(private=False),
                }
            },
            "encryption_key_changed",
        ),
    ],
    ids=["may not receive", "no key", "another key"],
)
async def test_what_must_not_be_handed_out_any_more_is_withdrawn(
    office: Gateway, changes: dict[str, Any], code: str
) -> None:
    await office.submit()
    await office.register(a_unit(endpoint=None, **changes))

    page = await fetched(office)

    (delivery,) = await office.deliveries()
    (part,) = await office.parts(EntryType.DELIVERY)
    assert page["deliveries"] == []
    assert (delivery.state, delivery.jwe) == (DeliveryState.WITHDRAWN, None)
    assert (part["event"], part["code"], part["attempt"]) == ("withdrawn", code, 0)


async def test_a_payload_whose_delete_date_has_passed_is_withdrawn(office: Gateway) -> None:
    office.engine.rule = lambda asked: a_decision(
        asked["members"], obligations=[an_obligation("OB-DELETE-AT", delete_at_day=TODAY)]
    )
    await office.submit()
    office.clock.at += 3 * DAY

    assert (await fetched(office))["deliveries"] == []
    (part,) = await office.parts(EntryType.DELIVERY)
    assert (part["event"], part["code"]) == ("withdrawn", "delete_date_passed")


async def test_an_erased_record_is_not_handed_out(office: Gateway) -> None:
    await office.submit()
    await erase(office)
    assert (await fetched(office))["deliveries"] == []
    assert await events(office) == []


async def test_what_is_withdrawn_after_it_was_fetched_is_not_acknowledged(
    office: Gateway,
) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    withdrawn = Settle(
        item["delivery_id"], None, DeliveryState.QUEUED, DeliveryState.WITHDRAWN, None, False
    )
    await office.append(effects=(withdrawn,))

    with pytest.raises(NotFound):
        await acknowledged(office, item)


async def test_what_was_parked_under_an_endpoint_is_fetched_once_the_unit_has_an_inbox(
    gateway: Gateway,
) -> None:
    await gateway.submit()
    (delivery,) = await gateway.deliveries()
    lease = Lease(delivery.id, 1, "worker", NOW, NOW + 60)
    parked = Settle(delivery.id, "worker", DeliveryState.QUEUED, DeliveryState.PARKED, None, True)
    await gateway.append(effects=(lease, parked))
    await gateway.register(a_unit(endpoint=None))

    (item,) = (await fetched(gateway))["deliveries"]
    await acknowledged(gateway, item)

    (delivery,) = await gateway.deliveries()
    assert delivery.state is DeliveryState.DELIVERED
    assert await events(gateway) == ["acknowledged"]


async def test_fetches_at_the_same_moment_make_one_attempt_and_get_the_same(
    office: Gateway,
) -> None:
    for _ in range(3):
        await office.submit()

    pages = await asyncio.gather(*(fetched(office) for _ in range(6)))

    assert all(page["deliveries"] == pages[0]["deliveries"] for page in pages)
    assert len(pages[0]["deliveries"]) == 3
    assert await events(office) == ["attempt"] * 3


async def test_what_the_worker_withdraws_at_the_same_moment_is_not_handed_out(
    office: Gateway,
) -> None:
    await office.submit()
    ports = office.ports
    (delivery,) = await office.deliveries()

    class Slow:
        """An outbox from which the worker takes the delivery after it was read."""

        async def waiting_for(self, *asked: Any) -> Any:
            found = await ports.outbox.waiting_for(*asked)
            lease = Lease(delivery.id, 1, "worker", NOW, NOW + 60)
            ended = Settle(
                delivery.id, "worker", DeliveryState.QUEUED, DeliveryState.WITHDRAWN, None, False
            )
            await office.append(effects=(lease, ended))
            return found

        async def find(self, delivery_id: str) -> Any:
            return await ports.outbox.find(delivery_id)

    slow: Any = Slow()
    page = await fetch(await the_office(office), FIRST, 20, replace(ports, outbox=slow))

    assert page["deliveries"] == []


# --- stops


@pytest.mark.parametrize(
    "scope",
    [{"all": True}, {"unit": "polizei"}, {"exchange_kind": "PREMISES_HAZARD_NOTICE"}],
    ids=["all", "sender", "kind"],
)
async def test_what_a_stop_holds_is_not_handed_out_and_the_stop_is_shown(
    office: Gateway, scope: dict[str, Any]
) -> None:
    """It is no attempt and no entry; after lifting it waits where it was."""
    await office.submit()
    stop_id = await office.stop(**scope)

    page = await fetched(office)

    assert page["deliveries"] == []
    assert [stop["id"] for stop in page["stops"]] == [stop_id]
    assert await events(office) == []
    await office.lift(stop_id)
    again = await fetched(office)
    assert len(again["deliveries"]) == 1
    assert "stops" not in again


async def test_what_was_handed_out_before_is_not_handed_out_again_but_may_be_acknowledged(
    office: Gateway,
) -> None:
    await office.submit()
    (item,) = (await fetched(office))["deliveries"]
    await office.stop(all=True)
    assert (await fetched(office))["deliveries"] == []
    assert (await acknowledged(office, item))["state"] == "delivered"


async def test_a_stop_placed_while_the_inbox_is_read_is_seen(office: Gateway) -> None:
    await office.submit()
    caller = await the_office(office)
    await office.stop(all=True)
    with pytest.raises(StaleDigest):
        await fetch(caller, FIRST, 20, office.ports)
    assert await events(office) == []


async def test_what_must_be_dropped_is_dropped_from_a_stopped_inbox_too(office: Gateway) -> None:
    await office.submit()
    await office.stop(all=True)
    await office.register(a_unit(endpoint=None, may_receive=False))
    assert (await fetched(office))["deliveries"] == []
    assert await events(office) == ["withdrawn"]
