"""Survivors that somebody looked at: changes that no decision can show, each with its reason."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from gateway.errors import GatewayError
from gateway.policy.mutation.mutant import Change

Key = tuple[str, str, str, str]

_MEMBERS = ("path", "where", "change", "before", "why")


class ExplanationsUnusable(GatewayError):
    """The file of explained survivors cannot be read, or a row of it lacks something."""


def read_explained(path: Path) -> Mapping[Key, str]:
    """Read the rows `[[survivor]]` of a TOML file: what was changed where, and `why` it may be.

    Raises:
        ExplanationsUnusable: With the row and what it lacks.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ExplanationsUnusable(f"{path}: nicht lesbar: {error}. (Cannot be read.)") from error
    explained: dict[Key, str] = {}
    for number, row in enumerate(document.get("survivor", []), 1):
        missing = [name for name in _MEMBERS if not str(row.get(name, "")).strip()]
        if missing:
            raise ExplanationsUnusable(
                f"{path}, Zeile {number} von [[survivor]]: es fehlt {', '.join(missing)}."
                " (Something is missing.)"
            )
        if row["change"] not in set(Change):
            raise ExplanationsUnusable(
                f"{path}, Zeile {number} von [[survivor]]: `{row['change']}` ist keine Änderung;"
                f" es gibt: {', '.join(Change)}. (No such change.)"
            )
        explained[row["path"], row["where"], row["change"], row["before"]] = row["why"]
    return explained
