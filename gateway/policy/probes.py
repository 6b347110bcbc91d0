"""Policy inputs that show what a change of the tables does: each way, and steps beside it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from gateway.policy.changed_places import Place
from gateway.policy.permitted_inputs import candidates

Json = Any
Given = dict[str, Json]
Decided = Mapping[str, Json] | None
Table = Mapping[str, Json]
Answered = tuple[Mapping[str, Json], Sequence[Decided]]
"""An input, and what each of the sets that are compared decides on it."""

_GIVEN = ("permit", "hold")
_EPOCH = date(1970, 1, 1).toordinal()
_NOON_S = 43_200
_REQUEST = "0" * 32
_CORES = 3
"""Inputs that are looked at closely for one place that differs."""
_MOST_CORES = 12


def ways(data: Table, closely: Collection[str] = ()) -> Iterator[Given]:
    """Inputs on every route, with every basis and all that a fact can say for the exchange.

    They keep the purpose of collection; of the kinds *closely* some come from another purpose,
    and some give no reason for what is needed only in some cases.
    """
    for given in chain.from_iterable(candidates(kind, data) for kind in sorted(data["routes"])):
        asked = given["facts"]["request_mode"] == "on_request"
        if given["exchange_kind"] in closely:
            wanted = _keeps(given) or (_reasoned(given) and not asked)
        else:
            wanted = _keeps(given) and _reasoned(given)
        if wanted:
            yield given


def further_ways(
    data: Table, answered: Iterable[Answered], kinds: Collection[str]
) -> Iterator[Given]:
    """Inputs of *kinds* from other purposes of collection, where nothing *answered* is permitted.

    So each route has an input that is permitted, if there is one.
    """
    open_routes = {_route(given) for given, decisions in answered if _permitted(decisions)}
    listed = sorted({*data["routes"]} & {*kinds})
    for given in chain.from_iterable(candidates(kind, data) for kind in listed):
        if not _keeps(given) and _reasoned(given) and _route(given) not in open_routes:
            yield given


def _keeps(given: Table) -> bool:
    return bool(given["purpose"] == given["original_purpose"])


def _reasoned(given: Table) -> bool:
    return any("necessity_reason" in said for said in given["members"].values())


def _route(given: Table) -> tuple[str, str, str]:
    return given["exchange_kind"], given["sender_kind"], given["recipient_kind"]


def _permitted(decisions: Iterable[Decided]) -> list[Mapping[str, Json]]:
    return [each for each in decisions if each is not None and each["verdict"] in _GIVEN]


def cores(answered: Iterable[Answered]) -> list[Given]:
    """Return of each route, by the basis that carries it alone, the first input permitted.

    Permitted by one of the sets is enough. Of a kind that nothing permits it is the first input.
    """
    found: dict[tuple[str, ...], Given] = {}
    first: dict[str, Given] = {}
    for given, decisions in answered:
        first.setdefault(given["exchange_kind"], dict(given))
        for decision in _permitted(decisions):
            carrying = {*given["legal_basis_claimed"]} & {*decision["rules_applied"]}
            for basis in sorted(carrying) or [""]:
                lean = {**given, "legal_basis_claimed": [basis] if basis else []}
                found.setdefault((*_route(given), basis, given["facts"]["request_mode"]), lean)
    permitted = {key[0] for key in found}
    return [*found.values(), *(it for kind, it in first.items() if kind not in permitted)]


def through_doors(found: Iterable[Given], doors: Collection[str]) -> Iterator[Given]:
    """The cores *found* that answer a request, each through each of the recipient's *doors*."""
    for core in found:
        if core["facts"].get("request_mode") == "on_request":
            for door in doors:
                facts = {**core["facts"], "recipient_collection_basis": door}
                yield {**core, "facts": facts}


@dataclass(frozen=True, slots=True)
class Tries:
    """What the places that differ speak of, to be tried as what an input may say."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    days: tuple[int, ...]
    controllers: tuple[str, ...]


def tries_of(places: Iterable[Place]) -> Tries:
    """Return words, numbers and days on both sides of each limit that *places* have."""
    words, numbers, days, controllers = set[str](), set[int](), set[int](), set[str]()
    for place in places:
        words.update((*place.where[1:], *place.values))
        for value in chain.from_iterable(place.values.values()):
            for leaf in _leaves(value):
                if isinstance(leaf, str):
                    words.add(leaf)
                    days.update(_beside(_day_of(leaf)))
                else:
                    numbers.update(_beside(leaf))
        if place.controller is not None:
            controllers.add(place.controller)
    words.discard("")
    return Tries(
        tuple(sorted(words)),
        tuple(sorted(numbers)),
        tuple(sorted(days)),
        tuple(sorted(controllers)),
    )


def closest(found: Sequence[Given], places: Iterable[Place]) -> list[Given]:
    """Return of the cores *found* those to look at closely: they name what *places* speak of."""
    chosen: dict[int, Given] = {}
    for place in places:
        words = {*tries_of([place]).words}
        rank = sorted(
            range(len(found)), key=lambda at: (-len(words & _named(found[at])), _turn(found, at))
        )
        chosen.update((at, found[at]) for at in rank[:_CORES])
    return list(chosen.values())[:_MOST_CORES]


def beside(core: Given, facts: Table, tries: Tries) -> Iterator[Given]:
    """The input *core*, without confirmations, and with days, figures, controllers to be tried.

    A figure stands for each one that the core gives itself.
    """
    yield core
    yield _as_sent(core)
    for controller in tries.controllers:
        yield {**_as_sent(core), "sender_controller": controller}
    for day in tries.days:
        yield {**core, "evaluated_on": day, "evaluated_at": day * 86_400 + _NOON_S}
    for name in core["facts"]:
        if facts["facts"].get(name, {}).get("type") == "integer":
            yield from ({**core, "facts": {**core["facts"], name: it}} for it in tries.numbers)


def near(core: Given, facts: Table, tries: Tries) -> Iterator[Given]:
    """Inputs that differ from *core* in one thing, as `facts.json` knows what can be said."""
    yield {**core, "facts": {}}
    for word in tries.words:
        yield {**core, "legal_basis_claimed": sorted({*core["legal_basis_claimed"], word})}
        yield {**core, "original_purpose": word}
    yield from (
        {**core, "facts": said} for said in _otherwise(core["facts"], facts["facts"], tries, core)
    )
    for name, row in facts["field_facts"].items():
        for value in _values(row, tries, core):
            every = {member: {**said, name: value} for member, said in core["members"].items()}
            yield {**core, "members": every}
        yield {
            **core,
            "members": {member: _without(it, name) for member, it in core["members"].items()},
        }


def unlike(inputs: Iterable[Given]) -> list[Given]:
    """Return *inputs* in their order, each once."""
    return list({json.dumps(given, sort_keys=True): given for given in inputs}.values())


def _otherwise(said: Table, table: Table, tries: Tries, core: Given) -> Iterator[Given]:
    for name, row in table.items():
        if name in said:
            yield _without(said, name)
        for value in _values(row, tries, core):
            if name not in said or said[name] != value:
                yield {**said, name: value}


def _values(row: Table, tries: Tries, core: Given) -> Iterator[Json]:
    """What a fact or an attribute can say; a text only that it is given."""
    match row["type"]:
        case "bool":
            yield from (True, False)
        case "text":
            yield True
        case "enum":
            yield from row["values"]
        case "integer":
            yield from (tries.numbers or (0,))
        case "date":
            yield from _beside(core["evaluated_on"])
        case "string":
            yield from tries.words
        case "list":
            yield from ([word] for word in tries.words)


def _named(core: Given) -> set[str]:
    """Whom and what a core speaks of."""
    parts = ("exchange_kind", "sender_kind", "recipient_kind", "purpose", "original_purpose")
    door = core["facts"].get("recipient_collection_basis", "")
    return {*(core[part] for part in parts), *core["legal_basis_claimed"], door}


def _turn(found: Sequence[Given], at: int) -> tuple[int, int]:
    """So that of equals each kind has its turn before one has its second."""
    kind = found[at]["exchange_kind"]
    return sum(each["exchange_kind"] == kind for each in found[:at]), at


def _leaves(value: Json) -> Iterator[str | int]:
    """The texts and numbers in a value, and the names that it gives."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield key
            yield from _leaves(child)
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield value


def _day_of(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        return None


def _beside(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number - 1, number, number + 1)


def _as_sent(core: Given) -> Given:
    """The input as a gateway builds it: norms count as far as they are confirmed."""
    asked = core["facts"].get("request_mode") == "on_request"
    return {**_without(core, "case_file"), **({"in_reply_to": _REQUEST} if asked else {})}


def _without(said: Table, name: str) -> Given:
    return {key: value for key, value in said.items() if key != name}
