"""Serves the partner API over TLS, and the operations port on loopback beside it."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from gateway.errors import StartRefused
from gateway.http.connection import Edge
from gateway.http.early import EarlyAnswers
from gateway.http.listener import Listener
from gateway.http.protocol import PartnerProtocol
from gateway.http.security_log import SecurityLog
from gateway.http.traffic import Place, Traffic

_LOOPBACK = "127.0.0.1"
_BACKLOG = 1024
_GRACE_S = 10
_HEADERS = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


@dataclass(frozen=True, slots=True)
class PartnerApi:
    """The application, where it is served, how, and within which limits.

    `proxies` are the pins of those whose word on the client's certificate is taken.
    """

    app: ASGIApp
    host: str
    port: int
    tls: ssl.SSLContext
    public_url: str
    traffic: Traffic
    log: SecurityLog
    proxies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listening:
    """The TCP ports that the system gave, where 0 was asked for."""

    partner_api: int
    operations: int


async def serve(
    api: PartnerApi,
    operations: ASGIApp,
    operations_port: int,
    stop: asyncio.Event,
    started: Callable[[Listening], None],
) -> None:
    """Serve until *stop* is set; then let requests in flight end, for at most ten seconds.

    Raises:
        StartRefused: An address cannot be had.
    """
    with (
        closing(_bind(api.host, api.port)) as partners,
        closing(_bind(_LOOPBACK, operations_port)) as loopback,
    ):
        started(Listening(partners.getsockname()[1], loopback.getsockname()[1]))
        last = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(_until(last, _Server(_plain(operations)), loopback))
            try:
                await _until(stop, _PartnerServer(api), partners)
            finally:
                last.set()


async def serve_operations(
    operations: ASGIApp, port: int, stop: asyncio.Event, started: Callable[[int], None]
) -> None:
    """Serve the operations port alone, for a process without another listener.

    Raises:
        StartRefused: The port cannot be had.
    """
    with closing(_bind(_LOOPBACK, port)) as loopback:
        started(loopback.getsockname()[1])
        await _until(stop, _Server(_plain(operations)), loopback)


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _PartnerServer(_Server):
    """Accepts connections by itself, to limit them before the handshake."""

    def __init__(self, api: PartnerApi) -> None:
        super().__init__(uvicorn.Config(api.app, http="httptools", headers=_HEADERS, **_COMMON))
        self._api = api
        self._edge = Edge(
            api.traffic,
            EarlyAnswers(api.public_url),
            api.public_url.encode("ascii"),
            api.proxies,
            api.log.refused,
        )

    async def startup(self, sockets: list[socket] | None = None) -> None:
        listeners = [
            Listener(listening, self._api.tls, self._api.traffic, self._protocol, self._api.log)
            for listening in sockets or []
        ]
        self.servers = listeners  # type: ignore[assignment]  # it asks for no more than these have
        self.started = True

    def _protocol(self, place: Place) -> PartnerProtocol:
        loop = asyncio.get_running_loop()
        return PartnerProtocol(self.config, self.server_state, self._edge, place, loop)


async def _until(stop: asyncio.Event, server: _Server, listener: socket) -> None:
    """Run a server until *stop* is set, or until it ends by itself."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving


def _plain(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(app, http="httptools", **_COMMON)


_COMMON: dict[str, Any] = {
    "ws": "none",
    "lifespan": "off",
    "interface": "asgi3",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": _GRACE_S,
}


def _bind(host: str, port: int) -> socket:
    try:
        return create_server(
            (host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=_BACKLOG
        )
    except OSError as error:
        raise StartRefused(f"cannot listen on {host}, port {port}: {error.strerror}") from error
