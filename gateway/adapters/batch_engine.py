"""Decides batches of policy inputs: a child for each thread, a whole batch in one frame."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_answer import read_answer, read_first
from gateway.adapters.engine_session import EngineSession
from gateway.errors import PolicyUnavailable
from gateway.model.decision import DecidedMany
from gateway.policy.policy_set import PolicySet

Json = Any
_LIMIT_S = 30.0
Spawn = Callable[[float], EngineSession]


class BatchEngine:
    """Where nobody waits for the single decision: past ones, by the thousand.

    Use it as an async context manager. A batch that a child does not answer is asked again
    question by question, so that one that is late or fatal takes no other with it.
    """

    def __init__(
        self,
        policy_set: PolicySet,
        children: int,
        limit_s: float = _LIMIT_S,
        spawn: Spawn = EngineSession,
    ) -> None:
        self._policy_set = policy_set
        self._children = children
        self._limit_s = limit_s
        self._spawn = spawn
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="decide")
        self._idle: SimpleQueue[EngineSession] = SimpleQueue()

    @property
    def name(self) -> str:
        return "embedded/opa-1.20.2"

    async def __aenter__(self) -> Self:
        """Load the rules into every child.

        Raises:
            PolicySetRefused: They do not compile, or leave the empty input undecided.
            PolicyUnavailable: A child did not come up.
        """
        loop = asyncio.get_running_loop()
        starts = (loop.run_in_executor(self._threads, self._start) for _ in range(self._children))
        try:
            for session in await asyncio.gather(*starts):
                self._idle.put(session)
        except BaseException:
            self._threads.shutdown()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        while not self._idle.empty():
            self._idle.get().__exit__(None, None, None)

    async def decide_many(
        self, policy_digest: str, inputs: Sequence[Mapping[str, Json]]
    ) -> DecidedMany:
        """Return the decision documents on *inputs*.

        Raises:
            PolicyUnavailable: Another policy set is loaded than the one asked for.
        """
        if policy_digest != self._policy_set.digest:
            raise PolicyUnavailable("another policy set is active than the one asked for")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._decide, inputs)

    def _start(self) -> EngineSession:
        session = self._spawn(self._limit_s)
        try:
            for path, source in self._policy_set.modules.items():
                session.add_module(path, source)
            session.add_data(self._policy_set.data_json)
            read_first(session.answer(ENTRYPOINT, b"{}"))
        except BaseException:
            session.__exit__(None, None, None)
            raise
        return session

    def _decide(self, inputs: Sequence[Mapping[str, Json]]) -> DecidedMany:
        session = self._idle.get()
        given = [_encoded(it) for it in inputs]
        try:
            spent_s, answers = session.answers(ENTRYPOINT, given)
            return DecidedMany(tuple(_document(it) for it in answers), spent_s)
        except PolicyUnavailable:
            session.__exit__(None, None, None)
            session = self._start()
        finally:
            self._idle.put(session)
        if len(inputs) == 1:
            return DecidedMany((None,))
        alone = [self._decide([it]) for it in inputs]
        documents = tuple(document for each in alone for document in each.documents)
        return DecidedMany(documents, sum(each.cpu_s for each in alone))


def _encoded(given: Mapping[str, Json]) -> bytes:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()


def _document(answer: bytes) -> Mapping[str, Json] | None:
    try:
        document = read_answer(answer)
    except PolicyUnavailable:
        return None
    return document if isinstance(document, dict) else None
