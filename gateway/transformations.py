"""Generalise and pseudonymise: what leaves is less than what was offered (DESIGN 4.2).

Whatever a transformation finds no way for is refused, never released as it was.
"""

import base64
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.model.exchange import Moment
from gateway.schemas import AGGREGATE, ATTACHMENT, PERSON, PayloadSchema

Json = Any
Pseudonyms = Callable[[str], str]
_EPOCH = date(1970, 1, 1).toordinal()
_LENGTH = 16
_SCHEME = b"pseudonym-1\x1f"
_WHO = ("family_name", "given_names", "date_of_birth")


def generalised(
    schema: PayloadSchema,
    member: str,
    value: Json,
    parameters: Mapping[str, Json],
    moment: Moment,
) -> Json:
    """Return *value* with every date as a year (`to: year`) or an age band (`to: age_band`).

    Age bands are ten years wide: `40-49`. What is no date stays.

    Raises:
        PolicyUnavailable: The parameters are others, or the value holds no date to generalise.
    """
    to = parameters.get("to")
    if parameters.keys() != {"to"} or to not in ("year", "age_band"):
        raise PolicyUnavailable("the decision generalises in a way that the gateway does not know")
    found = 0

    def change(node: Mapping[str, Json], given: Json) -> tuple[bool, Json]:
        nonlocal found
        kind = node.get("format")
        if kind not in ("date", "date-time") or not isinstance(given, str):
            return False, None
        if kind == "date-time" and to == "age_band":
            raise PolicyUnavailable("a point in time has no age band")
        found += 1
        return True, given[:4] if to == "year" else _age_band(given, moment.evaluated_on)

    left = schema.rebuilt(member, value, change)
    if not found:
        raise PolicyUnavailable("the decision generalises a member that holds no date")
    return left


def pseudonymised(
    schema: PayloadSchema,
    member: str,
    value: Json,
    parameters: Mapping[str, Json],
    pseudonym: Pseudonyms,
) -> Json:
    """Return *value* with a pseudonym for each person, or for each text where none is one.

    Nothing of a person remains but the pseudonym; texts that stand beside persons stay.

    Raises:
        PolicyUnavailable: There are parameters, or a part of the value that has no pseudonym.
    """
    if parameters:
        raise PolicyUnavailable("the decision pseudonymises in a way that the gateway lacks")
    persons = schema.members[member].persons
    found = 0

    def change(node: Mapping[str, Json], given: Json) -> tuple[bool, Json]:
        nonlocal found
        if node.get("$ref") == PERSON and isinstance(given, Mapping):
            found += 1
            return True, {"family_name": pseudonym(_identity(given))}
        if node.get("$ref") in (ATTACHMENT, AGGREGATE):
            raise PolicyUnavailable("an attachment or a table has no pseudonym")
        if persons or isinstance(given, Mapping | list):
            return False, None
        if not isinstance(given, str) or "enum" in node:
            raise PolicyUnavailable("only persons and texts have pseudonyms")
        found += 1
        return True, pseudonym(_folded(given))

    left = schema.rebuilt(member, value, change)
    if not found:
        raise PolicyUnavailable("the decision pseudonymises a member that names nobody")
    return left


def pseudonyms(key: bytes, exchange_id: str) -> Pseudonyms:
    """Return what gives pseudonyms for one exchange.

    The same person has the same pseudonym everywhere in an exchange and another in every other
    exchange. Only the key, which its controller can have erased, leads from a known person to
    the pseudonym.
    """
    own = hmac.digest(key, _SCHEME + exchange_id.encode(), "sha256")

    def pseudonym(identity: str) -> str:
        digest = hmac.digest(own, identity.encode(), "sha256")
        return "P-" + base64.b32encode(digest).decode()[:_LENGTH]

    return pseudonym


def _identity(person: Mapping[str, Json]) -> str:
    return "\x1f".join(_folded(person.get(part, "")) for part in _WHO)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _age_band(born: str, today: int) -> str:
    try:
        birth = date.fromisoformat(born)
    except ValueError as error:
        raise PolicyUnavailable("a date to generalise is none of the calendar") from error
    now = date.fromordinal(today + _EPOCH)
    age = now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))
    if age < 0:
        raise PolicyUnavailable("a date in the future has no age band")
    return f"{age // 10 * 10}-{age // 10 * 10 + 9}"
