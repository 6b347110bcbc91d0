"""Reads many entries at once, each with one part and the proof of its checkpoint."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_hashes import hash_reader
from gateway.adapters.tables.log import CheckpointRow, Entry, PartRow, RecordKey
from gateway.model.evidence import EntryType, Part, Proven, StoredEntry
from gateway.tlog.merkle import Node, inclusion_proofs

_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_part: Any = PartRow.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_checkpoint: Any = CheckpointRow.__table__  # type: ignore[attr-defined]
_ROWS = (
    select(
        _entry.c.index,
        _entry.c.id,
        _entry.c.type,
        _entry.c.leaf,
        _entry.c.size,
        _checkpoint.c.note,
        _key.c.bucket,
        _key.c.wrapped,
        _part.c.ciphertext,
    )
    .select_from(
        _entry.join(_checkpoint, _checkpoint.c.size == _entry.c.size)
        .outerjoin(_key, _key.c.index == _entry.c.index)
        .outerjoin(_part, and_(_part.c.index == _entry.c.index, _part.c.name == bindparam("part")))
    )
    .where(_entry.c.index.in_(bindparam("indexes", expanding=True)))
)

_KNOWN_NODES = 1 << 14  # some 2 MiB

Place = tuple[int, Part]
"""Index of an entry, and the part that is read of it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was read of one entry; its part is not opened yet."""

    part: Part
    row: Any
    proof: tuple[bytes, ...]

    def opened(self, seal: RecordSeal) -> Proven:
        """Open the part, if there still is one and the key of its bucket.

        Raises:
            KeysUnavailable: The key or the part was altered.
        """
        row, opened = self.row, {}
        if row.wrapped is not None and row.ciphertext is not None:
            opened = seal.open(row.id, row.bucket, row.wrapped, {self.part: row.ciphertext})
        entry = StoredEntry(
            index=row.index,
            entry_id=row.id,
            type=EntryType(row.type),
            leaf=row.leaf,
            size=row.size,
            bucket=row.bucket,
            parts=opened,
        )
        return Proven(entry, row.note, self.proof)


def read_proven(
    connection: Connection, wanted: Sequence[Place], known: dict[Node, bytes]
) -> list[Sealed | None]:
    """Return what is *wanted*, in that order; None where the log has no such entry.

    *known* are nodes of the log's tree; it grows by those that were needed, within bounds.
    """
    indexes: defaultdict[Part, set[int]] = defaultdict(set)
    for index, part in wanted:
        indexes[part].add(index)
    rows: dict[Place, Any] = {}
    for part, some in indexes.items():
        found: Any = connection.execute(_ROWS, {"part": part.value, "indexes": sorted(some)})
        rows |= {(row.index, part): row for row in found}
    places = [(row.index, row.size) for row in rows.values()]
    if len(known) > _KNOWN_NODES:
        known.clear()
    made = inclusion_proofs(places, hash_reader(connection), known)
    proofs = dict(zip(places, made, strict=True))
    return [
        Sealed(place[1], row, proofs[row.index, row.size])
        if (row := rows.get(place)) is not None
        else None
        for place in wanted
    ]
