"""Carries invented exchanges through the real pipeline, many at once."""

import asyncio
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.asking import ask
from gateway.model.evidence import Answer
from gateway.model.exchange import Message
from gateway.pipeline import Ports, submit
from gateway.signatures import sign_request
from gateway.synthetic.keys import DemoKeys
from gateway.synthetic.units import DemoUnit
from gateway.synthetic.varying import Storyteller, dice_for
from gateway.synthetic.writing import Writer, Written

Json = Any
Told = Callable[[int, int], None]
AT_ONCE = 64
_JSON = "application/json"


@dataclass(slots=True)
class Carried:
    """What became of the exchanges, by verdict and kind, and how many requests they answer."""

    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    requests: int = 0


class Carrier:
    """Carries exchange after exchange of one seed into one gateway.

    The idempotency key of each says what it is, so that a run that was cut off goes on, and
    the same run again decides nothing anew.
    """

    def __init__(
        self,
        ports: Ports,
        public_url: str,
        keys: Mapping[str, DemoKeys],
        story: Storyteller,
        writer: Writer,
    ) -> None:
        self._ports = ports
        self._url = public_url
        self._keys = keys
        self._story = story
        self._writer = writer
        self._asked: dict[str, asyncio.Task[Answer]] = {}

    async def carry(self, seed: int, count: int, told: Told) -> Carried:
        """Carry the first *count* exchanges of *seed*; *told* hears how many are done.

        Raises:
            GatewayError: The pipeline refused one: none of them should be.
        """
        carried = Carried()
        numbers = iter(range(count))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, count)):
                    group.create_task(self._carry(numbers, seed, count, carried, told))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        carried.requests = len(self._asked)
        return carried

    def written(self, seed: int, number: int) -> Written:
        """Return exchange *number* as it is sent, but for the request that it answers."""
        dice = dice_for(seed, number)
        return self._writer.write(self._story.scene(number, dice), number, dice)

    async def _carry(
        self, numbers: Iterator[int], seed: int, count: int, carried: Carried, told: Told
    ) -> None:
        for number in numbers:
            written = self.written(seed, number)
            envelope = dict(written.envelope)
            if written.asked is not None:
                answer = await self._request(written.recipient, written.asked)
                envelope["in_reply_to"] = answer.exchange_id
            answer = await self._send(
                written.sender, "exchanges", envelope, f"{seed} {number}", submit
            )
            carried.verdicts[answer.body["verdict"]] += 1
            carried.kinds[envelope["exchange_kind"]] += 1
            told(carried.verdicts.total(), count)

    async def _request(self, requester: DemoUnit, asked: dict[str, Json]) -> Answer:
        """Ask the holder, once for all exchanges that answer the same question."""
        what = json.dumps([requester.id, asked], sort_keys=True)
        if what not in self._asked:
            self._asked[what] = asyncio.create_task(
                self._send(requester, "requests", asked, what, ask)
            )
        return await self._asked[what]

    async def _send(
        self,
        unit: DemoUnit,
        path: str,
        document: Mapping[str, Json],
        what: str,
        act: Callable[[Message, Ports], Awaitable[Answer]],
    ) -> Answer:
        body = json.dumps(document, ensure_ascii=False).encode()
        target, keys = f"{self._url}/v1/{path}", self._keys[unit.id]
        now = self._ports.clock.now()
        named = hashlib.sha256(f"{now.evaluated_on} {what}".encode()).digest()
        headers = sign_request(
            keys.signer,
            method="POST",
            target_uri=target,
            content_type=_JSON,
            idempotency_key=str(uuid.UUID(bytes=named[:16])),
            body=body,
            created=now.evaluated_at,
        )
        return await act(
            Message("POST", target, tuple(headers.items()), body, keys.certificate), self._ports
        )
