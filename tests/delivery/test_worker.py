"""The worker against real HTTPS recipients: concurrency, crashes, leases, endings."""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry

from gateway.adapters.clock import SystemClock
from gateway.adapters.memory.destination import MemoryDestination, Pushed
from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.receive import Accepted, Receiver, Trust
from gateway.client.receive_server import Listening, ReceiveServer, receive_context
from gateway.delivery.metrics import DeliveryMetrics
from gateway.delivery.worker import run_worker
from gateway.errors import DeliveryFailed, StartRefused
from gateway.model.evidence import DeliveryState
from gateway.model.exchange import Message
from gateway.steps.forward import ForwardPorts
from tests.adapters.https_recipient import (
    Certificates,
    HttpsRecipient,
    acknowledgement,
    answers,
    free_port,
    make_certificates,
    server_context,
)
from tests.delivery.worker_process import work, worker_settings
from tests.delivery.world import (
    DAY,
    ORIGIN,
    PRIVATE_KEYS,
    StoppedClock,
    World,
    a_unit,
    key_list,
    make_home,
    open_world,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    make_home(tmp_path / "gateway")
    async with open_world(tmp_path / "gateway", SystemClock()) as opened:
        yield opened


@pytest.fixture
async def recipient(world: World, certificates: Certificates) -> AsyncIterator[HttpsRecipient]:
    async with HttpsRecipient(server_context(certificates)) as server:
        await world.register(a_unit(endpoint={"url": server.url, "private_address": True}))
        yield server


@asynccontextmanager
async def working(
    world: World, certificates: Certificates, count: int = 1, **changes: Any
) -> AsyncIterator[None]:
    """Run *count* workers, each with a database of its own, and stop them gracefully."""
    stop = asyncio.Event()
    settings = worker_settings(world.home, certificates.folder, **changes)
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(work(settings, stop))
        try:
            yield
        finally:
            stop.set()


@asynccontextmanager
async def working_in_memory(
    world: World, ports: ForwardPorts, certificates: Certificates, **changes: Any
) -> AsyncIterator[DeliveryMetrics]:
    """Run one worker whose recipients are in memory."""
    stop = asyncio.Event()
    metrics = DeliveryMetrics(CollectorRegistry())
    settings = worker_settings(world.home, certificates.folder, **changes)
    async with asyncio.TaskGroup() as group:
        group.create_task(run_worker(ports, settings, stop, metrics))
        try:
            yield metrics
        finally:
            stop.set()


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def pushes(recipient: HttpsRecipient) -> Counter[str]:
    return Counter(json.loads(message.body)["delivery_id"] for message in recipient.requests)


async def test_what_is_queued_reaches_its_recipient(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    ids = [await world.queue() for _ in range(20)]

    async with working(world, certificates):
        await until(lambda: world.events().count("acknowledged") == 20)

    assert pushes(recipient) == Counter(ids)
    assert Counter(world.events()) == {"attempt": 20, "acknowledged": 20}


async def test_several_workers_push_each_delivery_once(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    ids = [await world.queue() for _ in range(60)]

    async with working(world, certificates, 3, lease_s=60):
        await until(lambda: world.events().count("acknowledged") == 60)

    assert pushes(recipient) == Counter(ids)
    assert Counter(world.events()) == {"attempt": 60, "acknowledged": 60}


async def test_a_recipient_that_was_down_gets_it_once_it_is_back(
    world: World, certificates: Certificates
) -> None:
    port = free_port()
    url = f"https://127.0.0.1:{port}/lieferungen"
    await world.register(a_unit(endpoint={"url": url, "private_address": True}))
    delivery_id = await world.queue()

    async with working(world, certificates):
        await until(lambda: "failed" in world.events())
        async with HttpsRecipient(server_context(certificates), port=port) as recipient:
            await until(lambda: "acknowledged" in world.events())

    assert pushes(recipient) == {delivery_id: 1}
    assert world.events() == ["attempt", "failed", "acknowledged"]


async def test_a_busy_recipient_is_left_in_peace_as_long_as_it_asked(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    times: list[float] = []

    async def busy_once(message: Message, writer: asyncio.StreamWriter) -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 1:
            await answers(429, b"", (("Retry-After", "2"),))(message, writer)
        else:
            await answers(body=acknowledgement(message))(message, writer)

    recipient.answer = busy_once
    await world.queue()

    async with working(world, certificates, retry_max_s=60.0):
        await until(lambda: "acknowledged" in world.events())

    assert times[1] - times[0] >= 1.0  # epoch seconds are whole ones


async def test_a_worker_killed_before_the_answer_leaves_the_delivery_to_another(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    """The recipient has kept it when the worker dies; it gets it again and keeps it once.

    Nobody else touches the delivery before the dead worker's lease is over.
    """
    accepted: list[Accepted] = []
    times: list[float] = []
    victim: list[asyncio.subprocess.Process] = []

    def kill_at_first(what: Accepted) -> None:
        accepted.append(what)
        times.append(time.monotonic())
        if len(accepted) == 1:
            os.kill(victim[0].pid, signal.SIGKILL)

    trust = Trust(ORIGIN, key_list(world.home), "ordnungsamt", PRIVATE_KEYS["ecdh-p256"])
    receiver = Receiver(trust, DeliveryFolder(tmp_path / "inbox"))
    port = free_port()
    url = f"https://127.0.0.1:{port}/lieferungen"
    await world.register(a_unit(endpoint={"url": url, "private_address": True}))
    delivery_id = await world.queue()
    context = receive_context(certificates.gateway_ca, *certificates.recipient())
    listening = Listening("127.0.0.1", port, url)
    async with ReceiveServer(receiver, listening, context, kill_at_first):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.delivery.worker_process",
            str(world.home),
            str(certificates.folder),
        )
        victim.append(process)
        async with asyncio.timeout(30):
            status = await process.wait()
        async with working(world, certificates):
            await until(lambda: "acknowledged" in world.events())

    assert status == -signal.SIGKILL
    assert times[1] - times[0] > 7 - 2  # of a lease of 7 s; its epoch seconds are whole ones
    assert [(item.delivery_id, item.repeat) for item in accepted] == [
        (delivery_id, False),
        (delivery_id, True),
    ]
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == [f"{delivery_id}.json"]
    assert world.events() == ["attempt", "acknowledged"]


async def test_stopping_waits_for_what_was_begun(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    arrived = asyncio.Event()

    async def slowly(message: Message, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(0.5)
        await answers(body=acknowledgement(message))(message, writer)

    recipient.answer = slowly
    await world.queue()

    async with working(world, certificates):
        await arrived.wait()

    assert world.events() == ["attempt", "acknowledged"]


async def test_a_recipient_that_hangs_does_not_hold_up_the_others(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    """After its first failures it gets two slots, whatever waits for it."""

    async def hang(_: Message, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with HttpsRecipient(server_context(certificates), hang) as hanging:
        endpoint = {"url": hanging.url, "private_address": True}
        await world.register(a_unit("jugendamt", endpoint=endpoint))
        for _ in range(24):
            await world.queue("jugendamt")
        async with working(
            world, certificates, deliveries_at_once=4, attempt_timeout_s=1.0, lease_s=60
        ):
            await until(lambda: "failed" in world.events())
            ids = [await world.queue() for _ in range(10)]
            await until(lambda: len(recipient.requests) == 10, 5)

    assert pushes(recipient) == Counter(ids)


async def test_inbox_units_are_not_in_the_way(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    await world.register(a_unit("jugendamt", endpoint=None))
    for _ in range(40):
        await world.queue("jugendamt")
    delivery_id = await world.queue()

    async with working(world, certificates, deliveries_at_once=2):
        await until(lambda: "acknowledged" in world.events())

    assert pushes(recipient) == {delivery_id: 1}
    assert Counter(world.events()) == {"attempt": 1, "acknowledged": 1}


async def test_a_suspended_recipients_deliveries_are_withdrawn(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    await world.queue()
    endpoint = {"url": recipient.url, "private_address": True}
    await world.register(a_unit(endpoint=endpoint, status="suspended"))

    async with working(world, certificates):
        await until(lambda: "withdrawn" in world.events())

    assert recipient.requests == []
    assert world.parts()[-1]["code"] == "recipient_suspended"


async def test_holds_and_lapsed_inbox_deliveries_end(
    world: World, certificates: Certificates
) -> None:
    """Nobody tries them, so the worker looks for them."""
    await world.register(a_unit("jugendamt", endpoint=None))
    today = world.clock.now().evaluated_on
    ends = {
        await world.queue("jugendamt", state=DeliveryState.HELD, hold_s=0): "expired",
        await world.queue("jugendamt", delete_at_day=today - 1): "withdrawn",
    }
    waits = await world.queue("jugendamt", delete_at_day=today)

    async with working(world, certificates):
        await until(lambda: len(world.events()) == 2)

    assert {key: world.events(key) for key in ends} == {key: [value] for key, value in ends.items()}
    for delivery_id in ends:
        assert (await world.delivery(delivery_id)).jwe is None
    assert (await world.delivery(waits)).state is DeliveryState.QUEUED


async def test_what_was_never_acknowledged_is_given_up(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    recipient.answer = answers(500)
    delivery_id = await world.queue()

    async with working(world, certificates, give_up_after_s=2):
        await until(lambda: "given_up" in world.events())

    assert world.events()[:2] == ["attempt", "failed"]
    assert (await world.delivery(delivery_id)).state is DeliveryState.GIVEN_UP


async def test_a_log_that_fails_for_a_while_loses_no_delivery(
    world: World, certificates: Certificates, recipient: HttpsRecipient
) -> None:
    """Nothing is sent meanwhile; afterwards it goes on by itself."""
    delivery_id = await world.queue()
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    with structlog.testing.capture_logs() as lines:
        async with working(world, certificates):
            await until(lambda: any(line["event"] == "worker_waits" for line in lines))
            sent_meanwhile = len(recipient.requests)
            with world.engine.begin() as connection:
                connection.exec_driver_sql("DROP TRIGGER full")
            await until(lambda: "acknowledged" in world.events())

    assert sent_meanwhile == 0
    assert pushes(recipient) == {delivery_id: 1}


async def test_an_error_that_nobody_expected_ends_the_worker(
    world: World, certificates: Certificates
) -> None:
    """It is not swallowed; whoever runs the process sees it and starts it again."""
    await world.register(a_unit())
    await world.queue()

    async def break_down(_: Pushed) -> None:
        raise ZeroDivisionError

    ports = world.ports(MemoryDestination(before_answer=break_down))
    settings = worker_settings(world.home, certificates.folder)

    with pytest.raises(ZeroDivisionError):
        await run_worker(ports, settings, asyncio.Event())


async def test_an_attempt_that_could_outlast_its_lease_is_refused_at_start(
    world: World, certificates: Certificates
) -> None:
    settings = worker_settings(world.home, certificates.folder, lease_s=20, attempt_timeout_s=20.0)

    with pytest.raises(StartRefused, match="lease_s"):
        await run_worker(world.ports(MemoryDestination()), settings, asyncio.Event())


async def test_a_delivery_that_is_overdue_is_told_to_the_operator(
    tmp_path: Path, certificates: Certificates
) -> None:
    """By id and recipient, never by what it holds."""
    make_home(tmp_path / "late")
    clock = StoppedClock()
    async with open_world(tmp_path / "late", clock) as world:
        await world.register(a_unit())
        delivery_id = await world.queue(payload={"premises_address": "Am Sande 1"})
        clock.at += 3 * DAY
        ports = world.ports(MemoryDestination(failures=[DeliveryFailed("http_500")]))
        with structlog.testing.capture_logs() as lines:
            async with working_in_memory(world, ports, certificates):
                await until(lambda: "failed" in world.events())

    (warning,) = [line for line in lines if line["event"] == "delivery_overdue"]
    assert (warning["delivery_id"], warning["code"]) == (delivery_id, "http_500")
    assert warning["log_level"] == "warning"
    assert "Am Sande" not in str(lines)


async def test_what_a_stop_holds_waits_in_the_outbox_and_leaves_after_it_is_lifted(
    tmp_path: Path, certificates: Certificates
) -> None:
    """It is looked at again every half minute; that is no attempt, and a figure of its own."""
    make_home(tmp_path / "stopped")
    clock, recipient = StoppedClock(), MemoryDestination()
    async with open_world(tmp_path / "stopped", clock) as world:
        await world.register(a_unit())
        ids = [await world.queue() for _ in range(3)]
        stop_id = await world.stop(exchange_kind="PREMISES_HAZARD_NOTICE")
        ports = world.ports(recipient)
        async with working_in_memory(world, ports, certificates) as metrics:
            for turn in (1, 2):
                await until(lambda n=turn: attempts(metrics, "stopped") == 3 * n)  # type: ignore[misc]
                clock.at += 30
            assert (recipient.arrived, world.events()) == ([], [])
            await world.lift(stop_id)
            clock.at += 30
            await until(lambda: world.events().count("acknowledged") == 3)
    assert sorted(push.delivery_id for push in recipient.arrived) == sorted(ids)


def attempts(metrics: DeliveryMetrics, result: str) -> float:
    return metrics._attempts.labels(result)._value.get()
