"""What an invented exchange is about: whom it concerns, what is claimed, what is offered.

The scenes of `scenes.json` follow the worked cases; together they reach every kind, verdict and
rule. Facts and attributes have the form that the policy sees, but for dates: those count the days
from the day of the exchange.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange before it has values. A member that stands twice is a list whose items differ;
    `weight` says how often the scene is told beside others."""

    title: str
    exchange_kind: str
    sender_kind: str
    recipient_kind: str
    purpose: str | None
    original_purpose: str | None
    legal_basis: tuple[str, ...]
    facts: Mapping[str, Json]
    members: tuple[tuple[str, Mapping[str, Json]], ...]
    weight: int = 1
    partnership: str | None = None


@cache
def all_scenes() -> Sequence[Scene]:
    """Return the scenes in their order, which is always the same."""
    text = files("gateway.synthetic").joinpath("scenes.json").read_text("utf-8")
    return tuple(scene_of(row) for row in json.loads(text))


def scene_of(row: Mapping[str, Json]) -> Scene:
    """Return the scene of one row of the file."""
    members = tuple((name, said) for name, said in row["members"])
    return Scene(**{**row, "legal_basis": tuple(row["legal_basis"]), "members": members})
