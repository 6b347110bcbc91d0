"""Who has read the wording of a norm that the rules know only in part, and for which controller."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.findings import Finding

Json = Any
Table = Mapping[str, Json]

_UNREAD = {"O", "U"}
_SHA_256 = re.compile(r"[0-9a-f]{64}")


def confirmed_of(norms: Json) -> dict[str, dict[str, bool]]:
    """Return by controller the norms whose confirmation is complete; no other one counts."""
    return {
        controller: {norm: True for norm, row in _items(rows) if not _missing(row)}
        for controller, rows in _rows_by_controller(norms)
    }


def demo_of(norms: Json) -> dict[str, list[str]]:
    """Return by controller the norms whose confirmation is for the demonstration only."""
    marked = {
        controller: sorted(
            norm for norm, row in _items(rows) if isinstance(row, Mapping) and row.get("demo")
        )
        for controller, rows in _rows_by_controller(norms)
    }
    return {controller: found for controller, found in marked.items() if found}


def unread_norms(data: Table) -> dict[str, str]:
    """Return the norms that open a door and were not read in full, each with its status O or U."""
    norms = data.get("norms", {})
    bases = {norm: norms.get(norm) for norm, _ in _items(data.get("legal_bases"))}
    doors = dict(_items(data.get("collection_bases")))
    return {
        norm: row["status"]
        for norm, row in (*bases.items(), *doors.items())
        if isinstance(row, Mapping) and row.get("status") in _UNREAD
    }


def check_confirmations(data: Table, places: DataPlaces) -> Iterator[Finding]:
    """Give each confirmation that lacks something, or that is of a norm that nobody knows."""
    norms, doors = data.get("norms", {}), data.get("collection_bases", {})
    for controller, rows in _rows_by_controller(norms):
        for norm, row in _items(rows):
            place = ("norms", "confirmations", controller, norm)
            where = dotted(place)
            if norm not in norms and norm not in doors:
                yield Finding(
                    *places.of(place),
                    f"`{where}`: `{norm}` steht weder in norms noch in collection_bases.",
                    f"`{norm}` is neither in norms nor in collection_bases.",
                )
            for missing in _missing(row):
                yield Finding(
                    *places.of(place),
                    f"`{where}`: `{missing}` fehlt oder hat eine andere Form; "
                    "die Bestätigung zählt nicht.",
                    f"`{missing}` is missing or of another form; the confirmation does not count.",
                )


def _missing(row: Json) -> list[str]:
    """Return what a confirmation needs and lacks: who, when, and which wording."""
    said = row if isinstance(row, Mapping) else {}
    name, digest = said.get("name"), said.get("wording_sha256")
    good = {
        "name": isinstance(name, str) and bool(name.strip()),
        "date": _is_date(said.get("date")),
        "wording_sha256": isinstance(digest, str) and bool(_SHA_256.fullmatch(digest)),
    }
    return [part for part, well in good.items() if not well]


def _is_date(text: Json) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows_by_controller(norms: Json) -> Iterator[tuple[str, Json]]:
    return _items(norms.get("confirmations") if isinstance(norms, Mapping) else None)


def _items(table: Json) -> Iterator[tuple[str, Json]]:
    yield from table.items() if isinstance(table, Mapping) else ()
