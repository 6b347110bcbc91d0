"""What is worked out of the tables when they are loaded, so that no decision does it again."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.policy.confirmations import confirmed_of
from gateway.policy.needs_of_bases import needs_of_bases
from gateway.policy.periods import periods_of

Json = Any
Table = Mapping[str, Json]

MADE = ("members", "lookup")
_LABELLED = "labelled"
_GROUPS_OF_A_BASIS = ("senders", "recipients", "struck_out_for")


def lookup_of(data: Table, members: Table) -> dict[str, Json]:
    """Make `data.lookup` of the tables and the marks of all members.

    It says nothing that they do not say: it says it by the key that a rule looks for.
    """
    roles = list(_items(data.get("roles")))
    return {
        "traits": _traits_of(members, data.get("categories")),
        "role_needed": {
            kind: {name: True for name, mark in marks.items() if mark["role_needed"]}
            for kind, marks in members.items()
        },
        "needs": _needs_of(data.get("necessity")),
        "labelled": {role: True for role, row in roles if _LABELLED in _listed(row, "flags")},
        "roles": {role: traits for role, row in roles if (traits := _other(row))},
        "confirmed": confirmed_of(data.get("norms")),
        "periods": periods_of(data),
        "needs_of_bases": needs_of_bases(
            data.get("legal_bases"), dict(_items(data.get("needs"))).get("conditions")
        ),
        "reach": _reach_of(data.get("legal_bases"), data.get("agency_kinds")),
    }


def _traits_of(members: Table, categories: Json) -> dict[str, Json]:
    """Kind, member: the flags of its category, its secrecy and its origin, where it has any.

    A member whose schema says that it concerns nobody has the flag that says so.
    """
    flags = {name: _listed(row, "flags") for name, row in _items(categories)}
    return {
        kind: {
            name: traits
            for name, mark in marks.items()
            if (
                traits := sorted(
                    {
                        *flags.get(mark["category"], []),
                        *(mark[key] for key in ("secrecy", "origin") if key in mark),
                        *(["not_personal"] if mark.get("impersonal") else []),
                    }
                )
            )
        }
        for kind, marks in members.items()
    }


def _needs_of(necessity: Json) -> dict[str, Json]:
    """Kind, recipient kind, member: needed, conditional or withhold."""
    return {
        kind: {
            recipient: {
                name: row["need"]
                for name, row in _items(rows)
                if isinstance(row, Mapping) and "need" in row
            }
            for recipient, rows in _items(recipients)
        }
        for kind, recipients in _items(necessity)
    }


def _reach_of(legal_bases: Json, agency_kinds: Json) -> dict[str, Json]:
    """The kinds of agency that a basis speaks of, where its row names groups.

    `{"NPOG-41": {"senders": {"POLICE_INSPECTION": true, ...}, "recipients": {...}}}`
    """
    kinds = {kind: {*_listed(row, "groups")} for kind, row in _items(agency_kinds)}
    return {
        basis: {
            name: {kind: True for kind, groups in kinds.items() if groups & {*_listed(row, name)}}
            for name in _GROUPS_OF_A_BASIS
            if name in row
        }
        for basis, row in _items(legal_bases)
        if isinstance(row, Mapping)
    }


def _other(row: Json) -> list[str]:
    """The traits that a role gives a member, besides being a role."""
    return [flag for flag in _listed(row, "flags") if flag != _LABELLED]


def _items(table: Json) -> Iterator[tuple[str, Json]]:
    yield from table.items() if isinstance(table, Mapping) else ()


def _listed(row: Json, name: str) -> list[str]:
    values = row.get(name) if isinstance(row, Mapping) else None
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
