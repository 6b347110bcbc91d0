"""Reads the query of a request strictly: known names, each once, in one form."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request

from gateway.errors import Fault, InvalidRequest

_NUMBER = re.compile("0|[1-9][0-9]{0,17}", re.ASCII)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_NOTHING = -1


def read_query(request: Request, names: Collection[str]) -> Mapping[str, str]:
    """Return the parameters of a request.

    Raises:
        InvalidRequest: One is unknown, or comes twice. An unknown name is not repeated.
    """
    given = request.query_params.multi_items()
    found = dict(given)
    faults = [
        Fault(name, "given more than once")
        for name in sorted(found.keys() & set(names))
        if sum(key == name for key, _ in given) > 1
    ]
    if found.keys() - set(names):
        faults.append(Fault("query", f"only {', '.join(names)} are known here"))
    if faults:
        raise InvalidRequest(faults)
    return found


def number(query: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    """Return a whole number of the query, or *default* if it is not given.

    Raises:
        InvalidRequest: It is no number from *lowest* to *highest*.
    """
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise InvalidRequest([Fault(name, f"a whole number from {lowest} to {highest}")])
    return int(text)


def position(query: Mapping[str, str]) -> int:
    """Return the cursor `after`: a position of the log, or -1, which is before its first entry.

    What an answer gives as `next` can always be given back.
    """
    if query.get("after") == str(_NOTHING):
        return _NOTHING
    return number(query, "after", _NOTHING, 0, 10**17)


def time_of_query(query: Mapping[str, str], name: str) -> int | None:
    """Return a time in epoch seconds, given as such or as RFC 3339.

    Raises:
        InvalidRequest: It is neither.
    """
    text = query.get(name)
    if text is None:
        return None
    if _NUMBER.fullmatch(text) and int(text) < 2**40:
        return int(text)
    try:
        if _TIME.fullmatch(text):
            return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        pass  # such as 30 February
    raise InvalidRequest(
        [Fault(name, "epoch seconds, or RFC 3339 with an offset: 2026-11-18T12:00:00Z")]
    )


def paging(page: int, largest: int) -> dict[str, Any]:
    """Describe `after` and `limit` for the OpenAPI document."""
    limit = {"type": "integer", "minimum": 1, "maximum": largest, "default": page}
    return {
        "parameters": [
            {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": -1}},
            {"name": "limit", "in": "query", "schema": limit},
        ]
    }
