"""Compares drafts and ballots with the entries that put changes in force."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from gateway.adapters.sql_changes import ACTIVE
from gateway.adapters.tables.change import BallotRow, ChangeSetRow
from gateway.errors import ChangeRefused
from gateway.fsck.facts import Facts
from gateway.fsck.findings import Code, Findings
from gateway.lifecycle.change_set import ChangeSet, parse_change

_change: Any = ChangeSetRow.__table__  # type: ignore[attr-defined]
_ballot: Any = BallotRow.__table__  # type: ignore[attr-defined]


def check_changes(connection: Connection, facts: Facts, findings: Findings) -> None:
    """A change set is active exactly if an entry put it in force as it is kept.

    A ballot stands under the draft and the voter that it names. Signatures are `log verify`'s
    to check, and the gateway's when it counts votes.
    """
    known = set()
    for row in connection.execute(select(_change).order_by(_change.c.id)).mappings():
        known.add(row["id"])
        change = _read(row, findings)
        if change is not None:
            _in_force(row, change, facts, findings)
    for index in facts.changes_not_kept():
        findings.at(Code.CHANGE_MISSING, index, "its change set is not kept")
    for row in connection.execute(select(_ballot).order_by(_ballot.c.change_id)).mappings():
        where = f"ballot {row['change_id']} {row['voter']}"
        if row["change_id"] not in known:
            findings.add(Code.ORPHAN, where, "a ballot on no change set")
        for what in _misplaced(row):
            findings.add(Code.CHANGE_WRONG, where, f"kept under another {what}")


def _read(row: RowMapping, findings: Findings) -> ChangeSet | None:
    where = f"change {row['id']}"
    try:
        change = parse_change(json.loads(row["document"]))
    except (ChangeRefused, ValueError, TypeError):
        findings.add(Code.CHANGE_WRONG, where, "no change set")
        return None
    kept = (row["id"], row["kind"], row["number"])
    if kept != (change.id, change.kind.value, change.number):
        findings.add(Code.CHANGE_WRONG, where, "kept under another id, kind or number")
    return change


def _in_force(row: RowMapping, change: ChangeSet, facts: Facts, findings: Findings) -> None:
    where, entry = f"change {row['id']}", facts.change(row["id"])
    if entry is None:
        if row["state"] == ACTIVE:
            findings.add(Code.CHANGE_WRONG, where, "active, and no entry put it in force")
        return
    index, digest = entry
    facts.mark_change(index)
    if row["state"] != ACTIVE:
        findings.at(Code.CHANGE_WRONG, index, f"in force, and kept as {row['state']}")
    if change.digest != digest:
        findings.at(Code.CHANGE_WRONG, index, "another draft than the one that is kept")


def _misplaced(row: RowMapping) -> Iterator[str]:
    try:
        said = json.loads(row["document"])["ballot"]
        named = {name: said[name] for name in ("change_id", "draft_digest", "voter")}
    except (ValueError, LookupError, TypeError):
        yield "form"
        return
    yield from (name for name, value in named.items() if row[name] != value)
