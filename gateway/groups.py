"""Items of a list that differ in what is said of them are groups of their own (DESIGN 4.2).

A group is named `member#1`, `member#2`, numbered by first appearance; the decision places each.
A member whose items are all alike is no group and keeps its name.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Any
Groups = Mapping[str, tuple[int, ...]]
"""Name of a group -> places of its items in the list. Members that are not split stand not here."""

_ITEM = re.compile(r"(.+)\[(0|[1-9][0-9]{0,3})\]", re.ASCII)


def member_of(name: str) -> str:
    """Return the member that a group belongs to, or the member itself."""
    return name.partition("#")[0]


def item_name(member: str, place: int) -> str:
    """Return how one item of a list is named where something is said of it alone."""
    return f"{member}[{place}]"


def item_of(name: str) -> tuple[str, int] | None:
    """Return member and place of an item's name, or None if it names no item."""
    found = _ITEM.fullmatch(name)
    return (found[1], int(found[2])) if found else None


def alike(attributes: Sequence[Json]) -> list[tuple[int, ...]]:
    """Return the places of items of which the same is said, by first appearance."""
    places: dict[str, list[int]] = {}
    for place, said in enumerate(attributes):
        places.setdefault(json.dumps(said, sort_keys=True), []).append(place)
    return [tuple(group) for group in places.values()]


def offered(payload: Mapping[str, Json], groups: Groups) -> Iterator[tuple[str, Json]]:
    """Give each name that the decision places, with what it stands for."""
    split = {member_of(name) for name in groups}
    for member, value in payload.items():
        if member not in split:
            yield member, value
    for name, places in groups.items():
        yield name, [payload[member_of(name)][place] for place in places]


def put_together(parts: Mapping[str, Json], groups: Groups) -> dict[str, Json]:
    """Return the members of a payload from parts by offered name; items keep their order."""
    whole: dict[str, Json] = {}
    items: dict[str, list[tuple[int, Json]]] = {}
    for name, value in parts.items():
        if name in groups:
            items.setdefault(member_of(name), []).extend(zip(groups[name], value, strict=True))
        else:
            whole[name] = value
    for member, placed in items.items():
        whole[member] = [value for _, value in sorted(placed, key=lambda item: item[0])]
    return whole


def name_in(groups: Groups, member: str, place: int) -> str:
    """Return the name under which an item of *member* is offered."""
    return next(
        (name for name, places in groups.items() if member_of(name) == member and place in places),
        member,
    )
