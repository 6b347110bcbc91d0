"""The bench's recipient: acknowledges deliveries without opening them, and takes all else.

The gateway pushes deliveries to it, the bare proxy forwards requests to it; both over mutual
TLS. Run as `python -m gateway.bench.recipient FOLDER PORT`; the folder holds `tls.pem`,
`tls.key` and `ca.pem`.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from uvicorn.loops.auto import auto_loop_factory

from gateway.bench.framing import Messages
from gateway.client.receive_server import receive_context

DELIVERIES, COUNTS = "/deliveries", "/counts"
_ANSWER = b"HTTP/1.1 %d OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"

Json = Any


@dataclass(slots=True)
class Taken:
    """What came: ids of deliveries, deliveries that came again, other requests."""

    deliveries: set[str] = field(default_factory=set)
    repeats: int = 0
    others: int = 0

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Json]]:
        """Return status and members of the answer to one request."""
        if path == COUNTS:
            return 200, {
                "deliveries": len(self.deliveries),
                "repeats": self.repeats,
                "others": self.others,
            }
        if path != DELIVERIES:
            self.others += 1
            return 201, {"sha256": sha256(body).hexdigest()}
        delivery = json.loads(body)
        delivery_id = delivery["delivery_id"]
        self.repeats += delivery_id in self.deliveries
        self.deliveries.add(delivery_id)
        digest = sha256(delivery["jwe"].encode("ascii")).hexdigest()
        return 200, {"delivery_id": delivery_id, "jwe_sha256": digest}


class Connection(asyncio.Protocol):
    """One kept connection; requests are answered in their order."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._messages = Messages()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        for head, body in self._messages.feed(data):
            path = head.split(b" ", 2)[1].decode("ascii")
            status, members = self._taken.answer(path, body)
            answer = json.dumps(members).encode()
            self._transport.write(_ANSWER % (status, len(answer), answer))


async def serve(folder: Path, port: int) -> None:
    """Serve until the process is ended."""
    taken = Taken()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(taken),
        "127.0.0.1",
        port,
        ssl=receive_context(folder / "ca.pem", folder / "tls.pem", folder / "tls.key"),
        backlog=1024,
    )
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
