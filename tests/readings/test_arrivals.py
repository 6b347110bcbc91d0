"""One look serves all who wait, and nothing is asked while nobody waits."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, cast

from gateway.errors import LogUnavailable
from gateway.ports import DecisionLog, Head
from gateway.readings.arrivals import WAITING_PER_UNIT, Arrivals


class Log:
    """A log that counts what it is asked."""

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self.size = 1
        self.heads = 0
        self.looks: list[set[str]] = []
        self.broken = False

    async def head(self) -> Head:
        self.heads += 1
        if self.broken:
            raise LogUnavailable("away")
        return Head("o", self.size, b"", "", "", "")

    async def newest_concerns(self, units: Collection[str]) -> Mapping[str, int]:
        self.looks.append(set(units))
        return {unit: index for unit, index in self.newest.items() if unit in units}

    def append(self, unit: str) -> None:
        self.newest[unit] = self.size
        self.size += 1


def waiting(log: Log) -> Arrivals:
    return Arrivals(cast(DecisionLog, log), look_s=0.01)


async def begun(*waits: Any) -> list["asyncio.Task[None]"]:
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.sleep(0.05)
    return tasks


async def test_all_units_are_looked_for_at_once() -> None:
    log = Log()
    arrivals = waiting(log)
    tasks = await begun(*(arrivals.newer(f"unit-{n}", -1, 30) for n in range(100)))

    log.append("unit-7")
    await asyncio.sleep(0.05)

    assert [task.done() for task in tasks] == [n == 7 for n in range(100)]
    assert len(log.looks[-1]) == 100
    for task in tasks:
        task.cancel()


async def test_while_the_log_does_not_grow_only_its_head_is_read() -> None:
    log = Log()
    tasks = await begun(waiting(log).newer("polizei", -1, 30))
    heads, looks = log.heads, len(log.looks)

    await asyncio.sleep(0.1)

    assert log.heads > heads
    assert len(log.looks) == looks
    tasks[0].cancel()


async def test_nothing_is_asked_once_nobody_waits() -> None:
    log = Log()
    await waiting(log).newer("polizei", -1, 0.03)
    await asyncio.sleep(0.05)
    heads = log.heads
    await asyncio.sleep(0.1)
    assert log.heads == heads


async def test_what_came_before_the_waiting_began_is_not_missed() -> None:
    """It may come between a reader's look and his waiting."""
    log = Log()
    arrivals = waiting(log)
    (other,) = await begun(arrivals.newer("ordnungsamt", 10**6, 30))
    log.append("polizei")
    await asyncio.sleep(0.05)

    async with asyncio.timeout(1):
        await arrivals.newer("polizei", -1, 30)
    other.cancel()


async def test_a_log_that_is_away_for_a_while_ends_nobodys_waiting() -> None:
    log = Log()
    log.broken = True
    (task,) = await begun(waiting(log).newer("polizei", -1, 30))
    assert not task.done()

    log.broken = False
    log.append("polizei")

    async with asyncio.timeout(1):
        await task


async def test_a_unit_cannot_let_any_number_wait() -> None:
    log = Log()
    arrivals = waiting(log)
    tasks = await begun(*(arrivals.newer("polizei", -1, 30) for _ in range(WAITING_PER_UNIT)))

    async with asyncio.timeout(0.5):
        await arrivals.newer("polizei", -1, 30)

    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
