"""Lists and the feed over HTTPS: what may be asked, and what comes back."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.builders import NOW, deny_all
from tests.gateways import SqlGateway
from tests.readings.deliveries import deliver
from tests.serving import Served, served


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path) as opened:
        yield opened


async def test_a_unit_lists_its_own_exchanges(api: Served) -> None:
    permitted = (await api.gateway.submit()).exchange_id
    api.gateway.engine.rule = deny_all
    denied = (await api.gateway.submit()).exchange_id
    await deliver(api.gateway)

    sent = await api.get("/v1/exchanges")
    received = await api.get("/v1/exchanges", "ordnungsamt")
    refused = await api.get("/v1/exchanges?state=denied")

    assert [(item["exchange_id"], item["state"]) for item in sent["exchanges"]] == [
        (permitted, "delivered"),
        (denied, "denied"),
    ]
    assert [item["exchange_id"] for item in received["exchanges"]] == [permitted]
    assert [item["exchange_id"] for item in refused["exchanges"]] == [denied]


async def test_every_exchange_of_the_list_can_be_read(api: Served) -> None:
    await api.gateway.submit()
    await deliver(api.gateway)
    for unit in ("polizei", "ordnungsamt"):
        (item,) = (await api.get("/v1/exchanges", unit))["exchanges"]
        view = await api.get(f"/v1/exchanges/{item['exchange_id']}", unit)
        assert (view["state"], view["exchange_kind"]) == (item["state"], item["exchange_kind"])


@pytest.mark.parametrize(
    "since", [str(NOW + 60), "2026-11-18T11:07:40Z", quote("2026-11-18T12:07:40+01:00")]
)
async def test_a_time_is_epoch_seconds_or_rfc_3339(api: Served, since: str) -> None:
    await api.gateway.submit()
    api.gateway.clock.at += 60
    later = (await api.gateway.submit()).exchange_id

    page = await api.get(f"/v1/exchanges?since={since}")

    assert [item["exchange_id"] for item in page["exchanges"]] == [later]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/exchanges?state=sent", "state"),
        ("/v1/exchanges?since=yesterday", "since"),
        ("/v1/exchanges?since=2026-11-18T12:00:00", "since"),
        ("/v1/exchanges?after=-2", "after"),
        ("/v1/exchanges?after=1&after=2", "after"),
        ("/v1/exchanges?limit=0", "limit"),
        ("/v1/exchanges?limit=201", "limit"),
        ("/v1/exchanges?limit=%D9%A1", "limit"),
        ("/v1/exchanges?Musterwirt=1", "query"),
        ("/v1/events?wait=31", "wait"),
        ("/v1/events?wait=1.5", "wait"),
        ("/v1/events?state=denied", "query"),
    ],
)
async def test_a_query_is_read_strictly(api: Served, path: str, pointer: str) -> None:
    answer = await api.police.get(path)
    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [pointer]
    assert b"Musterwirt" not in answer.body


@pytest.mark.parametrize("path", ["/v1/exchanges", "/v1/events"])
async def test_a_suspended_unit_reads_nothing(api: Served, path: str) -> None:
    await api.change("polizei", status="suspended")
    assert (await api.police.get(path)).status == 401


async def test_the_feed_is_read_page_by_page(api: Served) -> None:
    for _ in range(3):
        await api.gateway.submit()

    first = await api.get("/v1/events?limit=2")
    second = await api.get(f"/v1/events?limit=2&after={first['next']}")

    positions = [event["position"] for event in first["events"] + second["events"]]
    assert positions == sorted(set(positions))
    assert len(positions) == 3
    assert (first["more"], second["more"]) == (True, False)


async def test_the_cursor_of_an_empty_feed_can_be_given_back(api: Served) -> None:
    empty = await api.get("/v1/events", "ordnungsamt")
    assert empty == {"events": [], "next": -1, "more": False}
    assert await api.get(f"/v1/events?after={empty['next']}", "ordnungsamt") == empty


async def test_a_long_poll_answers_with_the_first_news(api: Served) -> None:
    waiting = asyncio.create_task(api.get("/v1/events?wait=20"))
    await asyncio.sleep(0.3)
    assert not waiting.done()

    exchange_id = (await api.gateway.submit()).exchange_id
    begun = time.monotonic()

    assert [event["entry_id"] for event in (await waiting)["events"]] == [exchange_id]
    assert time.monotonic() - begun < 2


async def test_many_who_wait_leave_the_gateway_free(api: Served) -> None:
    """More of them than there are threads that read."""
    senders = [api.police, api.office]
    polls = [asyncio.create_task(senders[n % 2].get("/v1/events?wait=20")) for n in range(16)]
    await asyncio.sleep(0.5)

    async with asyncio.timeout(2):
        assert (await api.police.checkpoint()).startswith("gateway.example")
        await api.gateway.submit()
        await deliver(api.gateway)

    async with asyncio.timeout(5):
        answers = await asyncio.gather(*polls)
    assert all(answer.json()["events"] for answer in answers)


async def test_a_client_that_leaves_is_waited_for_no_longer(
    api: Served, caplog: pytest.LogCaptureFixture
) -> None:
    context = ssl.create_default_context(cafile=str(api.pki.ca_file))
    partner = api.partners["polizei"]
    context.load_cert_chain(partner.certificate, partner.key)
    port = int(api.url.rpartition(":")[2])
    before = {task for task in asyncio.all_tasks() if "arrivals" in task.get_name()}
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    writer.write(b"GET /v1/events?wait=30 HTTP/1.1\r\nhost: localhost\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.5)
    during = {task for task in asyncio.all_tasks() if "arrivals" in task.get_name()}
    writer.transport.abort()

    async with asyncio.timeout(5):
        while {task for task in asyncio.all_tasks() if "arrivals" in task.get_name()}:
            await asyncio.sleep(0.05)

    assert (before, len(during)) == (set(), 1)
    assert caplog.records == []


async def test_a_long_poll_ends_with_the_server(sql_gateway: SqlGateway, tmp_path: Path) -> None:
    async with served(sql_gateway, tmp_path) as api:
        waiting = asyncio.create_task(api.get("/v1/events?wait=30"))
        await asyncio.sleep(0.3)
        api.end()

        async with asyncio.timeout(3):
            assert (await waiting)["events"] == []
