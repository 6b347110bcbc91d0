"""Nodes over SQL: what they are to load, what they have loaded, and who was seen of late.

All times are those of the database, so that no node's clock matters.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    cast,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.sql_database import read_only
from gateway.adapters.tables.log import LogHead
from gateway.adapters.tables.policy import NodeRow, StagingRow
from gateway.errors import LogUnavailable
from gateway.lifecycle.node import Wanted
from gateway.lifecycle.staging import LiveNode

LIVE_S = 10
"""A node that was not seen for so long is taken for dead."""

STAGED_S = 600
"""A set that was marked so long ago and did not come into force is let go."""

_FORGET_S = 86_400
_head: Any = LogHead.__table__  # type: ignore[attr-defined]
_node: Any = NodeRow.__table__  # type: ignore[attr-defined]
_staging: Any = StagingRow.__table__  # type: ignore[attr-defined]
_SEEN = text("""
    INSERT INTO node (id, process, seen_at, staged, active)
    VALUES (:id, :process, :now, :staged, :active)
    ON CONFLICT (id) DO UPDATE SET seen_at = :now, staged = :staged, active = :active
    """)
_MARK = text("""
    INSERT INTO staging (digest, since) VALUES (:digest, :now)
    ON CONFLICT (digest) DO UPDATE SET since = :now
    """)


class SqlNodes:
    """The tables `node` and `staging`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, node_id: str, process: str, staged: Collection[str], active: str) -> Wanted:
        """Write a node's row with the present time, and return what is wanted of it.

        Raises:
            LogUnavailable: The database cannot be used.
        """
        row = {"id": node_id, "process": process, "staged": " ".join(staged), "active": active}
        try:
            with self._engine.begin() as connection:
                now = _now(connection)
                connection.execute(_SEEN, {**row, "now": now})
                connection.execute(delete(_node).where(_node.c.seen_at < now - _FORGET_S))
                connection.execute(delete(_staging).where(_staging.c.since < now - STAGED_S))
                head = connection.execute(select(_head.c.policy_digest, _head.c.size)).one()
                marked = connection.execute(select(_staging.c.digest)).scalars()
                return Wanted(head.policy_digest, head.size, frozenset(marked))
        except SQLAlchemyError as error:
            raise LogUnavailable("the rows of the nodes cannot be used") from error

    def leave(self, node_id: str) -> None:
        """Take a node's row away.

        Raises:
            LogUnavailable: The database cannot be used.
        """
        self._write(delete(_node).where(_node.c.id == node_id))

    def stage(self, digest: str) -> None:
        """Have every node load the set with this digest; doing it again renews the mark.

        Raises:
            LogUnavailable: The mark may or may not be set.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(_MARK, {"digest": digest, "now": _now(connection)})
        except SQLAlchemyError as error:
            raise LogUnavailable("the policy set cannot be staged") from error

    def unstage(self, digest: str) -> None:
        """Take the mark away: a set that is not in force is let go by every node.

        Raises:
            LogUnavailable: The mark may or may not be there still; it grows old by itself.
        """
        self._write(delete(_staging).where(_staging.c.digest == digest))

    def live(self) -> tuple[LiveNode, ...]:
        """Return all nodes that were seen in the last seconds.

        Raises:
            LogUnavailable: The database cannot be read.
        """
        try:
            with read_only(self._engine).begin() as connection:
                since = _now(connection) - LIVE_S
                rows = connection.execute(
                    select(_node).where(_node.c.seen_at >= since).order_by(_node.c.process)
                ).all()
        except SQLAlchemyError as error:
            raise LogUnavailable("the rows of the nodes cannot be read") from error
        return tuple(
            LiveNode(row.id, row.process, frozenset(row.staged.split()), row.active or None)
            for row in rows
        )

    def _write(self, statement: Any) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(statement)
        except SQLAlchemyError as error:
            raise LogUnavailable("the rows of the nodes cannot be written") from error


def _now(connection: Connection) -> int:
    """Return the epoch second by the clock of the database."""
    now: ColumnElement[Any] = (
        func.strftime("%s", "now")
        if connection.dialect.name == "sqlite"
        else func.extract("epoch", func.now())
    )
    return int(connection.execute(select(cast(now, BigInteger))).scalar_one())
