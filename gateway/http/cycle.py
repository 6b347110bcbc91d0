"""One request and its answer on a connection."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.http.traffic import Traffic

_AT_ONCE = 1 << 16


class Cycle(RequestResponseCycle):
    """Holds its body's bytes in the count of all bodies until its answer is made.

    An answer that is given before the body has come in whole ends the connection, since
    nothing says where the next request would begin.
    """

    def __init__(self, traffic: Traffic, **given: Any) -> None:
        super().__init__(**given)
        self._traffic = traffic
        self._held = 0

    def take(self, body: bytes) -> bool:
        """Add to the body, unless all bodies together would be too large."""
        if not self._traffic.hold(len(body)):
            return False
        self._held += len(body)
        self.body += body
        self.message_event.set()
        return True

    def give_up(self) -> None:
        """Tell the application that its client is gone; what it answers is dropped."""
        self.disconnected = True
        self.message_event.set()

    def drop(self) -> None:
        """Give the body's bytes back to the count."""
        self._traffic.drop(self._held)
        self._held = 0

    async def run_asgi(self, app: Any) -> None:
        try:
            await super().run_asgi(app)
        finally:
            self.drop()

    async def send(self, message: Any) -> None:
        """Write, but of a large body no more at once than the client reads."""
        if self.more_body:
            self.keep_alive = False
        body: bytes = message.get("body", b"")
        if len(body) <= _AT_ONCE:
            await super().send(message)
            return
        for start in range(0, len(body), _AT_ONCE):
            end = start + _AT_ONCE
            part: Any = {**message, "body": body[start:end]}
            part["more_body"] = end < len(body) or message.get("more_body", False)
            await super().send(part)
            await asyncio.sleep(0)  # others are served, and it is seen when the client leaves

    def rests(self) -> bool:
        """Whether nothing of this answer is written that could still be unread."""
        return self.response_complete or not self.response_started
