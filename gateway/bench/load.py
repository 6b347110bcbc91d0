"""Sends prepared requests over kept connections: as fast as they are answered, or at a pace."""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Self, cast

from gateway.bench.figures import BenchFailed
from gateway.bench.framing import Messages, NotFramed

_SILENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one request; times in seconds of `perf_counter`."""

    status: int
    body: bytes
    begun: float
    ended: float


class Load:
    """The client's connections to one server. Use it as an async context manager."""

    def __init__(self, port: int, context: ssl.SSLContext, connections: int) -> None:
        self._port = port
        self._context = context
        self._count = connections
        self._connections: list[_Connection] = []

    async def __aenter__(self) -> Self:
        """Open all connections.

        Raises:
            BenchFailed: The server does not take one.
        """
        loop = asyncio.get_running_loop()
        try:
            for _ in range(self._count):
                _, connection = await loop.create_connection(
                    _Connection,
                    "127.0.0.1",
                    self._port,
                    ssl=self._context,
                    server_hostname="localhost",
                )
                self._connections.append(connection)
        except OSError as error:  # ssl.SSLError is one
            raise BenchFailed(f"the server takes no connection: {error}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()

    async def send(
        self, requests: Sequence[bytes], per_second: float | None = None
    ) -> list[Answered]:
        """Send every request once and return the answers in the order of the requests.

        At a pace of *per_second* a request begins when it is due, also if every connection is
        busy then: the time in which it could not be sent counts as waiting for its answer.

        Raises:
            BenchFailed: A connection ended, or fell silent for a minute.
        """
        answers: list[Answered | None] = [None] * len(requests)
        numbered = iter(enumerate(requests))
        pace = None if per_second is None else _Pace(perf_counter(), per_second)
        await asyncio.gather(
            *(_work(connection, numbered, answers, pace) for connection in self._connections)
        )
        return [answer for answer in answers if answer is not None]


@dataclass(frozen=True, slots=True)
class _Pace:
    """A fixed number of requests a second from a moment on."""

    since: float
    per_second: float

    async def due(self, number: int) -> float:
        """Wait until request *number* is due; return when that was."""
        at = self.since + number / self.per_second
        await asyncio.sleep(max(0.0, at - perf_counter()))
        return at


async def _work(
    connection: "_Connection",
    numbered: Iterator[tuple[int, bytes]],
    answers: list[Answered | None],
    pace: _Pace | None,
) -> None:
    for number, request in numbered:
        begun = perf_counter() if pace is None else await pace.due(number)
        status, body, ended = await connection.ask(request)
        answers[number] = Answered(status, body, begun, ended)


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._messages = Messages()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes, float]] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes, float]:
        """Return status, body and time of the answer."""
        if self._transport is None or self._transport.is_closing():
            raise BenchFailed("the server closed a connection")
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        silence = loop.call_later(_SILENCE_S, self._fail, "no answer within a minute")
        self._transport.write(request)
        try:
            return await self._waiting
        finally:
            silence.cancel()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            for head, body in self._messages.feed(data):
                if self._waiting is not None and not self._waiting.done():
                    self._waiting.set_result((int(head.split(b" ", 2)[1]), body, perf_counter()))
        except NotFramed as error:
            self._fail(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("the server closed a connection")

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BenchFailed(why))
