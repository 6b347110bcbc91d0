"""What one person alone may do to the registry: what only tightens, told from the documents."""

from collections.abc import Mapping
from typing import Any

from gateway.stops import STOP

Json = Any
Document = Mapping[str, Json]
_CAPABILITIES = ("may_receive", "keeps_marking", "commitment_purpose", "verifies_log")
PERSON = "person/"
_WATCHING = frozenset({"dpo", "auditor"})


def only_tightens(key: str, before: Document | None, after: Document | None) -> bool:
    """Say whether a document of the registry changes in a way that releases nothing more.

    Tightening: a stop is placed; a unit is suspended, removed, loses a capability or one of two
    pins; a person ends or loses a role, but not one that watches over the others. Anything else,
    also what is unknown, is not.
    """
    if key.startswith(STOP):
        return before is None and after is not None
    if before is None:
        return False
    if after is None:
        return not key.startswith(PERSON)  # people end, they do not vanish
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if key.startswith(PERSON):
        return all(_person_loses(name, before, after) for name in changed)
    return all(_unit_loses(name, before, after) for name in changed)


def only_places_stops(documents: Mapping[str, Document | None]) -> bool:
    """Say whether a change of the registry does nothing but place stops."""
    placed = [key.startswith(STOP) and after is not None for key, after in documents.items()]
    return bool(placed) and all(placed)


def _person_loses(name: str, before: Document, after: Document) -> bool:
    if name == "status":
        return after["status"] == "ended" and not any(map(_watches, before["roles"]))
    lost = [role for role in before["roles"] if role not in after["roles"]]
    return (
        name == "roles"
        and all(role in before["roles"] for role in after["roles"])
        and not any(map(_watches, lost))
    )


def _watches(role: Mapping[str, Json]) -> bool:
    return role["role"] in _WATCHING


def _unit_loses(name: str, before: Document, after: Document) -> bool:
    if name == "status":
        return bool(after["status"] == "suspended")
    if name == "pins":
        return set(after["pins"]) < set(before["pins"])
    return name in _CAPABILITIES and after[name] is False
