"""Wakes those who wait until something new concerns their unit."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import structlog

from gateway.errors import LogUnavailable
from gateway.ports import DecisionLog

LOOK_S = 0.25
WAITING_PER_UNIT = 8
_log = structlog.get_logger("partner_api")


@dataclass(eq=False, slots=True)
class _Waiter:
    unit: str
    after: int
    woken: "asyncio.Future[None]"


class Arrivals:
    """One look at the head of the log every quarter of a second serves all who wait.

    Entries come from other processes too, so the database is what is looked at. While nobody
    waits nothing is asked; who waits holds neither a thread nor a connection.
    """

    def __init__(self, log: DecisionLog, look_s: float = LOOK_S) -> None:
        self._source = log
        self._look_s = look_s
        self._waiters: set[_Waiter] = set()
        self._units: Counter[str] = Counter()
        self._size: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def newer(self, unit: str, after: int, within_s: float) -> None:
        """Return when an entry after index *after* concerns *unit*, or the time is over.

        Returns at once if too many wait for that unit already.
        """
        if self._units[unit] >= WAITING_PER_UNIT:
            return
        waiter = _Waiter(unit, after, asyncio.get_running_loop().create_future())
        self._waiters.add(waiter)
        self._units[unit] += 1
        self._size = None  # what came between the reader's look and now is looked for, too
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(), name="arrivals")
        try:
            await asyncio.wait({waiter.woken}, timeout=within_s)
        finally:
            self._waiters.discard(waiter)
            self._units[unit] -= 1
            if not self._units[unit]:
                del self._units[unit]

    async def _look(self) -> None:
        while self._waiters:
            try:
                await self._wake()
            except LogUnavailable as error:
                _log.warning("arrivals_not_known", what=str(error))
            await asyncio.sleep(self._look_s)

    async def _wake(self) -> None:
        """Wake those for whom something came; ask nothing more while the log does not grow."""
        known, self._size = self._size, -1
        size = (await self._source.head()).size
        if size != known:
            newest = await self._source.newest_concerns({w.unit for w in self._waiters})
            for waiter in self._waiters:
                if newest.get(waiter.unit, -1) > waiter.after and not waiter.woken.done():
                    waiter.woken.set_result(None)
        if self._size is not None:  # else somebody joined meanwhile
            self._size = size
