"""A recipient's HTTPS server that answers as a test says, well or badly."""

import asyncio
import hashlib
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from gateway.model.exchange import Message


@dataclass(frozen=True, slots=True)
class Certificates:
    """Two private CAs and their files: one for recipients, one for the gateway."""

    folder: Path
    partner_ca: Path
    gateway_ca: Path
    gateway_certificate: Path
    gateway_key: Path
    partners: trustme.CA = field(repr=False)

    def recipient(self, name: str = "127.0.0.1") -> tuple[Path, Path]:
        """Return certificate and key files of a recipient with that name."""
        issued = self.partners.issue_cert(name)
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        return certificate, key


def make_certificates(folder: Path) -> Certificates:
    folder.mkdir(exist_ok=True)
    partners, gateways = trustme.CA(), trustme.CA()
    made = Certificates(
        folder,
        folder / "partner-ca.pem",
        folder / "gateway-ca.pem",
        folder / "gateway.pem",
        folder / "gateway.key",
        partners,
    )
    partners.cert_pem.write_to_path(made.partner_ca)
    gateways.cert_pem.write_to_path(made.gateway_ca)
    issued = gateways.issue_cert("gateway.example")
    issued.cert_chain_pems[0].write_to_path(made.gateway_certificate)
    issued.private_key_pem.write_to_path(made.gateway_key)
    return made


def server_context(certificates: Certificates, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.gateway_ca)
    context.load_cert_chain(*certificates.recipient(name))
    return context


Answer = Callable[[Message, asyncio.StreamWriter], Awaitable[None]]


def answers(
    status: int = 200, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """Answer every request with *status*, *headers* and *body*."""

    async def answer(_: Message, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def acknowledgement(message: Message, **changes: str) -> bytes:
    """Return the acknowledgement of a push, right unless *changes* make it wrong."""
    push = json.loads(message.body)
    right = {
        "delivery_id": push["delivery_id"],
        "jwe_sha256": hashlib.sha256(push["jwe"].encode()).hexdigest(),
    }
    return json.dumps({**right, **changes}).encode()


def acknowledges(**changes: str) -> Answer:
    """Acknowledge every push, rightly unless *changes* are given."""

    async def answer(message: Message, writer: asyncio.StreamWriter) -> None:
        await answers(body=acknowledgement(message, **changes))(message, writer)

    return answer


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass(slots=True)
class HttpsRecipient:
    """A server on loopback; it keeps what it got. Use it as an async context manager."""

    context: ssl.SSLContext
    answer: Answer = field(default_factory=acknowledges)
    path: str = "/lieferungen"
    port: int = 0
    requests: list[Message] = field(default_factory=list)
    connections: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{self.path}"

    async def __aenter__(self) -> "HttpsRecipient":
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.context
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.drop()

    def drop(self) -> None:
        """Close every open connection."""
        for writer in self._writers:
            if not writer.is_closing():
                writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                message = await self._read(reader)
                self.requests.append(message)
                await self.answer(message, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Message:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = tuple(
            (name.lower(), value.strip())
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        )
        length = int(dict(headers).get("content-length", "0"))
        origin = self.url.removesuffix(self.path)
        body = await reader.readexactly(length)
        return Message(method, f"{origin}{target}", headers, body, None)
