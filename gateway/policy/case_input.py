"""From a case to the policy input: as the gateway would build it, but from names alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gateway.policy.case_files import Case, CaseFileUnusable
from gateway.policy.policy_set import PolicySet

Json = Any

_BERLIN = ZoneInfo("Europe/Berlin")
_NOON = time(12)
_EPOCH = date(1970, 1, 1)

_COPIED = ("exchange_kind", "sender_kind", "recipient_kind", "legal_basis_claimed")
_COPIED_IF_GIVEN = ("purpose", "original_purpose", "in_reply_to")


def input_of_case(case: Case, policy_set: PolicySet) -> dict[str, Json]:
    """Return the policy input of *case*, evaluated at 12:00 Europe/Berlin of its date.

    Facts count as given, whatever their source would be. Dates become day numbers since
    1970-01-01, texts that say why become `true`, what is null or empty is left out. The
    category of a field travels only where it is not the one that the payload schema gives.

    Raises:
        CaseFileUnusable: A date is none.
    """
    request = case.request
    day = _day(case, request["evaluation_date"])
    noon = datetime.combine(day, _NOON, _BERLIN)
    types = policy_set.schemas.get("facts.json", {})
    return {
        **{key: request[key] for key in _COPIED},
        **{key: request[key] for key in _COPIED_IF_GIVEN if request.get(key) is not None},
        "sender_controller": "case-file",
        "evaluated_at": int(noon.timestamp()),
        "evaluated_on": (day - _EPOCH).days,
        "case_file": True,
        "facts": dict(_attributes(case, request["facts"], types.get("facts", {}))),
        "members": _members(case, policy_set, types.get("field_facts", {})),
    }


def offered_members(case: Case) -> tuple[str, ...]:
    """The names as the policy sees them: fields of one name become groups `name#1`, `name#2`."""
    fields = [field["name"] for field in case.request["payload_fields"]]
    times, seen = Counter(fields), Counter[str]()
    offered = []
    for name in fields:
        seen[name] += 1
        offered.append(f"{name}#{seen[name]}" if times[name] > 1 else name)
    return tuple(offered)


def _members(
    case: Case, policy_set: PolicySet, types: Mapping[str, Json]
) -> dict[str, dict[str, Json]]:
    known = policy_set.data["members"].get(case.request["exchange_kind"], {})
    members = {}
    for group, field in zip(offered_members(case), case.request["payload_fields"], strict=True):
        given = {key: value for key, value in field.items() if key != "name"}
        if given.get("category") == known.get(field["name"], {}).get("category"):
            given.pop("category", None)
        members[group] = dict(_attributes(case, given, types))
    return members


def _attributes(
    case: Case, given: Mapping[str, Json], types: Mapping[str, Json]
) -> Iterator[tuple[str, Json]]:
    for name, value in given.items():
        kind = types.get(name, {}).get("type")
        if value is None or (kind == "text" and value is False):
            continue
        if kind == "date" and isinstance(value, str):
            yield name, (_day(case, value) - _EPOCH).days
        elif kind in ("text", "bool") and isinstance(value, str):
            if value.strip():
                yield name, True
        elif isinstance(value, Mapping):
            yield name, {key: item for key, item in value.items() if item is not None}
        else:
            yield name, value


def _day(case: Case, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CaseFileUnusable(
            f"{case.id}: `{text}` ist kein Datum JJJJ-MM-TT. (Not a date YYYY-MM-DD.)"
        ) from error
