"""Gives proofs their hashes: level 0 from the entries, higher levels from the tiles."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from gateway.adapters.tables.log import Entry, Tile

_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_tile: Any = Tile.__table__  # type: ignore[attr-defined]
TILE_WIDTH = 256
_LEAVES = (
    select(_entry.c.leaf_hash)
    .where(_entry.c.index >= bindparam("start"), _entry.c.index < bindparam("end"))
    .order_by(_entry.c.index)
)
_TILE = select(_tile.c.data).where(_tile.c.level == bindparam("level"), _tile.c.n == bindparam("n"))


def hash_reader(connection: Connection) -> Callable[[int, int, int], list[bytes]]:
    """Return a reader of the hashes of a level, from a first one to before an end."""

    def read(level: int, start: int, end: int) -> list[bytes]:
        if level == 0:
            rows = connection.execute(_LEAVES, {"start": start, "end": end})
            return [value for (value,) in rows.all()]
        tile, first = divmod(start, TILE_WIDTH)
        row = connection.execute(_TILE, {"level": level, "n": tile}).scalar_one_or_none()
        data: bytes = row or b""
        there = range(first, min(first + end - start, len(data) // 32))
        return [data[place * 32 : place * 32 + 32] for place in there]

    return read
