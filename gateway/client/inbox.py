"""A partner without an endpoint fetches its deliveries, keeps them, acknowledges them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.client.receive import Accepted, DeliveryRefused, Receiver
from gateway.client.sender import Sender
from gateway.errors import DependencyFailed, MalformedJws
from gateway.tlog.jws import decode_json

Json = Any


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one delivery of the inbox.

    `accepted` is on the disk; without it `problem` says why it was not taken. A problem
    beside it says why the gateway did not take the acknowledgement.
    """

    delivery_id: str
    accepted: Accepted | None
    problem: str | None = None


class InboxRefused(DependencyFailed):
    """The gateway gave no page of the inbox; the message says what it said instead."""


class Inbox:
    """Empties the inbox of one unit. It is safe to do so again at any moment."""

    def __init__(
        self, sender: Sender, receiver: Receiver, now: Callable[[], float] = time.time
    ) -> None:
        self._sender = sender
        self._receiver = receiver
        self._now = now

    async def fetch(self) -> AsyncIterator[Fetched]:
        """Give every delivery that waits: checked, kept durably, and only then acknowledged.

        One that is refused is not acknowledged, and does not keep others from coming.

        Raises:
            DependencyFailed: The gateway cannot be reached, or this unit has no inbox.
            OSError: A delivery cannot be kept; it is not acknowledged.
        """
        after, more = "", True
        while more:
            page = await self._page(after)
            for document in page["deliveries"]:
                yield await self._take(document)
            after, more = f"?after={page['next']}", page["more"]

    async def _page(self, after: str) -> Mapping[str, Json]:
        answer = await self._sender.get(f"/v1/inbox{after}")
        if answer.status != 200:
            said = answer.json()
            detail = said.get("detail_en") or said.get("title_en") or "no page of the inbox"
            raise InboxRefused(f"status {answer.status}: {detail}")
        page: Mapping[str, Json] = decode_json(answer.body, MalformedJws)
        match page:
            case {"deliveries": [*_], "next": int(), "more": bool()}:
                return page
        raise InboxRefused("what came is no page of an inbox")

    async def _take(self, document: Json) -> Fetched:
        name = str(document.get("delivery_id")) if isinstance(document, dict) else "?"
        try:
            accepted = await asyncio.to_thread(self._receiver.fetched, document, int(self._now()))
        except DeliveryRefused as error:
            return Fetched(name, None, f"{error.reason}: {error}")
        return Fetched(name, accepted, await self._acknowledge(accepted))

    async def _acknowledge(self, accepted: Accepted) -> str | None:
        """Acknowledge; return why the gateway did not take it, or None if it did."""
        path = f"/v1/inbox/{accepted.delivery_id}/ack"
        body = json.dumps(accepted.acknowledgement()).encode()
        answer = await self._sender.send_bytes(body, self._sender.sign(body, path=path), path)
        if answer.status == 200:
            return None
        return f"not acknowledged: status {answer.status}"
