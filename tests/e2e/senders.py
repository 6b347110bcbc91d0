"""Senders on connections of their own, who send one exchange after the other."""

import asyncio
import random
import uuid
from dataclasses import dataclass, field

from gateway.client.sender import Sender
from gateway.demo import exchanges
from gateway.demo.cast import POLICE
from gateway.demo.stage import Stage
from tests.e2e.running import Json, eventually

PAUSE_S = 0.4


@dataclass
class Senders:
    """The police on so many connections, which go on until they are told to stop."""

    stage: Stage
    connections: int
    answers: list[tuple[int, dict[str, Json]]] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self.connections):
                group.create_task(self._go_on())

    def stop(self) -> None:
        self._stop.set()

    async def begun(self) -> None:
        """Wait until there are as many answers as senders."""
        await eventually(lambda: len(self.answers) >= self.connections)

    async def answered(self) -> None:
        """Wait until each request that is in flight now has its answer; others follow it."""
        asked = frozenset(self._asked)
        await eventually(lambda: not asked & self._asked, within_s=120)

    async def _go_on(self) -> None:
        async with Sender(self.stage.partner(POLICE)) as sender:
            while not self._stop.is_set():
                key = str(uuid.uuid4())
                self._asked.add(key)
                answer = await sender.send(exchanges.emergency_exits(), key)
                self._asked.remove(key)
                self.answers.append((answer.status, answer.json()))
                await asyncio.sleep(PAUSE_S * random.random())
