"""Facts have one source each (schemas/facts.json): the sender's are read, ours are computed.

A fact that can be computed is computed and never believed. Dates become day numbers since
1970-01-01 and texts become present or absent, because the policy sees no more than that.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gateway.errors import Fault
from gateway.model.exchange import Moment, Person
from gateway.model.unit import Unit
from gateway.policies import Policies
from gateway.schemas import PayloadSchema

Json = Any
_EPOCH = date(1970, 1, 1).toordinal()
_MAX_TEXT = 4000
_MAX_MEMBERS = 20
_DAYS = range(-200_000, 3_000_001)
"""The days that schemas/policy_input.json can write: from the year 1422 on."""

_RESERVED = frozenset({"_sd", "..."})
"""Names that RFC 9901 keeps for digests, so that no record could hold them."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def take_facts(
    stated: Mapping[str, Json],
    table: Mapping[str, Mapping[str, Json]],
    where: str,
    source: str = "sender",
) -> tuple[dict[str, Json], list[Fault]]:
    """Return the facts of *source* as the policy sees them, and what is wrong with them."""
    taken: dict[str, Json] = {}
    faults: list[Fault] = []
    unknown = len(stated.keys() - table.keys())
    if unknown:
        faults.append(Fault(where, f"{unknown} fact(s) that no table knows"))
    for name in sorted(stated.keys() & table.keys()):
        value, row = stated[name], table[name]
        if value is None:
            continue
        if row["source"] != source:
            faults.append(Fault(f"{where}/{name}", f"this fact's source is {row['source']}"))
            continue
        wrong = _wrong(value, row)
        if wrong:
            faults.append(Fault(f"{where}/{name}", wrong))
            continue
        seen = _as_policy_sees(value, row["type"])
        if seen is not None:
            taken[name] = seen
    for name in sorted(taken):
        needed = table[name].get("reference")
        if needed and taken[name] is True and needed not in taken:
            faults.append(Fault(f"{where}/{name}", f"an order needs its reference: {needed}"))
    return taken, faults


def _wrong(value: Json, row: Mapping[str, Json]) -> str | None:
    """Say how *value* misses the type of its row, or None."""
    match row["type"]:
        case "bool":
            return None if isinstance(value, bool) else "true or false is needed"
        case "integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return None if whole else "a whole number is needed"
        case "enum":
            return None if value in row["values"] else f"one of {', '.join(row['values'])}"
        case "date":
            return None if _day(value) is not None else "a date such as 2026-11-24 is needed"
        case "text" | "string":
            short = isinstance(value, str) and len(value) <= _MAX_TEXT
            return None if short else f"a text of at most {_MAX_TEXT} characters is needed"
        case "object":
            flat = (
                isinstance(value, Mapping)
                and len(value) <= _MAX_MEMBERS
                and not value.keys() & _RESERVED
                and all(_is_flat(item) for item in value.values())
            )
            return None if flat else f"an object of at most {_MAX_MEMBERS} plain values is needed"
        case "list":
            strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
            return None if strings else "a list of texts is needed"
    return "no way to read a fact of this type"


def _is_flat(item: Json) -> bool:
    if isinstance(item, str):
        return len(item) <= _MAX_TEXT
    return item is None or isinstance(item, bool | int)


def _as_policy_sees(value: Json, kind: str) -> Json:
    """Return the policy's form of a value, or None if it counts as absent."""
    match kind:
        case "date":
            return _day(value)
        case "text":
            return True if value.strip() else None
        case "string":
            return value if value.strip() else None
        case "object":
            return {key: item for key, item in value.items() if item is not None} or None
    return value


def _day(value: Json) -> int | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value).toordinal() - _EPOCH
    except ValueError:
        return None
    return day if day in _DAYS else None


def computed_facts(
    envelope: Mapping[str, Json],
    payload: Mapping[str, Json],
    schema: PayloadSchema,
    members: Mapping[str, Mapping[str, Json]],
    persons: list[Person],
    taken: Mapping[str, Json],
    moment: Moment,
    policies: Policies,
) -> dict[str, Json]:
    """Return the request facts whose source is `computed` (DESIGN 4.4)."""
    text = envelope.get("purpose_text") or ""
    review = taken.get("review_date")
    facts: dict[str, Json] = {
        "payload_kind": _payload_kind(payload, schema, members, policies),
        "is_bulk": _size(payload, persons) > policies.bulk_threshold,
        "justification_present": bool((envelope.get("justification") or "").strip()),
        "purpose_text_specific": policies.is_specific(text),
        "review_date_set": review is not None and review > moment.evaluated_on,
        "timestamp": moment.evaluated_at,
    }
    if (envelope.get("case_reference") or "").strip():
        facts["case_reference"] = True
    if (envelope.get("acting_official") or "").strip():
        facts["actor_id"] = True
    cells = [row["cell_min"] for row in members.values() if "cell_min" in row]
    if cells:
        facts["cell_min"] = min(cells)
    dimensions = sorted(set(_dimensions(payload, schema)))
    if dimensions:
        facts["dimensions"] = dimensions
    return facts


def registry_facts(sender: Unit, recipient: Unit) -> dict[str, Json]:
    """Return the request facts whose source is the registry."""
    return {
        "recipient_keeps_marking": recipient.keeps_marking,
        "recipient_commitment_purpose": recipient.commitment_purpose,
        "country": recipient.country,
        "same_legal_entity": sender.legal_entity == recipient.legal_entity,
    }


def _payload_kind(
    payload: Mapping[str, Json],
    schema: PayloadSchema,
    members: Mapping[str, Mapping[str, Json]],
    policies: Policies,
) -> str:
    """Personal as soon as one category of one member is; aggregate before text."""
    marks = [schema.members[name] for name in payload]
    categories = {mark.category for mark in marks if not mark.impersonal}
    categories |= {row["category"] for row in members.values() if "category" in row}
    if any(policies.is_personal(category) for category in categories):
        return "personal"
    return "aggregate" if any(schema.members[name].aggregate for name in payload) else "text"


def _size(payload: Mapping[str, Json], persons: list[Person]) -> int:
    """Return the number of persons, or of items of the longest list if that is more."""
    lists = (len(value) for value in payload.values() if isinstance(value, list))
    return max(len(persons), max(lists, default=0))


def _dimensions(payload: Mapping[str, Json], schema: PayloadSchema) -> Iterator[str]:
    for name, value in payload.items():
        if schema.members[name].aggregate:
            yield from value["dimensions"]
