"""A process that decides: tells the others what it has loaded, and follows the head of the log."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import structlog

from gateway.drafting import random_id
from gateway.errors import LogUnavailable
from gateway.lifecycle.policies_in_force import PoliciesInForce

_log = structlog.get_logger("node")
BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a node is to hold: the set in force at *size* entries, and those to be loaded before."""

    in_force: str
    size: int
    staged: frozenset[str]


class NodeStore(Protocol):
    """The rows of all nodes, which each of them sees."""

    def beat(self, node_id: str, process: str, staged: Collection[str], active: str) -> Wanted:
        """Write a node's row with the present time, and return what is wanted of it.

        Raises:
            LogUnavailable: The database cannot be used.
        """

    def leave(self, node_id: str) -> None:
        """Take a node's row away.

        Raises:
            LogUnavailable: The database cannot be used.
        """


class Node:
    """One process under a random id of its own."""

    def __init__(self, policies: PoliciesInForce, store: NodeStore, beat_s: float = BEAT_S) -> None:
        self._id = random_id()
        self._process = f"serve {os.getpid()} {socket.gethostname()}"
        self._policies, self._store, self._beat_s = policies, store, beat_s

    async def run(self) -> None:
        """Beat once a second, and at once when something was loaded, until it is cancelled."""
        while True:
            self._policies.changed.clear()
            await self._beat()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._beat_s):
                    await self._policies.changed.wait()

    async def leave(self) -> None:
        """Take the row away; where that fails, the row grows old by itself."""
        with contextlib.suppress(LogUnavailable):
            await asyncio.to_thread(self._store.leave, self._id)

    async def _beat(self) -> None:
        policies = self._policies
        try:
            wanted = await asyncio.to_thread(
                self._store.beat,
                self._id,
                self._process,
                sorted(policies.held),
                policies.active or "",
            )
        except LogUnavailable as error:
            _log.warning("node_not_seen", why=type(error).__name__)
            return
        policies.follow(wanted.in_force, wanted.size)
        policies.stage(wanted.staged)
