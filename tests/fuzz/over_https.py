"""Sends generated requests to a running gateway, well signed, badly signed, and as junk."""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from gateway.client.sender import Sender
from gateway.demo.cast import ORDER_OFFICE, POLICE
from tests.e2e.running import Running
from tests.fuzz.generator import CANARY, ODD_TEXTS, Generator

AT_ONCE = 8
ALLOWED = {200, 201, 202, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 503}
_PATIENCE = aiohttp.ClientTimeout(total=60)
_PATHS = (
    "/v1/exchanges",
    "/v1/exchanges/{odd}",
    "/v1/exchanges/{id}",
    "/v1/exchanges/{id}/receipt",
    "/v1/events",
    "/v1/inbox",
    "/v1/inbox/{odd}/ack",
    "/v1/self-test",
    "/v1/self-test/{odd}",
    "/v1/log/checkpoint",
    "/v1/log/tile/{odd}",
    "/v1/log/tile/0/000.p/3",
    "/v1/log/proof/{odd}",
    "/v1/log/consistency",
    "/problems/{odd}",
    "/openapi.json",
    "/{odd}",
)
_NAMES = ("after", "limit", "since", "state", "from", "to", "at", CANARY)
_METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_JUNK = (
    b"GET / HTTP/1.1\r\n",
    b"POST /v1/exchanges HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\nKaNaRiE",
    b"GET /KaNaRiE HTTP/1.1\r\nhost: KaNaRiE\r\nhost: KaNaRiE\r\n\r\n",
    b"KaNaRiE /KaNaRiE KaNaRiE\r\n\r\n",
    b"GET /%00KaNaRiE HTTP/9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: KaNaRiE, chunked\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"KaNaRiE" * 9000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\n" + b"KaNaRiE: 1\r\n" * 900 + b"\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n9\r\nKaNaRiE",
    b"GET / HTTP/1.1\r\nhost: a\r\nclient-cert: :KaNaRiE:\r\n\r\n",
)


@dataclass
class Attack:
    """One run against one gateway; `statuses` counts its answers."""

    stage: Running
    generator: Generator
    statuses: Counter[int] = field(default_factory=Counter)

    async def run(self, requests: int) -> None:
        """Send so many requests over a few connections at a time."""
        numbers = iter(range(requests))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._send(numbers))

    async def _send(self, numbers: Iterator[int]) -> None:
        partner = self.stage.partner(POLICE)
        connector = aiohttp.TCPConnector(ssl=partner.tls())
        async with (
            Sender(partner) as sender,
            aiohttp.ClientSession(connector=connector, timeout=_PATIENCE) as session,
        ):
            for _ in numbers:
                choice = self.generator.random.random()
                if choice < 0.75:
                    await self._exchange(sender)
                elif choice < 0.83:
                    await self._badly_signed(sender)
                elif choice < 0.95:
                    await self._odd(session)
                else:
                    await self._junk(partner.tls())

    async def _exchange(self, sender: Sender) -> None:
        body = self.generator.body()
        answer = await sender.send_bytes(body, sender.sign(body))
        self._check(answer.status, answer.body, str(answer.headers))

    async def _badly_signed(self, sender: Sender) -> None:
        """Leave out, alter or exchange one of the headers."""
        body = self.generator.body()
        headers = sender.sign(body)
        name = self.generator.random.choice(sorted(headers))
        if self.generator.random.random() < 0.5:
            del headers[name]
        else:
            place = self.generator.random.randrange(len(headers[name]))
            headers[name] = headers[name][:place] + CANARY + headers[name][place + 1 :]
        answer = await sender.send_bytes(body, headers)
        assert answer.status in {401, 415, 422, 503}
        self._check(answer.status, answer.body, str(answer.headers))

    async def _odd(self, session: aiohttp.ClientSession) -> None:
        pick = self.generator.random
        odd = pick.choice([*ODD_TEXTS, CANARY, "..%2f..", "%00", "0" * 500])
        path = pick.choice(_PATHS).format(odd=odd, id=f"{pick.randrange(16**32):032x}")
        url = URL(f"{self.stage.url}{URL.build(path=path or '/').raw_path}", encoded=True)
        query = {pick.choice(_NAMES): pick.choice(ODD_TEXTS) for _ in range(pick.randrange(3))}
        method = pick.choice(_METHODS)
        async with session.request(method, url.update_query(query)) as answer:
            self._check(answer.status, await answer.read(), str(answer.headers), described=True)

    async def _junk(self, tls: ssl.SSLContext) -> None:
        """Write bytes that are no request, alter some, and read until the end."""
        junk = bytearray(self.generator.random.choice(_JUNK))
        for _ in range(self.generator.random.randrange(3)):
            junk[self.generator.random.randrange(len(junk))] = self.generator.random.randrange(256)
        port = self.stage.ports["gateway"]
        reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
        try:
            writer.write(bytes(junk))
            await writer.drain()
            async with asyncio.timeout(self.generator.random.choice([0.05, 5])):
                said = await reader.read(1 << 16)
        except (TimeoutError, ConnectionError):
            said = b""
        finally:
            writer.transport.abort()
        if said:
            self._check(int(said.split()[1]), said, "")

    def _check(self, status: int, body: bytes, headers: str, *, described: bool = False) -> None:
        self.statuses[status] += 1
        assert status in ALLOWED, f"status {status}"
        if not (described and status == 200):  # the document has examples of its own
            assert CANARY.encode() not in body, f"an answer {status} repeats what was sent"
        assert CANARY not in headers, f"a header of an answer {status} repeats what was sent"
        if status == 503:
            assert b"/problems/temporarily-unavailable" in body


@contextmanager
def a_target(folder: Path) -> Iterator[Running]:
    """Run a gateway alone, for as long as it takes."""
    settings: dict[str, Any] = {
        "calls_per_minute": 0,
        "engine_deadline_s": 20.0,
        "refusals_singly": 20,
    }
    stage = Running(folder / "stage", receivers=(), settings=settings)
    try:
        stage.build()
        stage.start_gateway()
        yield stage
    finally:
        stage.close()


def an_attack(stage: Running, seed: int) -> Attack:
    random.seed(seed)
    return Attack(stage, Generator(seed, recipient=ORDER_OFFICE.id))
