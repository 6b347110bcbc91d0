"""The tables that belong to one exchange kind: its routes, and what each recipient needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

import rfc8785

from gateway.errors import GatewayError

Json = Any
Table = Mapping[str, Mapping[str, Mapping[str, Json]]]


class KindUnknown(GatewayError):
    """No exchange kind of the rules has this name."""


@dataclass(frozen=True, slots=True)
class KindTable:
    """`necessity`: recipient, member, row. `routes`: sender, recipient, row. In file order."""

    kind: str
    necessity: Table
    routes: Table

    @property
    def digest(self) -> str:
        """Names exactly this content, so that a workbook knows what it was made from."""
        return sha256(rfc8785.dumps([_plain(self.necessity), _plain(self.routes)])).hexdigest()


def kind_table(data: Mapping[str, Json], kind: str) -> KindTable:
    """Return the tables of *kind* from the data document of a policy set.

    Raises:
        KindUnknown: With the kind that was perhaps meant.
    """
    if kind not in data["members"]:
        near = get_close_matches(kind, data["members"], 1)
        meant = f"Meinten Sie {near[0]}? " if near else ""
        raise KindUnknown(
            f"`{kind}` ist keine Vorgangsart. {meant}Es gibt: {', '.join(sorted(data['members']))}."
            " (No exchange kind of this name.)"
        )
    necessity = data.get("necessity", {}).get(kind, {})
    return KindTable(kind, necessity, data.get("routes", {}).get(kind, {}))


def _plain(value: Json) -> Json:
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value
