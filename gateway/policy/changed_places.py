"""Where the tables of two policy sets differ: row by row, each place to be looked at alone."""

import json
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.policy.lookups import MADE, lookup_of
from gateway.policy.syntax_tree import Module

Json = Any
Table = Mapping[str, Json]
Where = tuple[str, ...]


class Absent(Enum):
    """Stands for what a table does not have; null is something that it has."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

_WORDING = frozenset(
    {"citation", "de", "en", "label_de", "link", "meaning_de", "reason_de", "source", "title"}
)
_TOGETHER = (
    (("necessity", "*", "*", "*"), frozenset({"need", "reason", "rule"})),
    (("norms", "confirmations", "*", "*"), frozenset({"date", "demo", "name", "wording_sha256"})),
)
"""Values of a row that mean something only together; so does a date with its number of day."""

_DAY = "_day"
_CONFIRMATIONS = ("norms", "confirmations")


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a table that differs, several that mean something together, or an element.

    `values` names what is otherwise: key -> before and after. Of a list, its `where` is the
    list's own and `values` has one element under the empty key.
    """

    where: Where
    values: Mapping[str, tuple[Json | Absent, Json | Absent]]
    wording: bool = False

    @property
    def element(self) -> bool:
        return "" in self.values

    @property
    def adds(self) -> bool:
        """Whether a whole row, table or list is new: it can say more than anybody asks about."""
        return any(
            was is ABSENT and isinstance(now, Mapping | list) for was, now in self.values.values()
        )

    @property
    def controller(self) -> str | None:
        """The controller that the place names: a norm is confirmed for one alone."""
        named = self.where + tuple(self.values)
        if self.where[:2] != _CONFIRMATIONS or len(named) <= len(_CONFIRMATIONS):
            return None
        return named[len(_CONFIRMATIONS)]

    @property
    def kind(self) -> str | None:
        """The exchange kind of whose rows alone the place is one."""
        named = self.where + tuple(self.values)
        return named[1] if named[0] in ("necessity", "routes") and len(named) > 1 else None

    def __str__(self) -> str:
        names = [name for name in self.values if name]
        return ".".join((*self.where, *(names if len(names) == 1 else ())))


def changed_places(before: Table, after: Table, trees: Collection[Module]) -> tuple[Place, ...]:
    """Return every place in which the tables differ, in the order of their names.

    Only texts whose key no rule of *trees* mentions, for it tells people what a row means, are
    wording. What is made of the tables is not looked at: it follows from them.
    """
    words = _WORDING - set(_mentioned(trees))
    old, new = ({k: v for k, v in table.items() if k not in MADE} for table in (before, after))
    return tuple(_objects((), old, new, words))


def applied(data: Table, place: Place) -> dict[str, Json]:
    """Return the data document *data* with what differs at *place*, and nothing else."""
    name = (*place.where, *place.values)[0]
    changed = {**data, name: deepcopy(data.get(name, {}))}
    if place.element:
        _set_element(changed, place)
    else:
        _set_values(changed, place)
    return {**changed, "lookup": lookup_of(changed, data["members"])}


def _objects(where: Where, old: Table, new: Table, words: Collection[str]) -> Iterator[Place]:
    """Places below an object: nested objects and lists for themselves, then the plain values."""
    plain: dict[str, tuple[Json | Absent, Json | Absent]] = {}
    for key in sorted({*old, *new}):
        was, now = old.get(key, ABSENT), new.get(key, ABSENT)
        if _same(was, now):
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _objects((*where, key), was, now, words)
        elif _are_names(was) and _are_names(now) and _same_order(was, now):
            yield from _elements((*where, key), was, now)
        elif key in words and all(isinstance(each, str | Absent) for each in (was, now)):
            yield Place(where, {key: (was, now)}, wording=True)
        else:
            plain[key] = (was, now)
    groups: dict[str, dict[str, tuple[Json | Absent, Json | Absent]]] = {}
    for key, values in plain.items():
        groups.setdefault(_group(where, key), {})[key] = values
    yield from (Place(where, values) for values in groups.values())


def _elements(where: Where, old: list[str], new: list[str]) -> Iterator[Place]:
    for name in sorted({*old} ^ {*new}):
        yield Place(where, {"": (name, ABSENT) if name in old else (ABSENT, name)})


def _set_values(changed: dict[str, Json], place: Place) -> None:
    inside = changed
    for step in place.where:
        inside = inside[step]
    for key, (_, now) in place.values.items():
        if now is ABSENT:
            inside.pop(key)
        else:
            inside[key] = deepcopy(now)


def _set_element(changed: dict[str, Json], place: Place) -> None:
    inside = changed
    for step in place.where[:-1]:
        inside = inside[step]
    was, now = place.values[""]
    listed = [name for name in inside[place.where[-1]] if name != was]
    inside[place.where[-1]] = listed if now is ABSENT else [*listed, now]


def _group(where: Where, key: str) -> str:
    """What a value of a row is looked at together with, by a name for it."""
    for row, together in _TOGETHER:
        same = len(row) == len(where) and all(
            step in ("*", name) for step, name in zip(row, where, strict=True)
        )
        if same and key in together:
            return ""
    return key.removesuffix(_DAY)


def _same(was: Json | Absent, now: Json | Absent) -> bool:
    """Whether both are written alike: for Python 1 is true, for a rule it is not."""
    if was is ABSENT or now is ABSENT:
        return was is now
    return json.dumps(was, sort_keys=True) == json.dumps(now, sort_keys=True)


def _are_names(value: Json) -> bool:
    """Whether it is a list of texts, none of them twice."""
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return texts and len({*value}) == len(value)


def _same_order(old: list[str], new: list[str]) -> bool:
    """Whether what both have stands in the same order, and they are not the same."""
    kept = [name for name in new if name in old]
    return kept == [name for name in old if name in new] and old != new


def _mentioned(node: Json) -> Iterator[str]:
    """Every name and every text constant in the rules."""
    if isinstance(node, Module):
        yield from _mentioned(node.tree.get("rules", []))
    elif isinstance(node, Mapping):
        if node.get("type") in ("string", "var"):
            yield str(node["value"])
        for child in node.values():
            yield from _mentioned(child)
    elif isinstance(node, Collection) and not isinstance(node, str | bytes):
        for child in node:
            yield from _mentioned(child)
