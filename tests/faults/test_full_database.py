"""The database itself may take no further page: refused, and decided once when it may again.

Beside `test_disk.py` (a full filesystem, a limit on files) this needs no rights and no process.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from gateway.errors import LogUnavailable
from gateway.fsck.check import check_gateway
from gateway.model.evidence import EntryType
from tests.faults.brittle import Breaking
from tests.faults.courses import KEY, Course, opened
from tests.gateways import settings_for

_NO_LIMIT = 1 << 30
_MANY = 200


class Pages:
    """How many pages the database may have; no connection may take more."""

    def __init__(self, engine: Any) -> None:
        self.limit = _NO_LIMIT
        event.listen(engine, "begin", self._set)

    def _set(self, connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.limit}")


@pytest.fixture
async def course(_founded: Path, tmp_path: Path) -> AsyncIterator[Course]:
    home = shutil.copytree(_founded, tmp_path / "gateway")
    async with opened(home, Breaking()) as course:
        yield course


async def test_without_a_page_left_nothing_is_decided_or_sent_and_later_once(
    course: Course,
) -> None:
    pages = Pages(course.gateway.database)
    pages.limit = 1  # SQLite takes it as: no more than there are
    decided = 0
    with pytest.raises(LogUnavailable):
        for number in range(_MANY):  # those that there are have some room
            await course.ask(f"{number:08x}-0000-4000-8000-000000000000")
            decided += 1
    waiting = len(await course.gateway.deliveries())
    with pytest.raises(LogUnavailable):
        for _ in range(_MANY):
            await course.work()
            await course.ask(KEY)
            decided += 1

    pages.limit = _NO_LIMIT
    for key in list(course.sent):
        await course.ask(key)
        await course.work()

    assert waiting <= decided
    assert len(await course.gateway.entries(EntryType.DECISION)) == len(course.sent)
    for key, answers in course.answers.items():
        assert all(answer.body == answers[0].body for answer in answers), key
    assert len(course.destination.arrived) == len(course.sent)
    course.gateway.verify(course.gateway.home / "copy")
    assert check_gateway(settings_for(course.gateway.home)).findings.clean
