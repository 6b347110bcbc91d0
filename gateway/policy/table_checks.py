"""The tables of a policy set against each other: an id that one uses, another must have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.findings import Finding
from gateway.policy.policy_files import NORMS
from gateway.policy.policy_set import PolicySet

Json = Any
Where = tuple[str, ...]


def check_tables(policy_set: PolicySet, places: DataPlaces) -> Iterator[Finding]:
    """Give each id in a table that the table it points to does not have."""
    data = policy_set.data
    norms, kinds = policy_set.catalogue.norms, data.get("agency_kinds", {})
    purposes = dict(_items(dict(_items(data.get("purposes"))).get("vocabulary")))
    groups = {group for _, kind in _items(kinds) for group in _listed(kind, "groups")}
    pointers = (
        (_rule_ids(data), norms, NORMS),
        (_keys(data, "precedence"), norms, NORMS),
        (_bases(data), norms, NORMS),
        (_route_kinds(data), kinds, "policies/agency_kinds/data.json"),
        (_necessity_recipients(data), kinds, "policies/agency_kinds/data.json"),
        (_keys(data, "necessity"), data["members"], "schemas/payloads/"),
        (_named(data, "purposes", "original_purposes"), purposes, "policies/purposes/data.json"),
        (_named(data, "conditions"), data.get("conditions", {}), "policies/conditions/data.json"),
        (_named(data, "senders", "recipients"), groups, "policies/agency_kinds/data.json"),
    )
    for ids, known, where_known in pointers:
        for where, name in ids:
            if name not in known:
                yield _unknown(places, where, name, where_known)
    for where, kind, member in _necessity_members(data):
        if member not in data["members"].get(kind, {}):
            yield _unknown(places, where, member, f"schemas/payloads/{kind}.json")


def rows_of(value: Json, where: Where = ()) -> Iterator[tuple[Where, Mapping[str, Json]]]:
    """Give every object in *value* with its place."""
    if isinstance(value, Mapping):
        yield where, value
        for key, child in value.items():
            yield from rows_of(child, (*where, key))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from rows_of(child, (*where, str(number)))


def _rule_ids(data: Mapping[str, Json]) -> Iterator[tuple[Where, str]]:
    for where, row in rows_of(data):
        if isinstance(row.get("rule"), str) and row["rule"]:
            yield where, row["rule"]


def _keys(data: Mapping[str, Json], *path: str) -> Iterator[tuple[Where, str]]:
    table: Json = data
    for step in path:
        table = dict(_items(table)).get(step)
    return (((*path, key), key) for key, _ in _items(table))


def _bases(data: Mapping[str, Json]) -> Iterator[tuple[Where, str]]:
    """The claimed bases that can be one: what is struck out for everyone is no norm."""
    for basis, row in _items(data.get("legal_bases")):
        if not isinstance(row, Mapping) or row.get("effect") != "struck_out":
            yield ("legal_bases", basis), basis


def _route_kinds(data: Mapping[str, Json]) -> Iterator[tuple[Where, str]]:
    for kind, senders in _items(data.get("routes")):
        for sender, recipients in _items(senders):
            for name in (sender, *(recipient for recipient, _ in _items(recipients))):
                yield ("routes", kind, sender), name


def _necessity_recipients(data: Mapping[str, Json]) -> Iterator[tuple[Where, str]]:
    for kind, recipients in _items(data.get("necessity")):
        for recipient, _ in _items(recipients):
            yield ("necessity", kind, recipient), recipient


def _necessity_members(data: Mapping[str, Json]) -> Iterator[tuple[Where, str, str]]:
    for kind, recipients in _items(data.get("necessity")):
        for recipient, members in _items(recipients):
            for member, _ in _items(members):
                yield ("necessity", kind, recipient, member), kind, member


def _named(data: Mapping[str, Json], *lists: str) -> Iterator[tuple[Where, str]]:
    """The ids in lists of these names, in the tables of bases."""
    for table in ("legal_bases", "collection_bases"):
        for basis, row in _items(data.get(table)):
            for name in lists:
                for each in _listed(row, name):
                    yield (table, basis, name), each


def _items(table: Json) -> Iterable[tuple[str, Json]]:
    """What a table holds; nothing, where it has another form, so that checking goes on."""
    return table.items() if isinstance(table, Mapping) else ()


def _listed(row: Json, name: str) -> list[str]:
    ids = row.get(name) if isinstance(row, Mapping) else None
    return [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []


def _unknown(places: DataPlaces, where: Where, name: str, known: str) -> Finding:
    return Finding(
        *places.of(where),
        f"`{dotted(where)}`: `{name}` steht nicht in {known}; ein Tippfehler, oder es fehlt dort.",
        f"`{name}` is not in {known}: a typing error, or it is missing there.",
    )
