"""The tables that belong to one exchange kind: its routes, and what each recipient needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

import rfc8785

from gateway.errors import GatewayError
from gateway.policy.spreadsheet.columns import NEEDS

Json = Any
Table = Mapping[str, Mapping[str, Mapping[str, Json]]]


class KindUnusable(GatewayError):
    """No kind of the rules has this name, or its tables say what a workbook cannot say."""


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
        KindUnusable: With the kind that was perhaps meant, or what a workbook cannot say.
    """
    if kind not in data["members"]:
        near = get_close_matches(kind, data["members"], 1)
        meant = f"Meinten Sie {near[0]}? " if near else ""
        raise KindUnusable(
            f"`{kind}` ist keine Vorgangsart. {meant}Es gibt: {', '.join(sorted(data['members']))}."
            " (No exchange kind of this name.)"
        )
    necessity = data.get("necessity", {}).get(kind, {})
    table = KindTable(kind, necessity, data.get("routes", {}).get(kind, {}))
    lost = next(_unsayable(table), None)
    if lost is not None:
        raise KindUnusable(
            f"{kind}: {lost}; das kann eine Arbeitsmappe nicht sagen. (Not sayable.)"
        )
    return table


def _unsayable(table: KindTable) -> Iterator[str]:
    """What would be lost on the way out and in again."""
    for sender, recipients in table.routes.items():
        for recipient, route in recipients.items():
            if not route.get("recipient_purposes"):
                yield f"der Weg {sender} → {recipient} hat keinen Zweck"
    for recipient, members in table.necessity.items():
        for member, row in members.items():
            if row.get("need") not in NEEDS:
                yield f"`need` von {recipient}/{member} ist keines von {', '.join(NEEDS)}"


def _plain(value: Json) -> Json:
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value
