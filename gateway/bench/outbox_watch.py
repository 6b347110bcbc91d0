"""Watches the gateway's outbox beside it, read-only: which deliveries are acknowledged, when.

The state `delivered` is committed in one transaction with the entry of the acknowledgement.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from gateway.bench.figures import BenchFailed
from gateway.model.evidence import DeliveryState

_PAUSE_S = 0.02
_STANDSTILL_S = 90.0  # longer than a lease, after which a delivery is tried again
_OPEN, _DONE = DeliveryState.QUEUED.value, DeliveryState.DELIVERED.value


class OutboxWatch:
    """Remembers for each delivery when it was first seen acknowledged.

    `acknowledged` has as key the index of the decision's entry, as value seconds of
    `perf_counter`; it is late by up to one pause between two looks, 20 ms.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._first_open = 0
        self.acknowledged: dict[int, float] = {}

    async def until(self, count: int) -> None:
        """Look again and again until *count* deliveries are acknowledged.

        Raises:
            BenchFailed: One ended otherwise, or for a minute and a half none was acknowledged.
        """
        moved = perf_counter()
        while len(self.acknowledged) < count:
            before = len(self.acknowledged)
            await asyncio.sleep(_PAUSE_S)
            self.look()
            if len(self.acknowledged) > before:
                moved = perf_counter()
            elif perf_counter() - moved > _STANDSTILL_S:
                raise BenchFailed(
                    f"{len(self.acknowledged)} of {count} deliveries are acknowledged, "
                    "and no more follow"
                )

    def look(self) -> None:
        """Read the deliveries that may have changed since the last look.

        Raises:
            BenchFailed: One ended otherwise than acknowledged.
        """
        now = perf_counter()
        still_open = None
        rows = self._database.execute(
            'SELECT "index", state FROM delivery WHERE "index" >= ? ORDER BY "index"',
            (self._first_open,),
        )
        last = self._first_open - 1
        for index, state in rows:
            last = index
            if state == _DONE:
                self.acknowledged.setdefault(index, now)
            elif state == _OPEN:
                still_open = index if still_open is None else still_open
            else:
                raise BenchFailed(f"the delivery of entry {index} is {state}")
        self._first_open = last + 1 if still_open is None else still_open

    def count_acknowledged(self) -> int:
        """Count them anew, from the whole table."""
        query = "SELECT count(*) FROM delivery WHERE state = ?"
        count: int = self._database.execute(query, (_DONE,)).fetchone()[0]
        return count


@contextmanager
def watch_outbox(database: Path) -> Iterator[OutboxWatch]:
    """Open the SQLite file of a running gateway for reading."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        yield OutboxWatch(connection)
    finally:
        connection.close()
