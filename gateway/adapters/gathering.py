"""Concurrent reads share one: while it runs, those that come meanwhile gather for the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from gateway.errors import LogUnavailable

_K = TypeVar("_K")
_V = TypeVar("_V")


class Gathering(Generic[_K, _V]):
    """Answers single questions by asking many at once; nobody waits for a timer.

    *read* gets questions and returns their answers in the same order. An answer is never
    older than its question.
    """

    def __init__(self, read: Callable[[list[_K]], Awaitable[Sequence[_V]]], limit: int) -> None:
        self._read = read
        self._limit = limit
        self._waiting: list[tuple[_K, asyncio.Future[_V]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: _K) -> _V:
        """Return the answer; what *read* raises is raised for everybody whom it was to serve."""
        future: asyncio.Future[_V] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="gathered-reads")
        return await future

    async def _run(self) -> None:
        batch: list[tuple[_K, asyncio.Future[_V]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._serve(batch)
        finally:  # cancelled, or an error that nobody foresaw: no caller may wait for ever
            self._task = None
            for _, future in [*batch, *self._waiting]:
                if not future.done():
                    future.set_exception(LogUnavailable("the log is closed"))
            self._waiting = []

    async def _serve(self, batch: list[tuple[_K, "asyncio.Future[_V]"]]) -> None:
        try:
            answers = await self._read([question for question, _ in batch])
        except LogUnavailable as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():  # the caller may have gone
                future.set_result(answer)
