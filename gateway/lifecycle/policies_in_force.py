"""The policy sets that a process has loaded, and which of them is in force.

What is in force says the head of the log. A process that has that set decides by it from the
moment it sees the head; one that has not refuses until it is loaded. Sets that are to come into
force are loaded before, and let go if they do not.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

import structlog

from gateway.errors import GatewayError, PolicyUnavailable
from gateway.policies import Policies
from gateway.policy.policy_set import PolicySet

_log = structlog.get_logger("policies")
_AGAIN_S = 10.0
"""A set that could not be loaded is tried again after so long."""


class HoldsSets(Protocol):
    """What a policy engine does with sets beside deciding."""

    async def hold(self, policy_set: PolicySet) -> None:
        """Make ready to decide by *policy_set*, beside those that are held.

        Raises:
            PolicySetRefused: The engine does not take the rules.
            PolicyUnavailable: It could not be made ready.
        """

    def activate(self, policy_digest: str) -> None:
        """Take the set with this digest, which is held, for the one in force."""

    async def drop(self, policy_digest: str) -> None:
        """Answer what a set has been asked already, then let it go."""


class PoliciesInForce:
    """Calling it gives the set in force. `run` is to go on beside whatever asks."""

    def __init__(
        self,
        first: Policies,
        size: int,
        load: Callable[[str], Policies],
        engine: HoldsSets | None = None,
        again_s: float = _AGAIN_S,
    ) -> None:
        """Begin with *first*, which the engine decides by already and the log named at *size*.

        *load* runs in a thread of its own.
        """
        self._in_force, self._size = first.digest, size
        self._held = {first.digest: first}
        self._staged: frozenset[str] = frozenset()
        self._load, self._engine, self._again_s = load, engine, again_s
        self._wake = asyncio.Event()
        self.changed = asyncio.Event()

    def __call__(self) -> Policies:
        """Return the set in force.

        Raises:
            PolicyUnavailable: This process has not loaded it yet.
        """
        held = self._held.get(self._in_force)
        if held is None:
            raise PolicyUnavailable("the rules in force are not loaded here yet")
        return held

    @property
    def held(self) -> frozenset[str]:
        """The digests of all sets that this process could decide by at once."""
        return frozenset(self._held)

    @property
    def active(self) -> str | None:
        """The digest of the set that decides here; None while that in force is not loaded."""
        return self._in_force if self._in_force in self._held else None

    def follow(self, digest: str, size: int) -> None:
        """Decide by the set that the head of the log names at *size* entries, and by no other.

        What was seen of an older head comes too late, and changes nothing.
        """
        if size < self._size:
            return
        self._size = size
        if digest != self._in_force:
            self._in_force = digest
            self._activate()
            self._wake.set()

    def stage(self, digests: Collection[str]) -> None:
        """Keep these sets loaded beside the one in force, and no others."""
        if self._staged != frozenset(digests):
            self._staged = frozenset(digests)
            self._wake.set()

    async def run(self) -> None:
        """Load what is wanted and let go what is not, until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            missing = self._wanted - self._held.keys()
            for digest in sorted(missing, key=lambda each: each != self._in_force):
                await self._hold(digest)
            for digest in self._held.keys() - self._wanted:
                del self._held[digest]
                if self._engine is not None:
                    await self._engine.drop(digest)
            self.changed.set()

    @property
    def _wanted(self) -> frozenset[str]:
        return self._staged | {self._in_force}

    async def _hold(self, digest: str) -> None:
        try:
            policies = await asyncio.to_thread(self._load, digest)
            if self._engine is not None:
                await self._engine.hold(policies.policy_set)
        except (GatewayError, OSError) as error:
            _log.error("policy_set_not_loaded", digest=digest, error=type(error).__name__)
            asyncio.get_running_loop().call_later(self._again_s, self._wake.set)
            return
        self._held[digest] = policies
        _log.info("policy_set_loaded", digest=digest)
        if digest == self._in_force:
            self._activate()

    def _activate(self) -> None:
        self.changed.set()
        if self._engine is not None and self.active is not None:
            self._engine.activate(self.active)
        _log.info("policy_set_in_force", digest=self._in_force, loaded=self.active is not None)
