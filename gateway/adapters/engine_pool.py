"""A pool of engine children that all hold one policy set, with one queue in front."""

import asyncio
from collections import deque
from dataclasses import dataclass

import structlog

from gateway.adapters.engine_answer import read_first, read_loading
from gateway.adapters.engine_child import ADD_DATA, ADD_MODULE, EVALUATE
from gateway.adapters.engine_process import EngineProcess
from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.policy.policy_set import PolicySet

_log = structlog.get_logger(__name__)

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Sizes and times of a pool. Seconds, and counts."""

    children: int = 1
    deadline_s: float = 1.0
    loading_s: float = 30.0
    waiting: int = 256


@dataclass(frozen=True, slots=True)
class _Job:
    question: bytes
    answer: asyncio.Future[bytes]
    timer: asyncio.TimerHandle


class EnginePool:
    """Children for one policy set. Questions are taken in the order in which they came.

    A question waits at most the deadline for a child, then has the whole deadline for its
    evaluation: a crowd makes questions fail, it does not kill children.
    """

    def __init__(self, policy_set: PolicySet, entrypoint: str, limits: PoolLimits) -> None:
        self.digest = policy_set.digest
        self._policy_set = policy_set
        self._path = entrypoint.encode() + b"\0"
        self._limits = limits
        self._children: set[EngineProcess] = set()
        self._idle: deque[EngineProcess] = deque()
        self._queue: deque[_Job] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._retiring = False

    @property
    def ready(self) -> bool:
        return any(child.loaded and not child.gone.is_set() for child in self._children)

    async def start(self) -> None:
        """Start every child and let each evaluate the empty input, which compiles the rules.

        Raises:
            PolicySetRefused: The rules do not compile, or give no decision for empty input.
            PolicyUnavailable: A child did not come up in time.
        """
        starts = (self._start_child() for _ in range(self._limits.children))
        results = await asyncio.gather(*starts, return_exceptions=True)
        failure = next((result for result in results if isinstance(result, BaseException)), None)
        if failure is not None:
            await self.close()
            raise failure

    def ask(self, policy_input: bytes) -> asyncio.Future[bytes]:
        """Queue a question; the future gets the library's answer, or PolicyUnavailable."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        question = self._path + policy_input
        if self._idle:
            self._idle.popleft().ask(EVALUATE, question, self._limits.deadline_s, answer)
        elif self._retiring or len(self._queue) >= self._limits.waiting:
            answer.set_exception(PolicyUnavailable("too many decisions are waiting"))
        else:
            timer = loop.call_later(self._limits.deadline_s, self._give_up, answer)
            self._queue.append(_Job(question, answer, timer))
        return answer

    async def retire(self) -> None:
        """Answer what is queued, then end the children; new questions are refused."""
        self._retiring = True
        while self._idle:
            self._idle.popleft().kill()
        await self._wait_for_children()

    async def close(self) -> None:
        """End all children now; every open question fails."""
        self._retiring = True
        for job in self._queue:
            _refuse(job, "the policy engine was stopped")
        self._queue.clear()
        for child in tuple(self._children):
            child.kill()
        await self._wait_for_children()

    # --- children

    async def _wait_for_children(self) -> None:
        await asyncio.gather(*(child.ended() for child in tuple(self._children)))
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start_child(self) -> None:
        child = await EngineProcess.start()
        self._children.add(child)
        try:
            await self._load(child)
        except BaseException:
            child.kill()
            await child.ended()
            self._children.discard(child)
            raise
        child.loaded = True
        child.on_idle = self._child_idle
        child.on_gone = self._child_gone
        if child.gone.is_set():
            self._child_gone(child)
        else:
            self._child_idle(child)

    async def _load(self, child: EngineProcess) -> None:
        policies, limit_s = self._policy_set, self._limits.loading_s
        for path, source in policies.modules.items():
            body = path.encode() + b"\0" + source.encode()
            read_loading(await child.ask_now(ADD_MODULE, body, limit_s))
        read_loading(await child.ask_now(ADD_DATA, policies.data_json, limit_s))
        read_first(await child.ask_now(EVALUATE, self._path + b"{}", limit_s))

    def _child_idle(self, child: EngineProcess) -> None:
        while self._queue:
            job = self._queue.popleft()
            job.timer.cancel()
            if not job.answer.done():
                child.ask(EVALUATE, job.question, self._limits.deadline_s, job.answer)
                return
        if self._retiring:
            child.kill()
        else:
            self._idle.append(child)

    def _child_gone(self, child: EngineProcess) -> None:
        if child in self._idle:
            self._idle.remove(child)
        task = asyncio.get_running_loop().create_task(self._replace(child))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, child: EngineProcess) -> None:
        pause_s = _FIRST_PAUSE_S
        try:
            await child.ended()
        finally:
            self._children.discard(child)
        while not self._retiring:
            try:
                await self._start_child()
            except (OSError, PolicyUnavailable, PolicySetRefused) as error:
                _log.error("engine_child_not_replaced", error=type(error).__name__)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            else:
                return

    def _give_up(self, answer: asyncio.Future[bytes]) -> None:
        if not answer.done():
            answer.set_exception(PolicyUnavailable("no policy engine was free in time"))
        while self._queue and self._queue[0].answer.done():  # the oldest give up first
            self._queue.popleft().timer.cancel()


def _refuse(job: _Job, why: str) -> None:
    job.timer.cancel()
    if not job.answer.done():
        job.answer.set_exception(PolicyUnavailable(why))
