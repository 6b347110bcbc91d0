"""PolicyEngine: the OPA library in child processes, killed at the deadline."""

import asyncio
import json
from collections.abc import Mapping
from os import cpu_count
from typing import Any

from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_pool import EnginePool, PoolLimits
from gateway.errors import PolicyUnavailable
from gateway.policy.policy_set import PolicySet

Json = Any

ENTRYPOINT = "exchange.main.decision"
MAX_INPUT = 1024 * 1024


def children_for_this_machine() -> int:
    """One child a core, less one for the process that asks; at least one."""
    return max(1, (cpu_count() or 1) - 1)


class EmbeddedEngine:
    """OPA as a library, one engine a child, each with the bytes that the digest names.

    Several sets can be held at once, each by children of its own, and a question names the set
    that is to answer it. A call waits at most the deadline for a child and at most the deadline
    for its answer.
    """

    def __init__(self, limits: PoolLimits | None = None, entrypoint: str = ENTRYPOINT) -> None:
        self._limits = limits or PoolLimits(children=children_for_this_machine())
        self._entrypoint = entrypoint
        self._pools: dict[str, EnginePool] = {}
        self._leaving: set[EnginePool] = set()
        self._active: str | None = None

    @property
    def name(self) -> str:
        return "embedded/opa-1.20.2"

    @property
    def ready(self) -> bool:
        """Whether a child of the active set is up: without one no decision is made."""
        return self._active in self._pools and self._pools[self._active].ready

    async def start(self, policy_set: PolicySet) -> None:
        """Decide by *policy_set* from now on, and by no other.

        Raises:
            PolicySetRefused: The rules do not compile, or leave the empty input undecided.
                What was in force before stays in force.
            PolicyUnavailable: The children did not come up.
        """
        await self.hold(policy_set)
        self.activate(policy_set.digest)
        for digest in self._pools.keys() - {policy_set.digest}:
            await self.drop(digest)

    async def hold(self, policy_set: PolicySet) -> None:
        """Load *policy_set* into children of its own, beside those of other sets.

        Raises:
            PolicySetRefused: The rules do not compile, or leave the empty input undecided.
            PolicyUnavailable: The children did not come up.
        """
        if policy_set.digest in self._pools:
            return
        pool = EnginePool(policy_set, self._entrypoint, self._limits)
        await pool.start()
        self._pools[policy_set.digest] = pool

    def activate(self, policy_digest: str) -> None:
        """Take the set with this digest, which is held, for the one in force."""
        self._active = policy_digest

    async def drop(self, policy_digest: str) -> None:
        """Answer what a set has been asked already, then end its children."""
        pool = self._pools.pop(policy_digest, None)
        if pool is None:
            return
        self._leaving.add(pool)
        await pool.retire()
        self._leaving.discard(pool)

    async def decide(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        """Return the decision document for *policy_input* under the named policy set.

        Raises:
            PolicyUnavailable: Undefined, late, an error inside a rule, a policy set that is not
                held, or no engine at all.
        """
        pool = self._pools.get(policy_digest)
        if pool is None:
            started = "another policy set is active than the one asked for"
            raise PolicyUnavailable(started if self._pools else "the policy engine is not started")
        document = read_answer(await pool.ask(_encode(policy_input)))
        if not isinstance(document, dict):
            raise PolicyUnavailable("the decision is no object")
        return document

    async def close(self) -> None:
        """End all children; calls still waiting fail."""
        pools, self._pools = [*self._pools.values(), *self._leaving], {}
        await asyncio.gather(*(pool.close() for pool in pools))


def _encode(policy_input: Mapping[str, Json]) -> bytes:
    try:
        text = json.dumps(policy_input, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        encoded = text.encode()
    except (TypeError, ValueError) as error:
        raise PolicyUnavailable("the policy input cannot be written as JSON") from error
    if len(encoded) > MAX_INPUT:
        raise PolicyUnavailable("the policy input is too long")
    return encoded
