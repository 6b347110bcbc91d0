"""The schemas of what the gateway itself answers: they come with its version, not with rules."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Json = Any
_FOLDER = Path(__file__).resolve().parents[2] / "schemas"
_DESCRIBED = ("answers.json", "leaf.json", "problem.json", "receipt.json", "record.json")


@cache
def own_forms() -> Mapping[str, Mapping[str, Json]]:
    """Return each by the name of its file."""
    return {name: json.loads((_FOLDER / name).read_text("utf-8")) for name in _DESCRIBED}
