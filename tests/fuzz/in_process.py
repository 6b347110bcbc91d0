"""Carries generated requests through the first steps, and a sample of them to their decision."""

import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import CallerError
from gateway.http.problems import answer_error
from gateway.model.exchange import Moment
from gateway.steps.receive import receive
from gateway.steps.validate import validate
from tests.builders import (
    MAX_BODY,
    NOW,
    PUBLIC_URL,
    TODAY,
    a_caller,
    a_registry,
    a_unit,
    the_policies,
)
from tests.fuzz.generator import CANARY
from tests.gateways import MemoryGateway, a_memory_gateway

VALID = 200
_SENDER = "polizei-lueneburg"
_CONFIRMED = "pi-lueneburg"  # the rules hold this controller's confirmations
_MOMENT = Moment(NOW, TODAY)
_PATIENCE = PoolLimits(children=1, deadline_s=30.0, waiting=16)


@dataclass
class Course:
    """One gateway for all requests; `statuses` counts what became of them."""

    gateway: MemoryGateway
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._registry = a_registry(_sender(), a_unit())
        self._caller = a_caller(_SENDER, self._registry)

    def first_steps(self, body: bytes) -> bool:
        """Receive and validate; say whether it may go on. Whatever else is raised is a bug."""
        try:
            document = receive(body, _MOMENT, 10 * MAX_BODY, 16)
            validate(document, self._caller, self._registry, the_policies(), len(body), MAX_BODY)
        except CallerError as error:
            self._refused(error)
            return False
        self.statuses[VALID] += 1
        return True

    async def decide(self, body: bytes) -> None:
        """Go the whole way with the real rules; what is raised on purpose is an answer."""
        key = str(uuid.uuid4())
        try:
            answer = await self.gateway.submit(body=body, key=key, sender=_SENDER)
        except CallerError as error:
            self._refused(error)
            return
        self.statuses[answer.status] += 1
        said = json.dumps(answer.body, ensure_ascii=False)
        assert CANARY not in said, "an answer repeats what only the sender may know"

    async def leaves(self) -> bytes:
        """Return all that the log shows to whoever has no part of it."""
        return b"".join(entry.leaf for entry in await self.gateway.entries())

    def _refused(self, error: CallerError) -> None:
        answer = answer_error(error, PUBLIC_URL)
        self.statuses[answer.status_code] += 1
        assert answer.status_code in {400, 413, 422}
        assert CANARY.encode() not in bytes(answer.body), "a refusal repeats what was sent"
        assert len(bytes(answer.body)) < 60_000, "a refusal is longer than it need be"


def _sender() -> dict[str, Any]:
    return a_unit(_SENDER, kind="POLICE_INSPECTION", controller=_CONFIRMED)


@asynccontextmanager
async def a_course() -> AsyncIterator[Course]:
    """Open a gateway in memory that decides by the rules of the repository."""
    policies = the_policies()
    engine = EmbeddedEngine(_PATIENCE)
    await engine.start(policies.policy_set)
    try:
        gateway = await a_memory_gateway()
        await gateway.register(_sender())
        yield Course(gateway.with_ports(engine=engine))  # type: ignore[arg-type]
    finally:
        await engine.close()
