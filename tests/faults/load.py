"""Senders that go on while processes die: each repeats a request until it is answered."""

import asyncio
import json
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges
from gateway.demo.cast import POLICE
from gateway.demo.stage import Stage
from gateway.errors import DependencyFailed

Json = Any
_PAUSE_S = 0.25
_AGAIN_S = 0.2
_UNKNOWN = 503


def _invalid() -> dict[str, Json]:
    exchange = exchanges.emergency_exits()
    exchange["payload"]["unknown_member"] = "x"
    return exchange


KINDS: dict[str, tuple[Callable[[], dict[str, Json]], int, float]] = {
    "permitted": (exchanges.emergency_exits, 201, 0.7),
    "denied": (exchanges.person_list, 403, 0.15),
    "invalid": (_invalid, 422, 0.15),
}
"""What is sent: how it is made, how it must be answered, and its share."""


@dataclass
class Asked:
    """One request, signed once, with everything that came back for it."""

    kind: str
    key: str
    sent: int = 0
    unanswered: int = 0
    answers: list[SentAnswer] = field(default_factory=list)


class Load:
    """Some senders in a thread of their own. Leaving it, each gets its last answer first,
    unless a test has failed."""

    def __init__(self, stage: Stage, seed: int, senders: int = 3) -> None:
        self._stage = stage
        self._seed = seed
        self._senders = senders
        self._stop = threading.Event()
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="load")
        self._asked: list[Asked] = []
        self._failed: list[BaseException] = []

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        self._given_up = failed is not None
        self._stop.set()
        self._thread.join()
        if self._failed:
            raise self._failed[0]

    def asked(self) -> list[Asked]:
        """Return all requests until now; those being sent may have no answer yet."""
        return list(self._asked)

    def answered(self, kind: str) -> list[SentAnswer]:
        return [answer for asked in self.asked() if asked.kind == kind for answer in asked.answers]

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as error:  # for the test to see
            self._failed.append(error)

    async def _send(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(self._senders):
                group.create_task(self._go_on(random.Random(self._seed + number)))

    async def _go_on(self, chance: random.Random) -> None:
        weights = [share for _, _, share in KINDS.values()]
        async with Sender(self._stage.partner(POLICE)) as sender:
            while not self._stop.is_set():
                (kind,) = chance.choices(list(KINDS), weights)
                asked = Asked(kind, str(uuid.UUID(int=chance.getrandbits(128))))
                self._asked.append(asked)
                body = json.dumps(KINDS[kind][0](), ensure_ascii=False).encode()
                headers = sender.sign(body, asked.key)
                at_once = 2 if chance.random() < 0.2 else 1
                await asyncio.gather(
                    *(self._until_answered(sender, asked, body, headers) for _ in range(at_once))
                )
                await asyncio.sleep(_PAUSE_S * chance.random())

    async def _until_answered(
        self, sender: Sender, asked: Asked, body: bytes, headers: dict[str, str]
    ) -> None:
        while not self._given_up:
            asked.sent += 1
            try:
                answer = await sender.send_bytes(body, headers)
            except DependencyFailed:
                answer = None
            if answer is not None and answer.status != _UNKNOWN:
                asked.answers.append(answer)
                return
            asked.unanswered += 1
            await asyncio.sleep(_AGAIN_S)
