"""The protocol of the partner API as a reader of bytes, on a transport in memory."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.http.connection import Edge
from gateway.http.early import EarlyAnswers
from gateway.http.protocol import PartnerProtocol
from gateway.http.traffic import Traffic
from tests.http.edge import a_limits

_ADDRESS = "https://gateway.example"
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) [ -~]*\r\n")
_TURNS = 12


class _Transport:
    """Takes what is written; closing it is up to the client."""

    def __init__(self) -> None:
        self.written = b""
        self.closing = False

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, **_limits: int) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def _app(_scope: Any, receive: Any, send: Any) -> None:
    """Read the whole body, then answer with its length."""
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        size += len(event["body"])
        more = event["more_body"]
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_LOOP = asyncio.new_event_loop()
_CONFIG = Config(_app, http="httptools", ws="none", lifespan="off", log_config=None)
_EARLY = EarlyAnswers(_ADDRESS)


def read_http(data: bytes) -> None:
    """Feed a connection in two pieces, then end it; nothing may be left of it."""
    middle = data[0] * len(data) // 256 if data else 0
    answers([data[1:middle], data[middle:]] if middle else [data[1:]])


def answers(pieces: Sequence[bytes], pipelined: int = 3) -> list[int]:
    """Return the statuses that a connection answers to bytes in these pieces."""
    return _LOOP.run_until_complete(_connect(pieces, pipelined))


async def _settle(transport: _Transport) -> None:
    """Give the applications turns until nothing more is written."""
    seen = -1
    while seen != len(transport.written):
        seen = len(transport.written)
        for _ in range(_TURNS):
            await asyncio.sleep(0)


async def _connect(pieces: Sequence[bytes], pipelined: int) -> list[int]:
    if not _CONFIG.loaded:
        _CONFIG.load()
    traffic = Traffic(a_limits(bodies_bytes=1 << 16, pipelined_requests=pipelined))
    edge = Edge(traffic, _EARLY, _ADDRESS.encode(), frozenset(), lambda _kind, _why: None)
    place = traffic.admit("192.0.2.1")
    assert place is not None
    state = ServerState()
    transport: Any = _Transport()
    protocol = PartnerProtocol(_CONFIG, state, edge, place, _LOOP)
    protocol.connection_made(transport)
    for piece in pieces:
        if piece and not transport.closing:
            protocol.data_received(piece)
        await _settle(transport)
    protocol.connection_lost(None)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    assert not state.tasks, "a task is left of the connection"
    assert not state.connections, "the connection is still counted"
    assert (traffic.connections, traffic.body_bytes) == (0, 0), "something is still counted"
    statuses = [int(status) for status in _STATUS.findall(transport.written)]
    assert set(statuses) <= {100, 200, 400, 429, 431, 503}, statuses
    return statuses


def http_seeds() -> list[bytes]:
    get = b"GET /v1/events?after=1 HTTP/1.1\r\nHost: gateway.example\r\n\r\n"
    post = (
        b"POST /v1/exchanges HTTP/1.1\r\nHost: gateway.example\r\nExpect: 100-continue\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    chunked = (
        b"POST /v1/exchanges HTTP/1.1\r\nHost: gateway.example\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    )
    old = b"GET https://gateway.example/ HTTP/1.0\r\nConnection: close\r\n\r\n"
    return [
        b"\x80" + part for part in (get, post, chunked, old, get * 6, chunked + get, post + old)
    ]
