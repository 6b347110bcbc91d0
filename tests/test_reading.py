"""A caller reads back his own part of an exchange, and of any other learns not even its name."""

import pytest

from gateway.errors import NotFound
from gateway.model.evidence import DeliveryState, EntryType, Part, Settle
from gateway.reading import (
    exchange_view,
    part_of,
    receipt_for,
    receipt_view,
    stored_answer,
)
from gateway.tlog.proof import LogProof
from tests.builders import a_caller, a_registry, a_unit, deny_all, the_police
from tests.gateways import BUCKET, Gateway, MemoryGateway

SENDER = a_caller("polizei")
RECIPIENT = a_caller("ordnungsamt")
STRANGER = a_caller("jugendamt", a_registry(the_police(), a_unit(), a_unit("jugendamt")))


async def settle(gateway: Gateway, state: DeliveryState) -> None:
    (delivery,) = await gateway.deliveries()
    if state is delivery.state:
        return
    effect = Settle(delivery.id, None, delivery.state, state, None, False)
    await gateway.append(effects=(effect,))


async def test_the_sender_reads_its_decision_and_its_receipt(gateway: Gateway) -> None:
    answer = await gateway.submit()
    told = {name: value for name, value in answer.body.items() if name != "receipt"}

    view = await exchange_view(SENDER, answer.exchange_id, gateway.ports)

    assert view == {**told, "state": "permitted", "receipt": answer.body["receipt"]}
    assert await receipt_view(SENDER, answer.exchange_id, gateway.ports) == answer.body["receipt"]


async def test_a_denial_can_be_read_as_a_permit_can(gateway: Gateway) -> None:
    gateway.engine.rule = deny_all
    answer = await gateway.submit()
    view = await exchange_view(SENDER, answer.exchange_id, gateway.ports)
    assert (view["state"], view["verdict"]) == ("denied", "deny")
    assert view["receipt"] == answer.body["receipt"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.QUEUED, "permitted"),
        (DeliveryState.DELIVERED, "delivered"),
        (DeliveryState.PARKED, "parked"),
        (DeliveryState.GIVEN_UP, "given_up"),
        (DeliveryState.WITHDRAWN, "withdrawn"),
        (DeliveryState.EXPIRED, "expired"),
    ],
)
async def test_the_sender_reads_what_became_of_it(
    gateway: Gateway, state: DeliveryState, said: str
) -> None:
    answer = await gateway.submit()
    await settle(gateway, state)
    view = await exchange_view(SENDER, answer.exchange_id, gateway.ports)
    assert view["state"] == said


async def test_the_recipient_reads_what_was_delivered_and_not_what_was_withheld(
    gateway: Gateway,
) -> None:
    answer = await gateway.submit()
    await settle(gateway, DeliveryState.DELIVERED)

    view = await exchange_view(RECIPIENT, answer.exchange_id, gateway.ports)

    assert view["sender"]["unit"] == "polizei"
    assert "withheld" not in view
    assert "free_text" not in view
    assert view["receipt"] != answer.body["receipt"]


@pytest.mark.parametrize(
    "state", [state for state in DeliveryState if state is not DeliveryState.DELIVERED]
)
async def test_before_it_has_it_the_recipient_reads_nothing(
    gateway: Gateway, state: DeliveryState
) -> None:
    """That the police wanted to send something, and what was held, is no news for it."""
    answer = await gateway.submit()
    await settle(gateway, state)
    for read in (exchange_view, receipt_view):
        with pytest.raises(NotFound):
            await read(RECIPIENT, answer.exchange_id, gateway.ports)


async def test_of_a_denial_the_recipient_reads_nothing(gateway: Gateway) -> None:
    gateway.engine.rule = deny_all
    answer = await gateway.submit()
    with pytest.raises(NotFound):
        await exchange_view(RECIPIENT, answer.exchange_id, gateway.ports)


@pytest.mark.parametrize("read", [exchange_view, receipt_view])
async def test_anyone_else_is_told_what_he_is_told_of_none(gateway: Gateway, read: object) -> None:
    answer = await gateway.submit()
    await settle(gateway, DeliveryState.DELIVERED)
    told = []
    for exchange_id in (answer.exchange_id, "0" * 32):
        with pytest.raises(NotFound) as error:
            await read(STRANGER, exchange_id, gateway.ports)  # type: ignore[operator]
        told.append(str(error.value))
    assert told[0] == told[1]


async def test_an_entry_that_is_no_decision_is_no_exchange(gateway: Gateway) -> None:
    (entry, *_) = await gateway.entries(EntryType.REGISTRY)
    with pytest.raises(NotFound):
        await exchange_view(SENDER, entry.entry_id, gateway.ports)


async def test_a_record_that_was_erased_can_be_read_by_nobody(
    memory_gateway: MemoryGateway,
) -> None:
    answer = await memory_gateway.submit()
    memory_gateway.keys.destroy(BUCKET)
    with pytest.raises(NotFound):
        await exchange_view(SENDER, answer.exchange_id, memory_gateway.ports)
    (entry,) = await memory_gateway.entries(EntryType.DECISION)
    with pytest.raises(NotFound):
        await receipt_for(entry, [Part.SENDER], memory_gateway.log)
    with pytest.raises(NotFound):
        await stored_answer(201, entry.index, memory_gateway.log)


async def test_a_receipt_holds_the_parts_asked_for_and_the_proof_of_its_own_checkpoint(
    gateway: Gateway,
) -> None:
    await gateway.submit()
    await gateway.append()
    (entry,) = await gateway.entries(EntryType.DECISION)

    receipt = await receipt_for(entry, [Part.AUDIT, Part.SENDER], gateway.ports.log)

    leaf, *disclosures, end = receipt.sd_jwt.split("~")
    assert leaf.encode() == entry.leaf
    assert sorted(disclosures) == sorted(entry.parts[part] for part in (Part.AUDIT, Part.SENDER))
    assert end == ""
    proof = LogProof.parse(receipt.proof)
    assert proof.index == entry.index
    assert proof.checkpoint.split("\n")[1] == str(entry.size)


async def test_a_stored_answer_is_the_first_one(gateway: Gateway) -> None:
    answer = await gateway.submit()
    (entry,) = await gateway.entries(EntryType.DECISION)
    assert await stored_answer(201, entry.index, gateway.ports.log) == answer


async def test_there_is_no_answer_of_an_entry_that_is_not_there(gateway: Gateway) -> None:
    with pytest.raises(NotFound):
        await stored_answer(201, 99, gateway.ports.log)


async def test_a_disclosure_gives_its_part(gateway: Gateway) -> None:
    answer = await gateway.submit()
    (entry,) = await gateway.entries(EntryType.DECISION)
    assert part_of(entry.parts[Part.SENDER])["exchange_id"] == answer.exchange_id
