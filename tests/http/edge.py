"""A real server over TLS whose pipeline stops after the signature."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from prometheus_client import CollectorRegistry
from uvicorn.loops.auto import auto_loop_factory

from gateway.errors import RegistryUnavailable
from gateway.http.api import build_api
from gateway.http.limits import EdgeLimits
from gateway.http.metrics import HttpMetrics
from gateway.http.operations import operations_app
from gateway.http.security_log import SecurityLog
from gateway.http.server import Listening, PartnerApi, serve
from gateway.http.tls import TlsFiles, server_context
from gateway.http.traffic import Traffic
from gateway.model.evidence import Answer
from gateway.model.exchange import Message, Moment
from gateway.model.unit import RegistrySnapshot
from gateway.pipeline import Limits, Ports
from gateway.ports import Head
from gateway.settings import Settings
from gateway.steps.authenticate import authenticate
from gateway.steps.receive import receive
from tests.builders import the_policies
from tests.partners import Member, Pki, a_snapshot

MAX_BODY = 20_000
EXCHANGE_ID = "0123456789abcdef0123456789abcdef"
PERMITTED = Answer(201, EXCHANGE_ID, {"verdict": "permit", "note": "für alle"})


def a_limits(**changes: float) -> EdgeLimits:
    """Return the limits that the settings have by default, but for *changes*."""
    names = (field.name for field in fields(EdgeLimits))
    defaults = {name: Settings.model_fields[name].default for name in names}
    return EdgeLimits(**{**defaults, **changes})


class HeardLog(SecurityLog):
    """Keeps what it is told."""

    def __init__(self, metrics: HttpMetrics) -> None:
        super().__init__(metrics)
        self.handshakes: list[str] = []
        self.refusals: list[str] = []

    def handshake_failed(self, reason: str) -> None:
        self.handshakes.append(reason)
        super().handshake_failed(reason)

    def refused(self, kind: str, why: str) -> None:
        self.refusals.append(kind)
        super().refused(kind, why)


class Complaints(logging.Handler):
    """What libraries say that something went wrong, with the type of the error if there is one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.lines.append(f"{record.name}: {record.getMessage()} {error!r}")


@dataclass
class Fixed:
    """A clock that stands, unless it is moved."""

    at: int = 1_795_000_000

    def now(self) -> Moment:
        return Moment(self.at, 20_775)


@dataclass
class Units:
    """A registry whose snapshot a test may replace while connections are kept."""

    current: RegistrySnapshot
    fails: bool = False

    async def snapshot(self) -> RegistrySnapshot:
        if self.fails:
            raise RegistryUnavailable("the registry is locked")
        return self.current


@dataclass
class Log:
    """A log of three entries that serves one tile, with no exchange among them."""

    async def head(self) -> Head:
        return Head("schleuse.example/2026", 3, b"\x01" * 32, "note\n", "0" * 64, "0" * 64)

    async def index_of(self, entry_id: str) -> int | None:
        return None

    async def receipt_proof(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        return f"note of {size}\n", (bytes([index]) * 32,)

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return (bytes([old]) * 32, bytes([new]) * 32)

    async def hash_tile(self, level: int, number: int, width: int) -> bytes | None:
        return b"\x02" * 32 * width if (level, number) == (0, 0) and width <= 3 else None


@dataclass
class Edge:
    """The running server, what it was asked, and what it is to answer."""

    pki: Pki
    police: Member
    office: Member
    public_url: str
    port: int
    operations_port: int
    units: Units
    clock: Fixed
    traffic: Traffic
    log: HeardLog
    heard: Complaints
    loop: asyncio.AbstractEventLoop | None = None
    stop: Callable[[], None] = lambda: None
    idle_tasks: int = 0
    works_s: float = 0.0
    begun: threading.Event = field(default_factory=threading.Event)
    submitted: list[tuple[str, Any]] = field(default_factory=list)
    answers: Answer | Exception = PERMITTED

    @property
    def complaints(self) -> list[str]:
        return self.heard.lines

    @property
    def handshakes(self) -> list[str]:
        return self.log.handshakes

    def settle(self) -> None:
        """Wait until nothing of any connection is left: no place, no byte, no task."""
        deadline = time.monotonic() + 10
        while (
            self.traffic.connections or self.traffic.body_bytes or self.tasks() != self.idle_tasks
        ):
            assert time.monotonic() < deadline, "something is left of a connection"
            time.sleep(0.02)

    def tasks(self) -> int:
        """Return how many tasks the server's loop has, but for the one that counts."""

        async def count() -> int:
            return len(asyncio.all_tasks()) - 1

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(count(), self.loop).result(5)

    def reset(self) -> None:
        self.units.current = a_snapshot(self.police, self.office)
        self.units.fails = False
        self.works_s = 0.0
        self.begun.clear()
        self.log.handshakes.clear()
        self.log.refusals.clear()
        self.heard.lines.clear()
        logging.getLogger().addHandler(self.heard)  # who sets logging up takes all handlers away
        self.submitted.clear()
        self.answers = PERMITTED

    async def submit(self, message: Message, ports: Ports) -> Answer:
        """Receive and authenticate as the gateway does, then answer what the test wants."""
        moment = ports.clock.now()
        limits = ports.limits
        document = receive(message.body, moment, limits.max_body_attachments, limits.max_depth)
        caller = await authenticate(
            message, ports.registry, moment, limits.signature_skew_s, signed=True
        )
        self.submitted.append((caller.unit.id, document.value))
        self.begun.set()
        await asyncio.sleep(self.works_s)
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers


@contextmanager
def running_edge(
    folder: Path,
    limits: EdgeLimits | None = None,
    proxies: Callable[[Pki], frozenset[str]] = lambda _pki: frozenset(),
) -> Iterator[Edge]:
    """Serve on ports of the system's choice, in a thread with a loop of its own."""
    pki = Pki(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    gateway = f"https://localhost:{port}"
    police, office = pki.member("polizei", gateway), pki.member("ordnungsamt", gateway)
    units = Units(a_snapshot(police, office))
    registry = CollectorRegistry()
    metrics = HttpMetrics(registry)
    traffic, log, complaints = Traffic(limits or a_limits()), HeardLog(metrics), Complaints()
    metrics.watch(traffic)
    logging.getLogger().addHandler(complaints)
    edge = Edge(
        pki,
        police,
        office,
        gateway,
        port,
        0,
        units,
        Fixed(),
        traffic,
        log,
        complaints,
    )
    ports = Ports(
        clock=edge.clock,
        registry=edge.units,
        log=cast(Any, Log()),
        limits=Limits(MAX_BODY, MAX_BODY, 16, 300, 3600),
        policies=the_policies,
        **{
            name: cast(Any, None)
            for name in Ports.__dataclass_fields__
            if name not in {"clock", "registry", "log", "limits", "policies"}
        },
    )
    api = PartnerApi(
        build_api(ports, gateway, metrics, log, submit=edge.submit),
        "127.0.0.1",
        port,
        server_context(TlsFiles(*pki.server, pki.ca_file)),
        gateway,
        traffic,
        log,
        proxies(pki),
    )
    up = threading.Event()

    async def main() -> None:
        event = asyncio.Event()
        edge.loop = loop = asyncio.get_running_loop()
        ask = loop.call_soon_threadsafe
        edge.stop = lambda: None if loop.is_closed() else ask(event.set)

        def started(listening: Listening) -> None:
            edge.operations_port = listening.operations
            up.set()

        async def ready() -> dict[str, str]:
            return {"registry": "RegistryUnavailable" if edge.units.fails else "ok"}

        await serve(
            api,
            operations_app(ready, registry),
            0,
            event,
            started,
        )

    def run() -> None:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert up.wait(10)
    edge.idle_tasks = edge.tasks()
    try:
        yield edge
    finally:
        edge.stop()
        thread.join(20)
        logging.getLogger().removeHandler(complaints)
        assert not thread.is_alive()
