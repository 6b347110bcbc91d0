"""The `Outbox` port over SQL: sealed payloads, leases.

All statements run in one thread of their own, beside the log's. What changes together with
an entry is in `sql_effects.py`.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import Select

from gateway.adapters import sql_effects
from gateway.adapters.sql_database import read_only
from gateway.adapters.tables.log import Entry, RecordKey
from gateway.adapters.tables.outbox import DeliveryRow
from gateway.errors import LogUnavailable
from gateway.model.evidence import DeliveryState, Lease
from gateway.ports import Delivery

_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_STATE = 7
"""Where the state stands among what a `Delivery` holds."""
_T = TypeVar("_T")


class SqlOutbox:
    """Reads and leases rows of the table `delivery`. Use it as an async context manager."""

    def __init__(self, engine: Engine) -> None:
        self._write = engine
        self._read = read_only(engine)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")

    async def __aenter__(self) -> "SqlOutbox":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._thread.shutdown()

    async def due(
        self,
        now: int,
        limit: int,
        but_for: Collection[str] = (),
        begun: Collection[str] = (),
    ) -> Sequence[Delivery]:
        values = {
            "now": now,
            "limit": limit,
            "but_for": sorted(but_for),
            "begun": sorted(begun),
        }
        return await self._run(self._read, lambda connection: _rows(connection, _due(), values))

    async def overdue_holds(self, now: int, limit: int) -> Sequence[Delivery]:
        return await self._select(
            _deliveries()
            .where(
                _delivery.c.state == DeliveryState.HELD.value,
                _delivery.c.expires_at <= now,
            )
            .order_by(_delivery.c.index)
            .limit(limit)
        )

    async def lapsed(
        self, now: int, created_until: int, today: int, limit: int
    ) -> Sequence[Delivery]:
        return await self._select(
            _deliveries()
            .where(
                _delivery.c.state.in_(sql_effects.WAITING),
                or_(
                    _delivery.c.created_at <= created_until,
                    _delivery.c.delete_at_day < today,
                ),
                _free(now),
            )
            .order_by(_delivery.c.index)
            .limit(limit)
        )

    async def take(self, leases: Sequence[Lease]) -> Sequence[Delivery]:
        def take(connection: Connection) -> list[Delivery]:
            taken = [
                lease.delivery_id for lease in leases if sql_effects.take_lease(connection, lease)
            ]
            return _rows(connection, _deliveries().where(_delivery.c.id.in_(taken)))

        return await self._run(self._write, take)

    async def postpone(self, delivery_id: str, token: str, next_at: int) -> None:
        statement = (
            update(_delivery)
            .where(
                _delivery.c.id == delivery_id,
                _delivery.c.state == DeliveryState.QUEUED.value,
                _delivery.c.lease_token == token,
            )
            .values(lease_token=None, lease_until=None, next_at=next_at)
        )
        await self._run(self._write, lambda connection: connection.execute(statement))

    async def put_off(self, delivery_id: str, now: int, next_at: int) -> None:
        statement = (
            update(_delivery)
            .where(
                _delivery.c.id == delivery_id,
                _delivery.c.state == DeliveryState.QUEUED.value,
                _free(now),
            )
            .values(next_at=next_at)
        )
        await self._run(self._write, lambda connection: connection.execute(statement))

    async def of_exchange(self, index: int) -> Delivery | None:
        rows = await self._select(_deliveries().where(_delivery.c.index == index))
        return rows[0] if rows else None

    async def find(self, delivery_id: str) -> Delivery | None:
        rows = await self._select(_deliveries().where(_delivery.c.id == delivery_id))
        return rows[0] if rows else None

    async def waiting_for(
        self, recipient: str, now: int, after: int, limit: int, max_bytes: int
    ) -> Sequence[Delivery]:
        lengths = (
            select(_delivery.c.id, func.length(_delivery.c.jwe))
            .where(
                _delivery.c.recipient == recipient,
                _delivery.c.state.in_(sql_effects.WAITING),
                _delivery.c.index > after,
                _delivery.c.jwe.is_not(None),
                _free(now),
            )
            .order_by(_delivery.c.index)
            .limit(limit)
        )

        def read(connection: Connection) -> list[Delivery]:
            chosen = _first(connection.execute(lengths).all(), max_bytes)
            query = _deliveries().where(_delivery.c.id.in_(chosen))
            return _rows(connection, query.order_by(_delivery.c.index))

        return await self._run(self._read, read)

    async def _select(self, query: Select[Any]) -> Sequence[Delivery]:
        return await self._run(self._read, lambda connection: _rows(connection, query))

    async def _run(self, engine: Engine, work: Callable[[Connection], _T]) -> _T:
        def transaction() -> _T:
            with engine.begin() as connection:
                return work(connection)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, transaction)
        except (SQLAlchemyError, OSError) as error:
            raise LogUnavailable("the outbox cannot be reached") from error


def _deliveries() -> Select[Any]:
    """Select what a `Delivery` holds, in its order: with id and bucket of the decision."""
    columns = (
        *(_delivery.c.id, _delivery.c.index, _entry.c.id, _key.c.bucket),
        *(_delivery.c.recipient, _delivery.c.sender, _delivery.c.jwe, _delivery.c.state),
        *(_delivery.c.attempts, _delivery.c.failures_logged, _delivery.c.next_at),
        *(_delivery.c.created_at, _delivery.c.expires_at, _delivery.c.delete_at_day),
        _delivery.c.acknowledged,
    )
    return select(*columns).select_from(
        _delivery.join(_entry, _entry.c.index == _delivery.c.index).outerjoin(
            _key, _key.c.index == _delivery.c.index
        )
    )


@cache
def _due() -> Select[Any]:
    """Select what is due, in the order of the index `delivery_due`: no backlog is sorted."""
    now: Any = bindparam("now")
    return (
        _deliveries()
        .where(
            _delivery.c.state == DeliveryState.QUEUED.value,
            _delivery.c.next_at <= now,
            _free(now),
            _delivery.c.recipient.not_in(bindparam("but_for", expanding=True)),
            _delivery.c.id.not_in(bindparam("begun", expanding=True)),
        )
        .order_by(_delivery.c.next_at)
        .limit(bindparam("limit"))
    )


def _free(now: Any) -> Any:
    return or_(_delivery.c.lease_until.is_(None), _delivery.c.lease_until <= now)


def _first(lengths: Sequence[Any], max_bytes: int) -> list[str]:
    """Return the ids of the first deliveries that together have *max_bytes*; at least one."""
    chosen: list[str] = []
    total = 0
    for delivery_id, length in lengths:
        total += length
        if chosen and total > max_bytes:
            break
        chosen.append(delivery_id)
    return chosen


def _rows(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Delivery]:
    return [_delivery_of(list(row)) for row in connection.execute(query, values)]


def _delivery_of(values: list[Any]) -> Delivery:
    values[_STATE] = DeliveryState(values[_STATE])
    return Delivery(*values)
