"""From when to when a row of a table counts, where the row says so."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.findings import Finding

Json = Any
Table = Mapping[str, Json]

_BOUNDS = ("in_force_from", "in_force_to")
_DEPTH = {"collection_bases": 1, "necessity": 3, "routes": 3}
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_NEVER = {"from": _LAST, "to": _FIRST}


def periods_of(data: Table) -> dict[str, Json]:
    """Return by table the periods of its dated rows, as day numbers since 1970-01-01.

    A row without dates always counts and is not named; one whose date is none never counts.
    The recipient's norm counts as long as the norm of its name, where its row says nothing else.
    """
    norms = data.get("norms")
    rows = {table: list(_rows(data.get(table), depth)) for table, depth in _DEPTH.items()}
    rows["collection_bases"] = [
        (where, {**_bounds(norms, where[0]), **row}) for where, row in rows["collection_bases"]
    ]
    return {table: _dated(dated) for table, dated in rows.items()}


def check_periods(data: Table, places: DataPlaces) -> Iterator[Finding]:
    """Give each row whose date is none."""
    for table, depth in _DEPTH.items():
        for where, row in _rows(data.get(table), depth):
            wrong = [bound for bound in _BOUNDS if not _readable(row.get(bound))]
            for bound in wrong:
                yield Finding(
                    *places.of((table, *where, bound)),
                    f"`{dotted((table, *where))}`: `{bound}` ist kein Datum JJJJ-MM-TT; "
                    "die Zeile zählt nie.",
                    f"`{bound}` is no date YYYY-MM-DD; the row never counts.",
                )


def _bounds(norms: Json, norm: str) -> Table:
    row = norms.get(norm) if isinstance(norms, Mapping) else None
    return {bound: row.get(bound) for bound in _BOUNDS} if isinstance(row, Mapping) else {}


def _dated(rows: Iterable[tuple[tuple[str, ...], Table]]) -> dict[str, Json]:
    """Nest the periods as the table nests its rows; what holds no dated row is left out."""
    periods: dict[str, Json] = {}
    for where, row in rows:
        if any(row.get(bound) is not None for bound in _BOUNDS):
            *folders, name = where
            place = periods
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = _period(row)
    return periods


def _period(row: Table) -> dict[str, int]:
    if not all(_readable(row.get(bound)) for bound in _BOUNDS):
        return _NEVER
    begins, ends = (row.get(bound) for bound in _BOUNDS)
    return {
        "from": _FIRST if begins is None else _day(begins),
        "to": _LAST if ends is None else _day(ends),
    }


def _rows(
    table: Json, depth: int, where: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Table]]:
    if not isinstance(table, Mapping):
        return
    if len(where) == depth:
        yield where, table
        return
    for key, child in table.items():
        yield from _rows(child, depth, (*where, key))


def _readable(value: Json) -> bool:
    """Whether a bound is open or a date."""
    try:
        return value is None or date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - _EPOCH
