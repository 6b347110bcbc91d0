"""What the policy sees of each offered member: what the sender adds and the gateway computes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.errors import Fault
from gateway.facts import take_facts
from gateway.groups import Groups, alike, item_name, item_of
from gateway.model.exchange import Moment, Payload, Person
from gateway.schemas import MemberMarks, PayloadSchema

Json = Any
Facts = dict[str, Json]
_EPOCH = date(1970, 1, 1).toordinal()
_MOST_GROUPS = 20


@dataclass(slots=True)
class Offered:
    """The attributes by offered name, the groups among these names, and what is wrong."""

    facts: dict[str, Facts] = field(default_factory=dict)
    groups: dict[str, tuple[int, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def offered_members(
    stated: Mapping[str, Mapping[str, Json]],
    payload: Payload,
    schema: PayloadSchema,
    persons: Sequence[Person],
    table: Mapping[str, Mapping[str, Json]],
    moment: Moment,
    age_limits: Sequence[int],
) -> Offered:
    """Return what is said of each member, and of each group of items that are not alike.

    *stated* may speak of a member or of one item of a list (`workers[0]`). Items are alike if
    the same is said of them and no age limit of the law lies between the persons in them.
    """
    found = Offered()
    whole, items = _taken(stated, payload, table, found.faults)
    for name, value in payload.items():
        marks = schema.members[name]
        said = whole.get(name, {})
        if not isinstance(value, list):
            ages = _ages(marks, payload, persons, moment)
            found.facts[name] = {**said, **_smallest_cell(marks, value), **_youngest(ages)}
            continue
        by_item = items.get(name, {})
        ages_of = _ages_of_items(marks, payload, persons, moment)
        each = [{**said, **by_item.get(place, {})} for place in range(len(value))]
        groups = alike(
            [
                [facts, *_bands(ages_of.get(place, []), age_limits)]
                for place, facts in enumerate(each)
            ]
        )
        if len(groups) > _MOST_GROUPS:
            found.faults.append(
                Fault(f"/field_facts/{name}", f"more than {_MOST_GROUPS} groups of items")
            )
            groups = groups[:_MOST_GROUPS]
        for number, places in enumerate(groups, start=1):
            group = name if len(groups) == 1 else f"{name}#{number}"
            if len(groups) > 1:
                found.groups[group] = places
            ages = [age for place in places for age in ages_of.get(place, [])]
            found.facts[group] = {**each[places[0]], **_youngest(ages)}
    return found


def stated_of(
    stated: Mapping[str, Mapping[str, Json]], member: str, place: int | None
) -> dict[str, Json]:
    """Return the sender's own words about a member, or about one item of it."""
    alone = {} if place is None else stated.get(item_name(member, place), {})
    return {**stated.get(member, {}), **alone}


def items_spoken_of(
    stated: Mapping[str, Json], groups: Groups, member: str, items: int
) -> Iterator[int | None]:
    """Give the places of a list of which something is said alone, or None for the whole."""
    named = any(found and found[0] == member for found in map(item_of, stated))
    if named or f"{member}#1" in groups:
        yield from range(items)
    else:
        yield None


def birth_faults(
    payload: Payload, schema: PayloadSchema, persons: Sequence[Person]
) -> Iterator[Fault]:
    """Refuse the year 0: it has the form of a date (RFC 3339), and no calendar has it."""
    born = [(person.member, person.date_of_birth) for person in persons]
    for name in payload:
        source = _elsewhere(schema.members[name])
        if source and isinstance(payload.get(source), str):
            born.append((source, payload[source]))
    for name in sorted({member for member, birth in born if birth.startswith("0000")}):
        yield Fault(f"/payload/{name}", "a date of birth in the year 0")


def _taken(
    stated: Mapping[str, Mapping[str, Json]],
    payload: Payload,
    table: Mapping[str, Mapping[str, Json]],
    faults: list[Fault],
) -> tuple[dict[str, Facts], dict[str, dict[int, Facts]]]:
    """Read what is stated of whole members and of single items."""
    whole: dict[str, Facts] = {}
    items: dict[str, dict[int, Facts]] = {}
    for name, given in stated.items():
        item = item_of(name)
        if name in payload:
            whole[name], wrong = take_facts(given, table, f"/field_facts/{name}")
            faults += wrong
        elif item and _has_item(payload, *item):
            member, place = item
            items.setdefault(member, {})[place], wrong = take_facts(
                given, table, f"/field_facts/{name}"
            )
            faults += wrong
        else:
            faults.append(Fault("/field_facts", "facts for a member that the payload lacks"))
    for member, by_item in items.items():
        for place, facts in by_item.items():
            for fact in sorted(facts.keys() & whole.get(member, {}).keys()):
                if facts[fact] != whole[member][fact]:
                    faults.append(
                        Fault(
                            f"/field_facts/{item_name(member, place)}/{fact}",
                            "the member as a whole is said to be otherwise",
                        )
                    )
    return whole, items


def _has_item(payload: Payload, member: str, place: int) -> bool:
    value = payload.get(member)
    return isinstance(value, list) and place < len(value)


def _smallest_cell(marks: MemberMarks, value: Json) -> Facts:
    if not marks.aggregate:
        return {}
    cells = [cell["count"] for cell in value["cells"] if cell["count"] > 0]
    return {"cell_min": min(cells)} if cells else {}


def _youngest(ages: Sequence[int]) -> Facts:
    return {"data_subject_age": min(ages)} if ages else {}


def _bands(ages: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Return between which age limits the youngest stands."""
    return [sum(min(ages) >= limit for limit in limits)] if ages else []


def _ages_of_items(
    marks: MemberMarks, payload: Payload, persons: Sequence[Person], moment: Moment
) -> dict[int, list[int]]:
    """Return the ages by place; where they come from another member, each item has them all."""
    if _elsewhere(marks):
        ages = _ages(marks, payload, persons, moment)
        return dict.fromkeys(range(len(payload[marks.name])), ages)
    found: dict[int, list[int]] = {}
    if marks.age_from is not None:
        for person in persons:
            if person.member == marks.name and person.date_of_birth:
                age = _age(person.date_of_birth, moment.evaluated_on)
                found.setdefault(person.place, []).append(age)
    return found


def _ages(
    marks: MemberMarks, payload: Payload, persons: Sequence[Person], moment: Moment
) -> list[int]:
    """Return the ages of the persons in a member, or in the one that its schema points to."""
    if marks.age_from is None:
        return []
    source = _elsewhere(marks) or marks.name
    named = payload.get(source)
    births = [named] if _elsewhere(marks) and isinstance(named, str) else []
    births += [person.date_of_birth for person in persons if person.member == source]
    return [_age(birth, moment.evaluated_on) for birth in births if birth]


def _elsewhere(marks: MemberMarks) -> str | None:
    """Return the member that `age_from` points to, if it points to one (`/date_of_birth`)."""
    pointer = marks.age_from or ""
    return pointer[1:] if pointer.startswith("/") else None


def _age(born: str, today: int) -> int:
    """Return the completed years of life on day *today*."""
    birth = date.fromisoformat(born)
    now = date.fromordinal(today + _EPOCH)
    return max(0, now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day)))
