"""The `Destination` port in memory: it keeps what it got, and fails when told to."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gateway.errors import DeliveryFailed
from gateway.model.unit import Unit
from gateway.ports import Acknowledgement


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push as it arrived at a recipient."""

    unit: str
    delivery_id: str
    body: bytes
    jwe: bytes


@dataclass(slots=True)
class MemoryDestination:
    """Acknowledges everything, except that the next answers are the `failures`, in order.

    `before_answer` runs when a push has arrived and before its recipient answers.
    """

    failures: list[DeliveryFailed] = field(default_factory=list)
    before_answer: Callable[[Pushed], Awaitable[None]] | None = None
    arrived: list[Pushed] = field(default_factory=list)
    acknowledged: list[Pushed] = field(default_factory=list)

    async def deliver(
        self, unit: Unit, delivery_id: str, body: bytes, jwe: bytes
    ) -> Acknowledgement:
        pushed = Pushed(unit.id, delivery_id, body, jwe)
        self.arrived.append(pushed)
        if self.before_answer is not None:
            await self.before_answer(pushed)
        if self.failures:
            raise self.failures.pop(0)
        self.acknowledged.append(pushed)
        return Acknowledgement(delivery_id, hashlib.sha256(jwe).hexdigest())
