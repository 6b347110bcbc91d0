"""Short look-ups in the event loop's own thread, where the database is a file of this machine.

A look-up by key takes SQLite some microseconds, and a hop to another thread and back a hundred
times as long. In WAL mode a reader waits for no writer. Over a network every read waits, so
that there is no glance at other databases.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event


class Glance:
    """One connection that only reads, kept open; each look sees what is committed by then."""

    def __init__(self, engine: Engine) -> None:
        self._uri: str | None = None
        self._connection: sqlite3.Connection | None = None
        if engine.dialect.name == "sqlite" and engine.url.database is not None:
            self._uri = f"{Path(engine.url.database).absolute().as_uri()}?mode=rw"
            event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def look(self, sql: str, *values: str) -> list[Any] | None:
        """Return all rows; None if that is not possible here and now, without waiting.

        The caller then reads as he would without a glance, and learns what is wrong.
        """
        if self._uri is None:
            return None
        try:
            if self._connection is None:
                self._connection = _open(self._uri)
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error:
            self.close()
            return None

    def close(self) -> None:
        """Close the connection; the next look opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _open(uri: str) -> sqlite3.Connection:
    """Open what is there already. `rw` and not `ro`: whoever closes a WAL last tidies it up."""
    connection = sqlite3.connect(
        uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA query_only=ON")
    return connection
