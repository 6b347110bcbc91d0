"""The smallest sets of facts that open a legal basis, worked out of what each condition needs."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

Json = Any
Row = Mapping[str, Json]

_FILTERS = ("purposes", "original_purposes")
_MOST = 64
"""More combinations than these help nobody; the first are taken."""


def needs_of_bases(legal_bases: Json, conditions: Json) -> dict[str, Json]:
    """Return basis -> sets of facts that meet all its conditions, without needless ones.

    A basis with a condition that no fact can meet has none.
    """
    table = conditions if isinstance(conditions, Mapping) else {}
    rows = legal_bases.items() if isinstance(legal_bases, Mapping) else ()
    found = {}
    for basis, row in rows:
        named = row.get("conditions") if isinstance(row, Mapping) else None
        ways = [sets_of(table.get(it)) for it in named] if isinstance(named, list) else []
        smallest = _smallest(list(_combined(ways)))
        if smallest:
            found[basis] = smallest
    return found


def sets_of(alternatives: Json) -> list[Row]:
    """Return the sets of facts in a list of the table, as far as they have the form of one."""
    listed = alternatives if isinstance(alternatives, list) else []
    return [row for row in listed if isinstance(row, Mapping) and _is_set(row)]


def _is_set(row: Row) -> bool:
    facts = row.get("facts")
    return (
        isinstance(facts, list)
        and all(isinstance(it, Mapping) and isinstance(it.get("fact"), str) for it in facts)
        and all(isinstance(row.get(name, []), list) for name in _FILTERS)
    )


def _combined(alternatives: list[list[Row]]) -> Iterator[dict[str, Json]]:
    """Each way to take one alternative of every condition, where they do not contradict."""
    for number, chosen in enumerate(product(*alternatives)):
        if number == _MOST:
            return
        facts: dict[str, Json] = {}
        filters: dict[str, list[str]] = {}
        for row in chosen:
            for fact in row["facts"]:
                facts[fact["fact"]] = facts.get(fact["fact"], fact)
            for name in _FILTERS:
                if name in row:
                    kept = filters.get(name) or row[name]
                    filters[name] = [it for it in kept if it in row[name]]
        contradicts = any(facts[it["fact"]] != it for row in chosen for it in row["facts"])
        if facts and not contradicts and all(filters.values()):
            yield {"facts": [facts[name] for name in sorted(facts)], **filters}


def _smallest(found: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """Without those that hold all the facts of another one, for no more purposes than it."""
    return [
        row
        for place, row in enumerate(found)
        if not any(
            _holds(row, other) and (not _holds(other, row) or number < place)
            for number, other in enumerate(found)
            if number != place
        )
    ]


def _holds(row: Row, other: Row) -> bool:
    """Say whether *row* has all the facts of *other*, and holds for no more purposes."""
    return all(fact in row["facts"] for fact in other["facts"]) and all(
        name not in other or (name in row and {*row[name]} <= {*other[name]}) for name in _FILTERS
    )
