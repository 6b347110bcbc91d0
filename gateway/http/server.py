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
from gateway.http.protocol import PartnerProtocol

_LOOPBACK = "127.0.0.1"
_BACKLOG = 1024
_KEEP_ALIVE_S = 60
_GRACE_S = 10
_HEADERS = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


@dataclass(frozen=True, slots=True)
class PartnerApi:
    """The application with its address and its TLS."""

    app: ASGIApp
    host: str
    port: int
    tls: ssl.SSLContext


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
            group.create_task(_until(last, _plain(operations), loopback))
            try:
                await _until(stop, _partner(api), partners)
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
        await _until(stop, _plain(operations), loopback)


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _until(stop: asyncio.Event, config: uvicorn.Config, listener: socket) -> None:
    """Run a server until *stop* is set, or until it ends by itself."""
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving


def _partner(api: PartnerApi) -> uvicorn.Config:
    return uvicorn.Config(
        api.app,
        http=PartnerProtocol,
        ssl_context_factory=lambda _config, _default: api.tls,
        headers=_HEADERS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        **_COMMON,
    )


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
