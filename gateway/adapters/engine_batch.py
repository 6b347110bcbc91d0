"""Decides many inputs by one policy set in children of their own, which end afterwards."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import PolicyUnavailable
from gateway.policy.policy_set import PolicySet
from gateway.schemas import compile_schema, faults_of

Json = Any


class EngineBatch:
    """Keeps as many inputs in work as there are children, so that none waits for a child."""

    def __init__(self, engine: EmbeddedEngine, policy_set: PolicySet, children: int) -> None:
        self._engine = engine
        self._digest = policy_set.digest
        self._schema = compile_schema(policy_set.schemas["decision.json"], {})
        self._children = children

    async def decide(self, inputs: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json] | None]:
        """Return the decision document on each of *inputs*, in their order.

        None is an input that is not decided within the deadline, by an error, or by a document
        that its schema does not accept.
        """
        decided: list[Mapping[str, Json] | None] = [None] * len(inputs)
        waiting = iter(enumerate(inputs))

        async def work() -> None:
            for place, given in waiting:
                decided[place] = await self._one(given)

        await asyncio.gather(*(work() for _ in range(self._children)))
        return decided

    async def _one(self, given: Mapping[str, Json]) -> Mapping[str, Json] | None:
        try:
            decision = await self._engine.decide(self._digest, given)
        except PolicyUnavailable:
            return None
        return None if any(faults_of(self._schema, decision, "")) else decision


@asynccontextmanager
async def engine_batch(policy_set: PolicySet, children: int = 1) -> AsyncIterator[EngineBatch]:
    """Load *policy_set* into fresh children.

    Raises:
        PolicySetRefused: The rules do not compile, or leave the empty input undecided.
        PolicyUnavailable: The children did not come up.
    """
    engine = EmbeddedEngine(PoolLimits(children=children))
    await engine.start(policy_set)
    try:
        yield EngineBatch(engine, policy_set, children)
    finally:
        await engine.close()
