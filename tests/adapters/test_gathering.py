"""Questions asked at once are answered by one read, and each by its own answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gateway.adapters.gathering import Gathering
from gateway.errors import LogUnavailable


@dataclass
class Library:
    """Doubles numbers when the doors are open; keeps what it was asked together."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[list[int]] = field(default_factory=list)
    fails: bool = False

    async def read(self, numbers: list[int]) -> Sequence[int]:
        self.asked.append(numbers)
        await self.open.wait()
        if self.fails:
            raise LogUnavailable("closed")
        return [2 * number for number in numbers]


async def test_questions_of_one_moment_are_one_read() -> None:
    library = Library()
    library.open.set()
    gathering = Gathering(library.read, limit=8)

    answers = await asyncio.gather(*(gathering.ask(number) for number in (1, 2, 3, 2)))

    assert answers == [2, 4, 6, 4]
    assert library.asked == [[1, 2, 3, 2]]


async def test_what_is_asked_during_a_read_is_answered_by_the_next() -> None:
    """No answer is older than its question."""
    library = Library()
    gathering = Gathering(library.read, limit=2)
    first = asyncio.create_task(gathering.ask(1))
    while not library.asked:
        await asyncio.sleep(0)
    later = [asyncio.create_task(gathering.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    library.open.set()

    assert await asyncio.gather(first, *later) == [2, 4, 6, 8]
    assert library.asked == [[1], [2, 3], [4]]
    assert await gathering.ask(5) == 10


async def test_a_read_that_fails_fails_for_those_whom_it_was_to_serve() -> None:
    library = Library(fails=True)
    library.open.set()
    gathering = Gathering(library.read, limit=8)

    found = await asyncio.gather(gathering.ask(1), gathering.ask(2), return_exceptions=True)
    library.fails = False

    assert [type(error) for error in found] == [LogUnavailable, LogUnavailable]
    assert await gathering.ask(3) == 6


async def test_who_has_gone_takes_no_answer_from_the_others() -> None:
    library = Library()
    gathering = Gathering(library.read, limit=8)
    asked = [asyncio.create_task(gathering.ask(number)) for number in (1, 2)]
    while not library.asked:
        await asyncio.sleep(0)
    asked[0].cancel()
    library.open.set()

    assert await asked[1] == 4
    with pytest.raises(asyncio.CancelledError):
        await asked[0]


async def test_when_the_process_ends_no_caller_is_left_waiting() -> None:
    gathering = Gathering(Library().read, limit=1)
    asked = [asyncio.create_task(gathering.ask(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    (reading,) = (task for task in asyncio.all_tasks() if task.get_name() == "gathered-reads")
    await asyncio.sleep(0)

    reading.cancel()

    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(error) for error in found] == [LogUnavailable, LogUnavailable]
