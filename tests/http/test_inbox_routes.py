"""The inbox over HTTPS: fetched by the unit alone, acknowledged with its signature."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.model.evidence import EntryType
from tests.builders import keys_of
from tests.gateways import SqlGateway
from tests.serving import Served, served

INBOX = "/v1/inbox"


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path, endpoint=None) as opened:
        yield opened


async def items(api: Served, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(f"{INBOX}{query}", "ordnungsamt"))["deliveries"]
    return found


def acknowledgement(item: dict[str, Any], **changes: Any) -> bytes:
    digest = hashlib.sha256(item["jwe"].encode()).hexdigest()
    said = {"delivery_id": item["delivery_id"], "jwe_sha256": digest, **changes}
    return json.dumps(said).encode()


def ack(item: dict[str, Any]) -> str:
    return f"{INBOX}/{item['delivery_id']}/ack"


async def events(api: Served) -> list[str]:
    return [part["event"] for part in await api.gateway.parts(EntryType.DELIVERY)]


async def test_a_delivery_is_fetched_and_acknowledged(api: Served) -> None:
    exchange_id = (await api.gateway.submit()).exchange_id
    (item,) = await items(api)

    status, said = await api.post(ack(item), acknowledgement(item), "ordnungsamt")

    assert (status, said["state"]) == (200, "delivered")
    assert json.loads(acknowledgement(item)).items() <= said.items()
    assert await items(api) == []
    assert await events(api) == ["attempt", "acknowledged"]
    view = await api.get(f"/v1/exchanges/{exchange_id}", "ordnungsamt")
    assert view["delivery_id"] == item["delivery_id"]
    assert (await api.get(f"/v1/exchanges/{exchange_id}"))["state"] == "delivered"


async def test_the_same_acknowledgement_again_gets_the_same_answer(api: Served) -> None:
    await api.gateway.submit()
    (item,) = await items(api)
    first = await api.post(ack(item), acknowledgement(item), "ordnungsamt")
    assert await api.post(ack(item), acknowledgement(item), "ordnungsamt") == first


async def test_a_wrong_digest_is_refused_and_recorded(api: Served) -> None:
    await api.gateway.submit()
    (item,) = await items(api)

    status, said = await api.post(
        ack(item), acknowledgement(item, jwe_sha256="0" * 64), "ordnungsamt"
    )

    (refusal,) = await api.gateway.parts(EntryType.REFUSAL)
    assert (status, said["faults"][0]["pointer"]) == (422, "/jwe_sha256")
    assert (refusal["unit"], refusal["error"]) == ("ordnungsamt", "InvalidRequest")
    assert await items(api) == [item]


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), (b"{}", 422), (b'{"a":1}', 422)]
)
async def test_what_is_no_acknowledgement_is_refused_and_recorded(
    api: Served, body: bytes, status: int
) -> None:
    await api.gateway.submit()
    (item,) = await items(api)
    assert (await api.post(ack(item), body, "ordnungsamt"))[0] == status
    assert len(await api.gateway.entries(EntryType.REFUSAL)) == 1


async def test_another_unit_finds_nothing_to_acknowledge(api: Served) -> None:
    await api.gateway.submit()
    (item,) = await items(api)
    assert (await api.post(ack(item), acknowledgement(item), "polizei"))[0] == 404
    assert await events(api) == ["attempt"]


async def test_an_acknowledgement_that_another_signed_is_not_taken(api: Served) -> None:
    await api.gateway.submit()
    (item,) = await items(api)
    body, office = acknowledgement(item), api.office
    office.signer = keys_of("jugendamt").signer

    answer = await office.send_bytes(body, office.sign(body, path=ack(item)), ack(item))

    assert answer.status == 401
    assert await events(api) == ["attempt"]
    assert await api.gateway.entries(EntryType.REFUSAL) == []


async def test_an_acknowledgement_signed_for_another_delivery_is_not_taken(api: Served) -> None:
    """The signature covers the address."""
    await api.gateway.submit()
    await api.gateway.submit()
    one, other = await items(api)
    body = acknowledgement(other)

    answer = await api.office.send_bytes(body, api.office.sign(body, path=ack(one)), ack(other))

    assert answer.status == 401


async def test_a_unit_to_which_deliveries_are_pushed_has_no_inbox(api: Served) -> None:
    assert (await api.police.get(INBOX)).status == 404


@pytest.mark.parametrize("query", ["?limit=0", "?limit=51", "?after=x", "?state=held"])
async def test_a_query_is_read_strictly(api: Served, query: str) -> None:
    assert (await api.office.get(f"{INBOX}{query}")).status == 422


async def test_pages_follow_each_other(api: Served) -> None:
    for _ in range(3):
        await api.gateway.submit()

    first = await api.get(f"{INBOX}?limit=2", "ordnungsamt")
    second = await api.get(f"{INBOX}?limit=2&after={first['next']}", "ordnungsamt")
    third = await api.get(f"{INBOX}?limit=2&after={second['next']}", "ordnungsamt")

    assert [len(page["deliveries"]) for page in (first, second, third)] == [2, 1, 0]
    assert [page["more"] for page in (first, second, third)] == [True, True, False]


async def test_a_suspended_unit_fetches_nothing(api: Served) -> None:
    await api.gateway.submit()
    await api.change("ordnungsamt", endpoint=None, status="suspended")
    assert (await api.office.get(INBOX)).status == 401
    assert await events(api) == []


async def test_changing_methods_is_not_allowed(api: Served) -> None:
    assert (await api.post(INBOX, b"{}", "ordnungsamt"))[0] == 405
