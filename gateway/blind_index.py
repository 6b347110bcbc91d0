"""The blind index from a person to the exchanges that released data about them (DESIGN 7)."""

import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from gateway.model.evidence import SubjectToken
from gateway.model.exchange import Moment, Person
from gateway.ports import SubjectKeys

_SCHEME = "name-birth-1"
_EPOCH = date(1970, 1, 1).toordinal()


def subject_tokens(
    persons: Iterable[Person], controllers: Sequence[str], moment: Moment, keys: SubjectKeys
) -> tuple[SubjectToken, ...]:
    """Return one token for each person and controller, under the controller's key of the year.

    Raises:
        KeysUnavailable: A key can be neither read nor made.
    """
    identifiers = sorted({_identifier(person) for person in persons})
    if not identifiers:
        return ()
    year = date.fromordinal(moment.evaluated_on + _EPOCH).year
    tokens = []
    for controller in controllers:
        key_id, key = keys.subject_key(controller, year)
        tokens += [
            SubjectToken(key_id, hmac.digest(key, identifier, "sha256"))
            for identifier in identifiers
        ]
    return tuple(tokens)


def _identifier(person: Person) -> bytes:
    """Scheme, family name, given names and date of birth, normalised so that spelling of
    case, spaces and Unicode form does not matter."""
    parts = (person.family_name, person.given_names, person.date_of_birth)
    normal = (" ".join(unicodedata.normalize("NFC", part).casefold().split()) for part in parts)
    return "\x1f".join((_SCHEME, *normal)).encode()
