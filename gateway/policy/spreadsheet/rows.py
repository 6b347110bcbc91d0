"""From the tables of a kind to rows of cells, and from rows back to the tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.spreadsheet.columns import NECESSITY, NEEDS, ROUTES, SEPARATOR, Sheet
from gateway.policy.spreadsheet.kind_table import KindTable

Json = Any
Row = dict[str, str]

_OWN = (
    *("label_de", "need", "suffices", "status", "reason", "rule"),
    *("in_force_from", "in_force_to"),
)
"""The members of a row that have a column, in the order of a row that is new."""

_NEED_OF = {word: need for need, word in NEEDS.items()}

_PURPOSES = "recipient_purposes"


def rows_of(table: KindTable, sheet: Sheet) -> Iterator[Row]:
    """Give each row of a sheet as texts; what a row lacks is an empty text."""
    if sheet is NECESSITY:
        for recipient, members in table.necessity.items():
            for member, row in members.items():
                cells = {key: str(row.get(key) or "") for key in _OWN}
                cells["need"] = NEEDS[row["need"]]
                cells["suffices"] = SEPARATOR.join(row.get("suffices", ()))
                yield {"recipient": recipient, "member": member, **cells}
        return
    for sender, recipients in table.routes.items():
        for recipient, row in recipients.items():
            for purpose in row[_PURPOSES]:
                yield {"sender": sender, "recipient": recipient, "purpose": purpose}


def table_from(before: KindTable, rows: Mapping[str, Iterable[Row]]) -> KindTable:
    """Return the tables that the rows of each sheet say, as they would stand in the files.

    Whatever order the rows have, what was there before keeps its place, and the members of a row
    that have no column stay as they were; what is new comes after.
    """
    return KindTable(
        before.kind,
        _necessity(before.necessity, rows[NECESSITY.name]),
        _routes(before.routes, rows[ROUTES.name]),
    )


def _necessity(before: Mapping[str, Json], rows: Iterable[Row]) -> dict[str, Json]:
    said: dict[str, dict[str, Json]] = {}
    for row in rows:
        old = before.get(row["recipient"], {}).get(row["member"], {})
        said.setdefault(row["recipient"], {})[row["member"]] = _necessity_row(old, row)
    return {
        recipient: _in_order(before.get(recipient, {}), members)
        for recipient, members in _in_order(before, said).items()
    }


def _necessity_row(old: Mapping[str, Json], cells: Row) -> dict[str, Json]:
    values: dict[str, Json] = {key: cells[key] for key in _OWN if cells[key]}
    values["need"] = _NEED_OF[cells["need"]]
    if "suffices" in values:
        values["suffices"] = values["suffices"].split(SEPARATOR)
    kept = {
        key: value
        for key, value in old.items()
        if key not in _OWN or key in values or not value  # what was said to be empty stays so
    }
    return {**kept, **values}


def _routes(before: Mapping[str, Json], rows: Iterable[Row]) -> dict[str, Json]:
    said: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows:
        purposes = said.setdefault(row["sender"], {}).setdefault(row["recipient"], {})
        purposes[row["purpose"]] = None
    routes: dict[str, Json] = {}
    for sender, recipients in _in_order(before, said).items():
        old = before.get(sender, {})
        routes[sender] = {
            recipient: {
                **old.get(recipient, {}),
                _PURPOSES: list(_in_order(old.get(recipient, {}).get(_PURPOSES, ()), purposes)),
            }
            for recipient, purposes in _in_order(old, recipients).items()
        }
    return routes


def _in_order(before: Iterable[str], now: Mapping[str, Json]) -> dict[str, Json]:
    """Return *now* with the keys that *before* has first, in its order."""
    known = [key for key in before if key in now]
    return {key: now[key] for key in (*known, *(key for key in now if key not in known))}
