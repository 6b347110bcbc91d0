"""The engines whose CPU time a bench reads: the library in a child, and a real OPA server."""

import asyncio
import contextlib
import json
import time
from pathlib import Path
from typing import Any, Protocol, Self

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.local_opa import LocalOpa, local_opa
from gateway.policy.policy_set import PolicySet

Json = Any

_CPU_OF_A_PROCESS = 2  # CPUCLOCK_SCHED: user and system time of all threads, by the scheduler


class Engine(Protocol):
    """An engine with one policy set, whose CPU time can be read."""

    def decide(self, given: bytes) -> bytes:
        """Return the decision on an input, both as JSON."""

    def cpu_s(self) -> float:
        """Return the CPU time of whatever decides, so far."""


class Embedded:
    """The OPA library in a child of its own, as the gateway runs it."""

    def __init__(self, policy_set: PolicySet) -> None:
        self._session = EngineSession()
        try:
            for path, source in policy_set.modules.items():
                self._session.add_module(path, source)
            self._session.add_data(policy_set.data_json)
        except BaseException:
            self._session.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__(None, None, None)

    def decide(self, given: bytes) -> bytes:
        return self._session.answer(ENTRYPOINT, given)

    def cpu_s(self) -> float:
        return _cpu_s(self._session.pid)


class Served:
    """A real OPA server on a unix socket, asked as the gateway asks it.

    Raises:
        PolicyUnavailable: The program does not run, or does not take the rules.
    """

    def __init__(self, opa: Path, policy_set: PolicySet) -> None:
        self._digest = policy_set.digest
        self._runner = asyncio.Runner()
        self._ends = contextlib.AsyncExitStack()
        try:
            self._server = self._runner.run(self._start(opa, policy_set))
        except BaseException:
            self._runner.close()
            raise

    async def _start(self, opa: Path, policy_set: PolicySet) -> LocalOpa:
        return await self._ends.enter_async_context(local_opa(opa, policy_set))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._runner.run(self._ends.aclose())
        finally:
            self._runner.close()

    def decide(self, given: bytes) -> bytes:
        answer = self._server.engine.decide(self._digest, json.loads(given))
        return json.dumps(self._runner.run(answer)).encode()

    def cpu_s(self) -> float:
        return _cpu_s(self._server.pid)


def _cpu_s(pid: int) -> float:
    return time.clock_gettime(~pid << 3 | _CPU_OF_A_PROCESS)
