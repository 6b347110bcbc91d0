"""Reads the decision log: entries, proofs, tiles."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, select

from gateway.adapters import sql_concerns
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import read_only
from gateway.adapters.sql_glance import Glance
from gateway.adapters.sql_hashes import TILE_WIDTH, hash_reader
from gateway.adapters.sql_proven import Place, Sealed, read_proven
from gateway.adapters.stored_leaf import index_at
from gateway.adapters.tables.log import (
    CheckpointRow,
    Entry,
    Idempotency,
    LogHead,
    PartRow,
    RecordKey,
)
from gateway.errors import LogUnavailable, NotFound
from gateway.model.concern import ConcernPage, Wanted, everything
from gateway.model.evidence import Claim, EntryType, Part, Proven, StoredEntry
from gateway.obligations import log_class_of
from gateway.ports import Head
from gateway.tlog.merkle import Node, consistency_proof, inclusion_proof
from gateway.tlog.tiles import encode_bundle

_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_part: Any = PartRow.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_claim: Any = Idempotency.__table__  # type: ignore[attr-defined]
_checkpoint: Any = CheckpointRow.__table__  # type: ignore[attr-defined]
_head: Any = LogHead.__table__  # type: ignore[attr-defined]
_CLAIM = (_claim.c.body_hmac, _claim.c.status, _claim.c.index)
_CLAIM_SQL = 'SELECT body_hmac, status, "index" FROM idempotency WHERE unit = ? AND key = ?'
_Row = RowMapping


class SqlReader:
    """Reads beside the appender; every call is a transaction of its own."""

    def __init__(self, engine: Engine, seal: RecordSeal) -> None:
        self._engine = read_only(engine)
        self._seal = seal
        self._glance = Glance(engine)
        self._nodes: dict[Node, bytes] = {}

    def head(self) -> Head:
        with self._engine.begin() as connection:
            row = connection.execute(select(_head)).one_or_none()
        if row is None:
            raise LogUnavailable("the log has no head; run `datenschleuse init`")
        return Head(
            row.origin,
            row.size,
            row.root,
            row.checkpoint,
            row.policy_digest,
            row.registry_digest,
        )

    def claim(self, unit: str, key: str) -> list[tuple[Claim, int]]:
        """Return the claim on an idempotency key with the index of its entry, if there is one."""
        query = select(*_CLAIM).where(_claim.c.unit == unit, _claim.c.key == key)
        with self._engine.begin() as connection:
            return _claims(unit, key, connection.execute(query).all())

    def claim_at_a_glance(self, unit: str, key: str) -> list[tuple[Claim, int]] | None:
        """As `claim`, in the caller's thread; None if that is not possible without waiting."""
        rows = self._glance.look(_CLAIM_SQL, unit, key)
        return None if rows is None else _claims(unit, key, rows)

    def proven(self, wanted: Sequence[Place]) -> list[Sealed | None]:
        """Return entries with one part each and their proofs, all read together."""
        with self._engine.begin() as connection:
            return read_proven(connection, wanted, self._nodes)

    def opened(self, found: Sealed) -> Proven:
        """Open the part of what `proven` returned.

        Raises:
            KeysUnavailable: A key or the part was altered.
        """
        return found.opened(self._seal)

    def index_of(self, entry_id: str) -> int | None:
        with self._engine.begin() as connection:
            return connection.execute(
                select(_entry.c.index).where(_entry.c.id == entry_id)
            ).scalar_one_or_none()

    def entry(self, index: int) -> StoredEntry | None:
        return next(iter(self.entries(index, index + 1)), None)

    def entries(
        self,
        start: int,
        end: int,
        shut: Collection[str] = frozenset(),
        parts: Collection[Part] = frozenset(Part),
    ) -> list[StoredEntry]:
        """Return the entries from *start* to before *end*, with those of *parts* that still exist.

        Records of a log class in *shut* stay closed.
        """
        with self._engine.begin() as connection:
            rows = (
                connection.execute(
                    select(_entry)
                    .where(_entry.c.index >= start, _entry.c.index < end)
                    .order_by(_entry.c.index)
                )
                .mappings()
                .all()
            )
            keys = _by_index(connection, _key, start, end)
            wanted = _part.c.name.in_([part.value for part in parts])
            sealed = _by_index(connection, _part, start, end, wanted)
        return [
            self._opened(row, keys.get(row["index"]), sealed.get(row["index"]), shut)
            for row in rows
        ]

    def _opened(
        self,
        row: _Row,
        keys: list[_Row] | None,
        parts: list[_Row] | None,
        shut: Collection[str],
    ) -> StoredEntry:
        opened: dict[Part, str] = {}
        if keys and parts and log_class_of(keys[0]["bucket"]) not in shut:
            sealed = {Part(part["name"]): part["ciphertext"] for part in parts}
            opened = self._seal.open(row["id"], keys[0]["bucket"], keys[0]["wrapped"], sealed)
        return StoredEntry(
            index=row["index"],
            entry_id=row["id"],
            type=EntryType(row["type"]),
            leaf=row["leaf"],
            size=row["size"],
            bucket=keys[0]["bucket"] if keys else None,
            parts=opened,
        )

    def receipt_proof(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        with self._engine.begin() as connection:
            note = connection.execute(
                select(_checkpoint.c.note).where(_checkpoint.c.size == size)
            ).scalar_one_or_none()
            if note is None:
                raise NotFound("no checkpoint of that size")
            return note, tuple(inclusion_proof(index, size, hash_reader(connection)))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        with self._engine.begin() as connection:
            return tuple(consistency_proof(old, new, hash_reader(connection)))

    def hash_tile(self, level: int, number: int, width: int) -> bytes | None:
        """Return the *width* hashes of a tile, or None if the log has fewer."""
        with self._engine.begin() as connection:
            start = number * TILE_WIDTH
            hashes = hash_reader(connection)(level, start, start + width)
        return b"".join(hashes) if len(hashes) == width else None

    def entry_bundle(self, number: int, width: int) -> bytes | None:
        """Return an entry bundle of *width* entries, or None if the log has fewer."""
        start = number * TILE_WIDTH
        with self._engine.begin() as connection:
            leaves = (
                connection.execute(
                    select(_entry.c.leaf)
                    .where(_entry.c.index >= start, _entry.c.index < start + width)
                    .order_by(_entry.c.index)
                )
                .scalars()
                .all()
            )
        return encode_bundle(leaves) if len(leaves) == width else None

    def concerns(
        self, unit: str, after: int, limit: int, wanted: Wanted = everything
    ) -> ConcernPage:
        with self._engine.begin() as connection:
            return sql_concerns.read_page(connection, self._seal, unit, after, limit, wanted)

    def newest_concerns(self, units: Collection[str]) -> Mapping[str, int]:
        with self._engine.begin() as connection:
            return sql_concerns.newest(connection, units)

    def index_at(self, time: int) -> int:
        with self._engine.begin() as connection:
            size = connection.execute(select(_head.c.size)).scalar_one()

            def leaf_at(index: int) -> bytes:
                query = select(_entry.c.leaf).where(_entry.c.index == index)
                leaf: bytes = connection.execute(query).scalar_one()
                return leaf

            return index_at(time, size, leaf_at)


def _claims(unit: str, key: str, rows: Sequence[Any]) -> list[tuple[Claim, int]]:
    return [(Claim(unit, key, body, status), index) for body, status, index in rows]


def _by_index(
    connection: Connection, table: Any, start: int, end: int, *wanted: Any
) -> dict[int, list[_Row]]:
    query = select(table).where(table.c.index >= start, table.c.index < end, *wanted)
    found: dict[int, list[_Row]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["index"], []).append(row)
    return found
