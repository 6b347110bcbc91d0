"""Rates and quotas of units, shared by processes."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_rates import SqlRates
from gateway.errors import LogUnavailable, TooManyRequests
from gateway.model.exchange import Moment
from gateway.rates import RateLimits, Rates, Window

MINUTE = 60
DAY = 86_400
NOON = 20_000 * DAY + 43_200


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> Moment:
        return Moment(self.at, self.at // DAY)


class SharedCounts:
    """A store in memory; `broken`, it fails."""

    def __init__(self) -> None:
        self.counts: Counter[Window] = Counter()
        self.broken = False

    async def add(self, counts: Mapping[Window, int], oldest_s: int) -> Mapping[Window, int]:
        if self.broken:
            raise LogUnavailable("told to fail")
        self.counts.update(counts)
        return dict(self.counts)


def admitted(rates: Rates, unit: str, calls: int) -> int:
    count = 0
    for _ in range(calls):
        try:
            rates.admit(unit)
        except TooManyRequests:
            break
        count += 1
    return count


def test_a_unit_is_admitted_up_to_its_rate() -> None:
    rates = Rates(RateLimits(per_minute=5, per_day=0), SharedCounts(), Clock())

    assert admitted(rates, "police", 10) == 5


def test_the_answer_says_when_to_come_again() -> None:
    clock = Clock()
    clock.at = NOON + 40
    rates = Rates(RateLimits(per_minute=1, per_day=0), SharedCounts(), clock)
    rates.admit("police")

    with pytest.raises(TooManyRequests) as refused:
        rates.admit("police")

    assert refused.value.retry_after_s == 20


def test_one_unit_does_not_use_up_the_rate_of_another() -> None:
    rates = Rates(RateLimits(per_minute=3, per_day=0), SharedCounts(), Clock())
    admitted(rates, "police", 10)

    assert admitted(rates, "youth-office", 10) == 3


def test_the_window_slides() -> None:
    """Half a minute later half of the last minute's calls still count."""
    clock = Clock()
    rates = Rates(RateLimits(per_minute=10, per_day=0), SharedCounts(), clock)
    admitted(rates, "police", 10)

    clock.at = NOON + MINUTE + MINUTE // 2

    assert admitted(rates, "police", 10) == 5


def test_a_quota_holds_for_the_day_and_begins_anew_the_next() -> None:
    clock = Clock()
    rates = Rates(RateLimits(per_minute=0, per_day=4), SharedCounts(), clock)

    assert admitted(rates, "police", 10) == 4
    clock.at += DAY
    assert admitted(rates, "police", 10) == 4


def test_zero_means_no_limit() -> None:
    rates = Rates(RateLimits(per_minute=0, per_day=0), SharedCounts(), Clock())

    assert admitted(rates, "police", 1000) == 1000


async def test_processes_share_what_they_counted() -> None:
    store = SharedCounts()
    first, second = (Rates(RateLimits(per_minute=6, per_day=0), store, Clock()) for _ in "ab")
    admitted(first, "police", 4)
    await first.sync()
    await second.sync()

    assert admitted(second, "police", 10) == 2


async def test_counts_survive_a_store_that_fails_for_a_while() -> None:
    store = SharedCounts()
    rates = Rates(RateLimits(per_minute=6, per_day=0), store, Clock())
    admitted(rates, "police", 4)
    store.broken = True
    await rates.sync()

    assert admitted(rates, "police", 10) == 2
    store.broken = False
    await rates.sync()
    assert sum(count for (_, length, _), count in store.counts.items() if length == MINUTE) == 6


async def test_sql_adds_up_what_two_processes_bring_and_forgets_the_old(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engines = [open_database(url), open_database(url)]
    first, second = (SqlRates(engine) for engine in engines)
    now = ("police", MINUTE, NOON // MINUTE)
    old = ("police", MINUTE, NOON // MINUTE - 10)

    await first.add({now: 3, old: 7}, NOON - 2 * MINUTE)
    totals = await second.add({now: 2}, NOON - 2 * MINUTE)

    assert totals == {now: 5}
    assert await first.add({}, NOON - 2 * MINUTE) == {now: 5}
    for engine in engines:
        engine.dispose()
