"""How often a unit may call: a rate by the minute and a quota by the day, for all processes.

Each process counts what it admits and tells the store every second what is new; the store
answers with what all processes admitted. Between two of those a unit can pass its limit by
what the other processes admit in that second, and no more. The log is never touched for it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from gateway.errors import DependencyFailed, TooManyRequests
from gateway.ports import Clock

_log = structlog.get_logger("rates")
_MINUTE_S = 60
_DAY_S = 86_400
SYNC_S = 1.0

Window = tuple[str, int, int]
"""Unit, length of the window in seconds, number of the window since 1970."""


class RateStore(Protocol):
    """Counts that all processes share."""

    async def add(self, counts: Mapping[Window, int], oldest_s: int) -> Mapping[Window, int]:
        """Add *counts*, forget windows that ended before *oldest_s*, return the totals of all.

        Raises:
            LogUnavailable: Nothing is known to be added.
        """


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Calls that a unit may make in a minute and in a day; zero means no limit."""

    per_minute: int
    per_day: int


class Rates:
    """Admits calls; `sync` is to be called every second beside the server."""

    def __init__(self, limits: RateLimits, store: RateStore, clock: Clock) -> None:
        self._limits = {_MINUTE_S: limits.per_minute, _DAY_S: limits.per_day}
        self._store = store
        self._clock = clock
        self._new: Counter[Window] = Counter()
        self._totals: Counter[Window] = Counter()

    def admit(self, unit: str) -> None:
        """Count one call of *unit*.

        Raises:
            TooManyRequests: Its rate or quota is used up; says when to come again.
        """
        now = self._clock.now().evaluated_at
        for length, limit in self._limits.items():
            if limit and self._used(unit, length, now) >= limit:
                raise TooManyRequests("the unit's rate is used up", length - now % length)
        for length in self._limits:
            self._new[unit, length, now // length] += 1

    def _used(self, unit: str, length: int, now: int) -> float:
        """Return calls in the window that slides: this one, and the rest of the one before."""
        number, into = divmod(now, length)
        this, before = (unit, length, number), (unit, length, number - 1)
        left = 1 - into / length if length == _MINUTE_S else 0
        return self._count(this) + self._count(before) * left

    def _count(self, window: Window) -> int:
        return self._totals[window] + self._new[window]

    async def sync(self) -> None:
        """Exchange counts with the store once; without it this process counts for itself."""
        new, self._new = self._new, Counter()
        oldest = self._clock.now().evaluated_at - 2 * _MINUTE_S
        try:
            totals = await self._store.add(new, oldest)
        except DependencyFailed as error:
            self._new += new
            _log.warning("rates_not_shared", why=type(error).__name__)
            return
        self._totals = Counter(totals)
