"""JSON as the policy set may hold it: no duplicate member, no fraction, no NaN."""

import json
from typing import Any, NoReturn

Json = Any


def load_json(data: bytes) -> Json:
    """Return the value of *data*.

    Raises:
        ValueError: Not JSON of this kind; the text says where.
    """
    text = data.decode("utf-8")
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_float=_no_fraction, parse_constant=_no_fraction
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} stands there twice")
    return members


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text} is no integer")
