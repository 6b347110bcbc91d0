"""A partner empties its inbox over HTTPS: checked, kept, and only then acknowledged."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.inbox import Fetched, Inbox, InboxRefused
from gateway.client.receive import Receiver, Trust
from gateway.errors import DependencyFailed
from gateway.model.evidence import EntryType
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from tests.builders import ORIGIN, keys_of
from tests.gateways import SqlGateway
from tests.serving import Served, served


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path, endpoint=None) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def receiver(home: Path, folder: Path) -> Receiver:
    root = PublicKey.from_pem((home / "root.pub").read_bytes())
    keys = open_key_list((home / "keys.jws").read_text().strip(), root)
    trust = Trust(ORIGIN, keys, "ordnungsamt", keys_of("ordnungsamt").decryption)
    return Receiver(trust, DeliveryFolder(folder))


def inbox(api: Served, receiver: Receiver) -> Inbox:
    return Inbox(api.office, receiver, lambda: api.gateway.clock.at)


async def emptied(api: Served, receiver: Receiver) -> list[Fetched]:
    return [fetched async for fetched in inbox(api, receiver).fetch()]


async def events(api: Served) -> list[str]:
    return [part["event"] for part in await api.gateway.parts(EntryType.DELIVERY)]


async def test_everything_that_waits_is_kept_and_acknowledged(
    api: Served, receiver: Receiver, folder: Path
) -> None:
    sent = [(await api.gateway.submit()).exchange_id for _ in range(3)]

    fetched = await emptied(api, receiver)

    assert [item.accepted and item.accepted.exchange_id for item in fetched] == sent
    assert [item.problem for item in fetched] == [None] * 3
    kept = [json.loads((folder / f"{item.delivery_id}.json").read_text()) for item in fetched]
    assert [document["exchange"]["exchange_id"] for document in kept] == sent
    assert kept[0]["exchange"]["payload"]["premises_address"].startswith("Am Beispielufer")
    assert (await events(api)).count("acknowledged") == 3
    assert await emptied(api, receiver) == []


async def test_more_than_a_page_is_fetched(api: Served, receiver: Receiver) -> None:
    for _ in range(23):
        await api.gateway.submit()
    assert len(await emptied(api, receiver)) == 23


async def test_a_kept_delivery_whose_acknowledgement_was_lost_is_a_repeat(
    api: Served, receiver: Receiver, folder: Path
) -> None:
    await api.gateway.submit()
    page = await api.get("/v1/inbox", "ordnungsamt")
    receiver.fetched(page["deliveries"][0], api.gateway.clock.at)  # and then the power went

    (again,) = await emptied(api, receiver)

    assert again.accepted is not None
    assert again.accepted.repeat
    assert len(list(folder.iterdir())) == 1
    assert await events(api) == ["attempt", "acknowledged"]


async def test_what_cannot_be_opened_is_not_acknowledged_and_stops_nothing(
    api: Served, receiver: Receiver, home: Path, folder: Path
) -> None:
    await api.gateway.submit()
    root = PublicKey.from_pem((home / "root.pub").read_bytes())
    keys = open_key_list((home / "keys.jws").read_text().strip(), root)
    wrong = Trust(ORIGIN, keys, "ordnungsamt", keys_of("jugendamt").decryption)

    (refused,) = await emptied(api, Receiver(wrong, DeliveryFolder(folder)))

    assert refused.accepted is None
    assert (refused.problem or "").startswith("seal_refused")
    assert list(folder.iterdir()) == []
    assert await events(api) == ["attempt"]
    assert len(await emptied(api, receiver)) == 1


def forge(item: dict[str, Any], name: str) -> Any:
    """Return an item as a gateway would hand it out that lies."""
    if name == "nothing":
        return None
    if name == "another receipt":
        return {**item, "receipt": {**item["receipt"], "sd_jwt": item["receipt"]["sd_jwt"] + "~"}}
    if name == "another id":
        return {**item, "delivery_id": "0" * 32}
    return {**item, "note": "extra"}


@pytest.mark.parametrize("name", ["nothing", "another receipt", "another id", "a member more"])
async def test_what_the_receipt_does_not_prove_is_refused(
    api: Served, receiver: Receiver, folder: Path, name: str
) -> None:
    await api.gateway.submit()
    (item,) = (await api.get("/v1/inbox", "ordnungsamt"))["deliveries"]

    fetched = await inbox(api, receiver)._take(forge(item, name))

    assert fetched.accepted is None
    assert fetched.problem
    assert list(folder.iterdir()) == []


async def test_a_unit_without_an_inbox_is_told_so(
    sql_gateway: SqlGateway, tmp_path: Path, receiver: Receiver
) -> None:
    async with served(sql_gateway, tmp_path) as api:
        with pytest.raises(InboxRefused, match="404"):
            await emptied(api, receiver)


async def test_an_acknowledgement_that_is_not_taken_is_reported(
    api: Served, receiver: Receiver
) -> None:
    """The delivery was withdrawn while it was on its way; the partner holds it and knows."""
    await api.gateway.submit()
    fetching = inbox(api, receiver)
    page = await fetching._page("")
    (item,) = page["deliveries"]
    await api.change("ordnungsamt", endpoint=None, encryption_key=None)
    assert (await api.get("/v1/inbox", "ordnungsamt"))["deliveries"] == []

    fetched = await fetching._take(item)

    assert fetched.accepted is not None
    assert fetched.problem == "not acknowledged: status 404"


async def test_without_an_answer_nothing_is_lost(api: Served, receiver: Receiver) -> None:
    await api.gateway.submit()
    api.end()
    with pytest.raises(DependencyFailed):
        while True:  # until nobody answers any more
            await api.police.checkpoint()

    with pytest.raises(DependencyFailed):
        await emptied(api, receiver)

    assert await events(api) == []
