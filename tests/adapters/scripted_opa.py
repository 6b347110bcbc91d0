"""A socket that stands where an OPA server should be, and says what a test wants."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from gateway.adapters.opa_client import OpaAddress

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def scripted_opa(folder: Path, talk: Talk) -> AsyncIterator[OpaAddress]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    path = str(folder / "opa.sock")
    server = await asyncio.start_unix_server(connected, path)
    try:
        yield OpaAddress(socket=path)
    finally:
        server.close()


async def question(reader: asyncio.StreamReader) -> str:
    """Read one request to its end, and return its head."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length")]
    await reader.readexactly(int(lengths[0].partition(":")[2]))
    return head


def says(body: bytes | object, status: int = 200) -> Talk:
    """Answer every question with *body*, as JSON unless it is bytes already."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await question(reader)
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n"
            writer.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + content)
            await writer.drain()

    return talk
