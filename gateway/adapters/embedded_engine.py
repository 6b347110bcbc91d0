"""PolicyEngine: the OPA library in child processes, killed at the deadline."""

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

    A call waits at most the deadline for a child and at most the deadline for its answer.
    """

    def __init__(self, limits: PoolLimits | None = None, entrypoint: str = ENTRYPOINT) -> None:
        self._limits = limits or PoolLimits(children=children_for_this_machine())
        self._entrypoint = entrypoint
        self._pool: EnginePool | None = None

    @property
    def name(self) -> str:
        return "embedded/opa-1.20.2"

    @property
    def ready(self) -> bool:
        """Whether a child is up: without one no decision is made until it is replaced."""
        return self._pool is not None and self._pool.ready

    async def start(self, policy_set: PolicySet) -> None:
        """Load *policy_set* into fresh children and decide by it from now on.

        Called again with another set it is the swap: the new children are ready before the
        old ones stop, and calls already queued are answered by the old set.

        Raises:
            PolicySetRefused: The rules do not compile, or leave the empty input undecided.
                What was in force before stays in force.
            PolicyUnavailable: The children did not come up.
        """
        pool = EnginePool(policy_set, self._entrypoint, self._limits)
        await pool.start()
        self._pool, old = pool, self._pool
        if old is not None:
            await old.retire()

    swap = start

    async def decide(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        """Return the decision document for *policy_input* under the named policy set.

        Raises:
            PolicyUnavailable: Undefined, late, an error inside a rule, another policy digest
                active than the one asked for, or no engine at all.
        """
        pool = self._pool
        if pool is None:
            raise PolicyUnavailable("the policy engine is not started")
        if pool.digest != policy_digest:
            raise PolicyUnavailable("another policy set is active than the one asked for")
        document = read_answer(await pool.ask(_encode(policy_input)))
        if not isinstance(document, dict):
            raise PolicyUnavailable("the decision is no object")
        return document

    async def close(self) -> None:
        """End all children; calls still waiting fail."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


def _encode(policy_input: Mapping[str, Json]) -> bytes:
    try:
        text = json.dumps(policy_input, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        encoded = text.encode()
    except (TypeError, ValueError) as error:
        raise PolicyUnavailable("the policy input cannot be written as JSON") from error
    if len(encoded) > MAX_INPUT:
        raise PolicyUnavailable("the policy input is too long")
    return encoded
