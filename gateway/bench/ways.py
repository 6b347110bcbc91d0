"""The two ways of an exchange that are compared: through the gateway, through the proxy."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from gateway.bench.figures import BenchFailed
from gateway.bench.load import Answered, Load
from gateway.bench.outbox_watch import OutboxWatch
from gateway.bench.requests import Exchange

_CREATED = 201
_INDEX = re.compile(rb"\\nindex (\d+)\\n")
"""The line of the receipt's proof (c2sp.org/tlog-proof), inside the JSON answer."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One exchange from its first byte to its end; times in seconds of `perf_counter`."""

    begun: float
    answered: float
    complete: float


class Carrier(Protocol):
    """A way on which exchanges are carried."""

    sent: int

    async def carry(
        self, exchanges: Sequence[Exchange], load: Load, per_second: float | None = None
    ) -> list[Answered]:
        """Send all of them, and return once the last one is complete."""

    def check(self, exchanges: Sequence[Exchange], answers: Sequence[Answered]) -> list[Carried]:
        """Look at every answer, after the clock has stopped.

        Raises:
            BenchFailed: One is not what it should be.
        """


class ProxyWay:
    """Through the bare proxy; an exchange is complete with the recipient's answer."""

    def __init__(self) -> None:
        self.sent = 0

    async def carry(
        self, exchanges: Sequence[Exchange], load: Load, per_second: float | None = None
    ) -> list[Answered]:
        self.sent += len(exchanges)
        return await load.send([exchange.wire for exchange in exchanges], per_second)

    def check(self, exchanges: Sequence[Exchange], answers: Sequence[Answered]) -> list[Carried]:
        for exchange, answer in zip(exchanges, answers, strict=True):
            _created(answer)
            if json.loads(answer.body) != {"sha256": sha256(exchange.body).hexdigest()}:
                raise BenchFailed("the proxy's recipient answered for another body")
        return [Carried(answer.begun, answer.ended, answer.ended) for answer in answers]


class GatewayWay:
    """Through the gateway; an exchange is complete when its acknowledgement is an entry."""

    def __init__(self, watch: OutboxWatch) -> None:
        self._watch = watch
        self.sent = 0

    async def carry(
        self, exchanges: Sequence[Exchange], load: Load, per_second: float | None = None
    ) -> list[Answered]:
        self.sent += len(exchanges)
        complete = asyncio.create_task(self._watch.until(self.sent))
        try:
            answers = await load.send([exchange.wire for exchange in exchanges], per_second)
            for answer in answers:
                _created(answer)  # what was not permitted is never acknowledged
            await complete
        finally:
            complete.cancel()
        return answers

    def check(self, exchanges: Sequence[Exchange], answers: Sequence[Answered]) -> list[Carried]:
        carried = []
        for answer in answers:
            _created(answer)
            found = _INDEX.search(answer.body)
            acknowledged = self._watch.acknowledged.get(int(found[1])) if found else None
            if acknowledged is None:
                raise BenchFailed("an exchange that was permitted is not acknowledged")
            carried.append(Carried(answer.begun, answer.ended, acknowledged))
        return carried


def _created(answer: Answered) -> None:
    if answer.status != _CREATED:
        said = answer.body[:500].decode(errors="replace")
        raise BenchFailed(f"status {answer.status} instead of {_CREATED}: {said}")
