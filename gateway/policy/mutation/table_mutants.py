"""Mutants of the tables: each row that decides changed, one at a time."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.loading import Reading
from gateway.policy.lookups import MADE, lookup_of
from gateway.policy.mutation.mutant import Change, Mutant
from gateway.policy.unread_rows import READ_BY_GATEWAY

Json = Any
Where = tuple[str, ...]

_ROWS = ("legal_bases", "collection_bases", "purposes.vocabulary", "routes.*.*")
"""Tables whose rows are removed one by one; `*` stands for every key."""

_LISTS = ("legal_bases", "collection_bases", "routes", "agency_kinds", "categories", "roles")
"""Tables whose lists lose one element at a time."""

_MORE_LISTS = ("purposes.averting_danger", "purposes.prosecuting", "thresholds")
_NUMBERS = ("thresholds",)

MADE_OF: Mapping[str, tuple[str, ...]] = {
    "agency_kinds": ("reach",),
    "categories": ("traits",),
    "collection_bases": ("periods",),
    "legal_bases": ("needs_of_bases", "reach"),
    "necessity": ("needs", "periods"),
    "needs": ("needs_of_bases",),
    "norms": ("confirmed", "periods"),
    "roles": ("labelled", "roles"),
    "routes": ("periods",),
}
"""What is worked out of each table when it is loaded, as keys of `data.lookup`."""


def mutants_of_tables(reading: Reading) -> Iterator[Mutant]:
    """Give the mutants of the tables that decide, each changed in one place."""
    data = reading.policy_set.data
    tables = {name: table for name, table in data.items() if name not in MADE}
    places = DataPlaces(reading.files.contents)
    for where, change, new in _changes(tables):
        path, line = places.of(where)
        before, name = _before(tables, where)
        yield Mutant(path, line, name, change, before, row=where, new=new)


def _changes(tables: Mapping[str, Json]) -> Iterator[tuple[Where, Change, Json]]:
    yield from _needs(tables.get("necessity", {}))
    for pattern in _ROWS:
        for where, _ in _matching(tables, pattern.split(".")):
            yield from ((w, Change.REMOVED, None) for w in _below(tables, where))
    for pattern in (*_LISTS, *_MORE_LISTS):
        for where, table in _matching(tables, pattern.split(".")):
            for place, value in _lists(table, where):
                if dotted(place) not in READ_BY_GATEWAY:
                    for number in range(len(value)):
                        yield (*place, str(number)), Change.REMOVED, None
    for name in _NUMBERS:
        for where, figure in _numbers(tables.get(name, {}), (name,)):
            if dotted(where) not in READ_BY_GATEWAY:
                yield where, Change.RAISED, figure + 1
    yield from _statuses(tables)


def _needs(necessity: Mapping[str, Json]) -> Iterator[tuple[Where, Change, Json]]:
    for kind, recipients in necessity.items():
        for recipient, rows in recipients.items():
            for member, row in rows.items():
                where = ("necessity", kind, recipient, member, "need")
                if row["need"] != "needed":
                    yield where, Change.NEEDED, "needed"
                if row["need"] != "withhold":
                    yield where, Change.WITHHELD, "withhold"


def _statuses(tables: Mapping[str, Json]) -> Iterator[tuple[Where, Change, Json]]:
    """A basis that was not read in full, taken for one that was: nobody need confirm it."""
    for basis in tables.get("legal_bases", {}):
        if tables["norms"].get(basis, {}).get("status") in ("O", "U"):
            yield ("norms", basis, "status"), Change.TAKEN_AS_READ, "V"


def _matching(value: Json, steps: list[str], where: Where = ()) -> Iterator[tuple[Where, Json]]:
    if not steps:
        yield where, value
    elif isinstance(value, Mapping):
        for key in value if steps[0] == "*" else [steps[0]]:
            if key in value:
                yield from _matching(value[key], steps[1:], (*where, key))


def _below(tables: Mapping[str, Json], where: Where) -> Iterator[Where]:
    return ((*where, key) for key in _at(tables, where))


def _lists(value: Json, where: Where) -> Iterator[tuple[Where, list[Json]]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _lists(child, (*where, key))
    elif isinstance(value, list):
        yield where, value


def _numbers(value: Json, where: Where) -> Iterator[tuple[Where, int]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _numbers(child, (*where, key))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield where, value


def changed_data(data: Mapping[str, Json], where: Where, new: Json) -> dict[str, Json]:
    """The document with one value replaced, or removed for None, and what is made of it."""
    name = where[0]
    changed = {**data, name: deepcopy(data[name])}
    place = _at(changed, where[:-1])
    last = int(where[-1]) if isinstance(place, list) else where[-1]
    if new is None:
        del place[last]
    else:
        place[last] = new
    return {**changed, "lookup": lookup_of(changed, data["members"])}


def _at(value: Json, where: Where) -> Json:
    for step in where:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _before(tables: Mapping[str, Json], where: Where) -> tuple[str, str]:
    """The changed value in words, and the name of its row: an element is named by what it is."""
    value = _at(tables, where)
    if isinstance(_at(tables, where[:-1]), list):
        return str(value), dotted(where[:-1])
    return (where[-1] if isinstance(value, Mapping) else str(value)), dotted(where)
