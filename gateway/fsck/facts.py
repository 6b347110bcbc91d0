"""What the records say, kept in a private file on disk while the other tables are compared.

Ids of units, deliveries and entries, verdicts, events: nothing of a payload. The file has no
name and is gone with the connection, so that memory stays flat whatever the log's length.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.reading import part_of

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE decision (
    "index" INTEGER PRIMARY KEY, sender TEXT, recipient TEXT, verdict TEXT, delivery TEXT,
    claimed INTEGER DEFAULT 0, delivered INTEGER DEFAULT 0, concerned INTEGER DEFAULT 0);
CREATE TABLE event (
    "index" INTEGER PRIMARY KEY, delivery TEXT, event TEXT, reached INTEGER);
CREATE INDEX decision_of ON decision (delivery);
CREATE INDEX event_of ON event (delivery, "index");
CREATE TABLE refusal ("index" INTEGER PRIMARY KEY, unit TEXT);
CREATE TABLE change ("index" INTEGER PRIMARY KEY, id TEXT, digest TEXT, kept INTEGER DEFAULT 0);
"""


class Row(StrEnum):
    """What a decision should have a row for in another table."""

    CLAIM = "claim"
    DELIVERY = "delivery"
    CONCERN = "concern"


_MARK = {
    Row.CLAIM: 'UPDATE decision SET claimed = 1 WHERE "index" = ?',
    Row.DELIVERY: 'UPDATE decision SET delivered = 1 WHERE "index" = ?',
    Row.CONCERN: 'UPDATE decision SET concerned = 1 WHERE "index" = ?',
}
_COLUMNS = 'SELECT "index", sender, recipient, verdict, delivery FROM decision WHERE '
_WITHOUT = {
    Row.CLAIM: _COLUMNS + 'NOT claimed AND verdict IS NOT NULL ORDER BY "index"',
    Row.DELIVERY: _COLUMNS + "NOT delivered AND verdict <> 'deny' ORDER BY \"index\"",
    Row.CONCERN: _COLUMNS + 'NOT concerned AND verdict IS NOT NULL ORDER BY "index"',
}


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """What the record of a decision says; all but the index is None once it is erased."""

    index: int
    sender: str | None
    recipient: str | None
    verdict: str | None
    delivery: str | None

    @property
    def erased(self) -> bool:
        return self.verdict is None


class Facts:
    """Facts of all entries that were walked. Use it as a context manager."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)  # a file without a name
        self._file.executescript(_TABLES)

    def __enter__(self) -> "Facts":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, entry: StoredEntry) -> None:
        """Keep what is needed of an entry."""
        audit = part_of(entry.parts[Part.AUDIT]) if Part.AUDIT in entry.parts else None
        match entry.type:
            case EntryType.DECISION:
                self._decision(entry, audit)
            case EntryType.DELIVERY if audit is not None:
                self._write(
                    "INSERT INTO event VALUES (?, ?, ?, ?)",
                    entry.index,
                    audit["delivery_id"],
                    audit["event"],
                    Part.RECIPIENT in entry.parts,
                )
            case EntryType.REFUSAL if audit is not None:
                unit = audit.get("unit")
                self._write("INSERT INTO refusal VALUES (?, ?)", entry.index, unit)
            case EntryType.POLICY | EntryType.REGISTRY | EntryType.STOP if (
                audit is not None and "change" in audit
            ):
                digest = hashlib.sha256(rfc8785.dumps(audit["change"])).hexdigest()
                self._write(
                    'INSERT INTO change ("index", id, digest) VALUES (?, ?, ?)',
                    entry.index,
                    audit["change"]["id"],
                    digest,
                )

    def _decision(self, entry: StoredEntry, audit: Mapping[str, Any] | None) -> None:
        values: tuple[str | None, ...] = (None, None, None, None)
        if audit is not None:
            recipient = entry.parts.get(Part.RECIPIENT)
            values = (
                audit["sender"]["unit"],
                audit["recipient"]["unit"],
                audit["verdict"],
                None if recipient is None else part_of(recipient)["delivery_id"],
            )
        self._write(
            'INSERT INTO decision ("index", sender, recipient, verdict, delivery) '
            "VALUES (?, ?, ?, ?, ?)",
            entry.index,
            *values,
        )

    def decision(self, index: int) -> DecisionFact | None:
        """Return what is known of the decision at *index*; None if there is no decision."""
        row = self._file.execute(_COLUMNS + '"index" = ?', (index,)).fetchone()
        return None if row is None else DecisionFact(*row)

    def events(self, delivery: str) -> list[str]:
        """Return the events of a delivery in the order of the log."""
        rows = self._file.execute(
            'SELECT event FROM event WHERE delivery = ? ORDER BY "index"', (delivery,)
        )
        return [row[0] for row in rows]

    def concerns(self, index: int) -> dict[str, str] | None:
        """Return whom the entry at *index* concerns, in which role; None if nobody knows."""
        known = self.decision(index)
        if known is not None and known.sender is not None:
            return {known.sender: Part.SENDER.value}
        query = 'SELECT unit FROM refusal WHERE "index" = ? AND unit IS NOT NULL'
        row = self._file.execute(query, (index,)).fetchone()
        if row is not None:
            return {row[0]: Part.SENDER.value}
        row = self._file.execute(
            "SELECT decision.sender, decision.recipient, event.reached FROM event "
            "JOIN decision ON decision.delivery = event.delivery "
            'WHERE event."index" = ?',
            (index,),
        ).fetchone()
        if row is None:
            return None
        sender, recipient, reached = row
        concerned = {recipient: Part.RECIPIENT.value} if reached else {}
        return concerned | {sender: Part.SENDER.value}

    def change(self, change_id: str) -> tuple[int, str] | None:
        """Return the entry that put a change set in force, and the digest that it has there."""
        query = 'SELECT "index", digest FROM change WHERE id = ?'
        row = self._file.execute(query, (change_id,)).fetchone()
        return None if row is None else (row[0], row[1])

    def mark_change(self, index: int) -> None:
        """Note that the change set of an entry is kept."""
        self._write('UPDATE change SET kept = 1 WHERE "index" = ?', index)

    def changes_not_kept(self) -> list[int]:
        """Return the entries whose change sets are kept nowhere."""
        query = 'SELECT "index" FROM change WHERE NOT kept ORDER BY "index"'
        return [row[0] for row in self._file.execute(query)]

    def mark(self, what: Row, index: int) -> None:
        """Note that a decision has such a row."""
        self._write(_MARK[what], index)

    def without(self, what: Row) -> Iterator[DecisionFact]:
        """Give the decisions that should have such a row, and do not; erased ones left out."""
        return (DecisionFact(*row) for row in self._file.execute(_WITHOUT[what]))

    def _write(self, statement: str, *values: Any) -> None:
        self._file.execute(statement, values)
