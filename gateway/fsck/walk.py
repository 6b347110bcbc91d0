"""Walks the entries of the database: leaves, records, checkpoints, tiles, one chunk at a time."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.tables.log import CheckpointRow, Entry, PartRow, RecordKey, Tile
from gateway.errors import GatewayError, KeysUnavailable
from gateway.fsck.facts import Facts
from gateway.fsck.findings import Code, Findings
from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.ports import Head
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.entry import OpenLeaf
from gateway.tlog.keys import KeyList
from gateway.tlog.merkle import Frontier, extend, leaf_hash
from gateway.tlog.tiles import WIDTH
from gateway.verify_walk import Chain

_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_part: Any = PartRow.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_tile: Any = Tile.__table__  # type: ignore[attr-defined]
_checkpoint: Any = CheckpointRow.__table__  # type: ignore[attr-defined]
_Row = RowMapping


class Walk:
    """Goes from entry to entry and keeps what comparing needs: the frontier and open tiles.

    `size` says how far it has come, `erased` how many records do not open any more because
    the key of their bucket is gone.
    """

    def __init__(
        self, origin: str, keys: KeyList, seal: RecordSeal, facts: Facts, findings: Findings
    ) -> None:
        self.frontier = Frontier()
        self.erased = 0
        self._origin = origin
        self._keys = keys
        self._seal = seal
        self._facts = facts
        self._findings = findings
        self._chain = Chain(origin, keys)
        self._open: defaultdict[int, list[bytes]] = defaultdict(list)
        self._whole = True
        self.size = 0

    def chunk(self, connection: Connection, end: int) -> None:
        """Check the entries up to before *end*, and what belongs to them."""
        start, self.size = self.size, end
        rows = _by_index(connection, _entry, start, end)
        keys = _by_index(connection, _key, start, end)
        parts = _by_index(connection, _part, start, end)
        notes = {
            row["size"]: row["note"]
            for row in connection.execute(
                select(_checkpoint).where(_checkpoint.c.size > start, _checkpoint.c.size <= end)
            ).mappings()
        }
        for index in range(start, end):
            found = rows.get(index)
            if found is None:
                self._findings.at(Code.ENTRY_MISSING, index, "no row")
                self._whole = False
                continue
            if not isinstance(found[0]["leaf"], bytes):
                self._findings.at(Code.ENTRY_REFUSED, index, "the leaf is no bytes")
                self._whole = False
                continue
            self._entry(index, found[0], keys.get(index, []), parts.get(index, []))
            if self._whole:
                self._grow(connection, leaf_hash(found[0]["leaf"]))
            if index + 1 in notes:
                self._note(index + 1, notes[index + 1])
        self._sizes(connection, {row[0]["size"] for row in rows.values()})

    def finish(self, connection: Connection, head: Head) -> None:
        """Compare tiles, and the head, with what the entries give."""
        if not self._whole:
            return  # it is said already where the entries are not those that were signed
        expected = Checkpoint(head.origin, self.frontier.size, self.frontier.root())
        if (head.size, head.root) != (expected.size, expected.root):
            self._findings.add(Code.ROOT_DIFFERS, "head", "not the root of the entries")
        self._tiles(connection)

    def _entry(self, index: int, row: _Row, keys: list[_Row], parts: list[_Row]) -> None:
        if leaf_hash(row["leaf"]) != row["leaf_hash"]:
            self._findings.at(Code.LEAF_HASH_DIFFERS, index, "not the hash of its leaf")
        try:
            leaf = self._chain.next(index, row["leaf"])
        except GatewayError as error:
            self._findings.at(Code.ENTRY_REFUSED, index, str(error))
            if row["type"] in set(EntryType):  # so that its other rows are not findings, too
                self._take(index, row, EntryType(row["type"]), {})
            return
        if (leaf.claims.id, leaf.claims.type.value) != (row["id"], row["type"]):
            self._findings.at(Code.ENTRY_DIFFERS, index, "row and leaf name other ids or types")
        self._take(index, row, leaf.claims.type, self._record(index, row, leaf, keys, parts))

    def _take(self, index: int, row: _Row, kind: EntryType, opened: dict[Part, str]) -> None:
        entry = StoredEntry(index, row["id"], kind, row["leaf"], row["size"], None, opened)
        self._facts.take(entry)

    def _record(
        self, index: int, row: _Row, leaf: OpenLeaf, keys: list[_Row], parts: list[_Row]
    ) -> dict[Part, str]:
        """Open every part; each must be one that the leaf names."""
        if not keys:
            return {}
        sealed = {Part(part["name"]): part["ciphertext"] for part in parts if _known(part)}
        if len(sealed) != len(parts) or not isinstance(keys[0]["wrapped"], bytes):
            self._findings.at(Code.PART_REFUSED, index, "a part or key that is none")
            return {}
        try:
            opened = self._seal.open(row["id"], keys[0]["bucket"], keys[0]["wrapped"], sealed)
        except KeysUnavailable:
            self._findings.at(Code.PART_REFUSED, index, "the record does not open with its key")
            return {}
        if parts and not opened:
            self.erased += 1
        for name, disclosure in opened.items():
            try:
                shown = leaf.open_parts([disclosure])
            except GatewayError as error:
                self._findings.at(Code.PART_REFUSED, index, f"part {name}: {error}")
                return {}
            if shown.keys() != {name}:
                self._findings.at(Code.PART_REFUSED, index, f"part {name} holds another part")
                return {}
        return opened

    def _grow(self, connection: Connection, digest: bytes) -> None:
        """Add a leaf to the tree; a tile that is full with it is compared at once."""
        extension = extend(self.frontier, [digest])
        self.frontier = extension.frontier
        for level, number, value in extension.completed:
            self._open[level].append(value)
            if len(self._open[level]) == WIDTH:
                self._tile(connection, level, number // WIDTH, self._open.pop(level))

    def _note(self, size: int, note: str) -> None:
        """Compare a signed checkpoint with the root of the entries before it."""
        where = f"checkpoint {size}"
        try:
            signed = open_checkpoint(note, self._keys.checkpoint_key(self._origin, size))
        except GatewayError as error:
            self._findings.add(Code.CHECKPOINT_REFUSED, where, str(error))
            return
        if signed.size != size:
            self._findings.add(Code.CHECKPOINT_REFUSED, where, "it is of another size")
        elif self._whole and signed.root != self.frontier.root():
            self._findings.add(Code.CHECKPOINT_REFUSED, where, "not the root of its entries")
            self._whole = False  # no later root can be right

    def _sizes(self, connection: Connection, sizes: set[int]) -> None:
        """Every entry was appended under a checkpoint that must still be there."""
        there = set(
            connection.execute(
                select(_checkpoint.c.size).where(_checkpoint.c.size.in_(sizes))
            ).scalars()
        )
        for size in sorted(sizes - there):
            self._findings.add(Code.CHECKPOINT_MISSING, f"checkpoint {size}", "no row")

    def _tiles(self, connection: Connection) -> None:
        """Compare the tiles that are not full yet; there must be no others."""
        for level, hashes in self._open.items():
            self._tile(connection, level, (self.frontier.size >> 8 * level) // WIDTH, hashes)
        for level, number in connection.execute(select(_tile.c.level, _tile.c.n)):
            if number * WIDTH >= self.frontier.size >> 8 * level:
                self._findings.add(Code.ORPHAN, f"tile {level}/{number}", "no entries below it")

    def _tile(self, connection: Connection, level: int, number: int, hashes: list[bytes]) -> None:
        query = select(_tile.c.data).where(_tile.c.level == level, _tile.c.n == number)
        if connection.execute(query).scalar_one_or_none() != b"".join(hashes):
            self._findings.add(
                Code.TILE_DIFFERS, f"tile {level}/{number}", "not the hashes below it"
            )


def _known(part: _Row) -> bool:
    return part["name"] in set(Part) and isinstance(part["ciphertext"], bytes)


def _by_index(connection: Connection, table: Any, start: int, end: int) -> dict[int, list[_Row]]:
    query = select(table).where(table.c.index >= start, table.c.index < end)
    found: dict[int, list[_Row]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["index"], []).append(row)
    return found
