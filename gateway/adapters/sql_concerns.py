"""Reads what concerns a unit: rows first, then the parts of those that are wanted."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.stored_leaf import time_of
from gateway.adapters.tables.log import ConcernRow as ConcernTable
from gateway.adapters.tables.log import Entry, PartRow, RecordKey
from gateway.adapters.tables.outbox import DeliveryRow
from gateway.adapters.tables.registry import UnitRow
from gateway.model.concern import Concerned, ConcernPage, ConcernRow, Wanted
from gateway.model.evidence import DeliveryState, EntryType, Part

WINDOW = 512
"""Rows that one page looks at."""

_concern: Any = ConcernTable.__table__  # type: ignore[attr-defined]
_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_part: Any = PartRow.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_unit: Any = UnitRow.__table__  # type: ignore[attr-defined]
_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]


def read_page(
    connection: Connection, seal: RecordSeal, unit: str, after: int, limit: int, wanted: Wanted
) -> ConcernPage:
    """Return a page of what concerns *unit*; see the port."""
    rows = _window(connection, unit, after)
    chosen: list[ConcernRow] = []
    seen = after
    for row in rows:
        if len(chosen) == limit:
            break
        seen = row.index
        if wanted(row):
            chosen.append(row)
    more = len(rows) == WINDOW or seen < (rows[-1].index if rows else after)
    return ConcernPage(tuple(_open(connection, seal, chosen)), seen, more)


def units_concerned(connection: Connection) -> frozenset[str]:
    """Return every unit that some entry of the log concerns."""
    return frozenset(connection.execute(select(_concern.c.unit).distinct()).scalars())


def newest(connection: Connection, units: Collection[str]) -> Mapping[str, int]:
    """Return the index of the newest entry of each unit.

    One statement for all registered units, with one step in the tree for each: a statement
    for each unit that asks would cost more than a hundred steps.
    """
    index = select(func.max(_concern.c.index)).where(_concern.c.unit == _unit.c.id)
    rows = connection.execute(select(_unit.c.id, index.scalar_subquery()))
    return {unit: index for unit, index in rows if index is not None and unit in units}


def _window(connection: Connection, unit: str, after: int) -> list[ConcernRow]:
    query = (
        select(_concern.c.index, _concern.c.role, _entry.c.id, _entry.c.type, _delivery.c.state)
        .select_from(
            _concern.join(_entry, _entry.c.index == _concern.c.index).outerjoin(
                _delivery, _delivery.c.index == _concern.c.index
            )
        )
        .where(_concern.c.unit == unit, _concern.c.index > after)
        .order_by(_concern.c.index)
        .limit(WINDOW)
    )
    return [
        ConcernRow(
            index=row["index"],
            role=Part(row["role"]),
            entry_id=row["id"],
            type=EntryType(row["type"]),
            delivery=None if row["state"] is None else DeliveryState(row["state"]),
        )
        for row in connection.execute(query).mappings()
    ]


def _open(connection: Connection, seal: RecordSeal, rows: Sequence[ConcernRow]) -> list[Concerned]:
    """Open the one part of each row that its role may read."""
    indexes = [row.index for row in rows]
    if not indexes:
        return []
    query = select(_entry.c.index, _entry.c.leaf).where(_entry.c.index.in_(indexes))
    leaves = {row["index"]: row["leaf"] for row in connection.execute(query).mappings()}
    sealed = {
        (part["index"], part["name"]): part
        for part in connection.execute(
            select(_part, _key.c.bucket, _key.c.wrapped)
            .join(_key, _key.c.index == _part.c.index)
            .where(_part.c.index.in_(indexes), _part.c.name.in_({row.role.value for row in rows}))
        ).mappings()
    }
    return [
        Concerned(
            row,
            time_of(leaves[row.index]),
            _disclosure(seal, row, sealed.get((row.index, row.role.value))),
        )
        for row in rows
    ]


def _disclosure(seal: RecordSeal, row: ConcernRow, sealed: RowMapping | None) -> str | None:
    if sealed is None:
        return None
    opened = seal.open(
        row.entry_id, sealed["bucket"], sealed["wrapped"], {row.role: sealed["ciphertext"]}
    )
    return opened.get(row.role)
