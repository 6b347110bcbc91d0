"""All documents of the registry: which kind each is, and what they are together."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gateway.errors import RegistryRefused
from gateway.model.person import Person
from gateway.model.stop import Stop
from gateway.model.unit import RegistrySnapshot, Unit, snapshot_of
from gateway.people import PERSON, canonical_person, parse_person, person_key
from gateway.registry import canonical_unit, parse_unit, registry_digest
from gateway.stops import STOP, canonical_stop, parse_stop, stop_key

Json = Any


def read_registry(documents: Mapping[str, bytes]) -> RegistrySnapshot:
    """Return what the canonical *documents* describe, under the digest of all of them.

    Keys: a unit's id; `person/<id>`; `stop/<id>`.

    Raises:
        RegistryRefused: A document does not have its form, or lies under another's key; two
            units share a pin, or two people a key.
    """
    units: dict[str, Unit] = {}
    people: dict[str, Person] = {}
    stops: dict[str, Stop] = {}
    for key, body in documents.items():
        described = _described(key, body)
        if isinstance(described, Person):
            people[described.id] = described
            under = person_key(described.id)
        elif isinstance(described, Stop):
            stops[described.id] = described
            under = stop_key(described.id)
        else:
            units[described.id] = described
            under = described.id
        if under != key:
            raise RegistryRefused(f"{key}: the document is another's")
    return snapshot_of(registry_digest(documents), units, people, stops)


@lru_cache(maxsize=4096)
def _described(key: str, body: bytes) -> Unit | Person | Stop:
    """Read one document; those that did not change are not read again."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise RegistryRefused(f"{key}: not a JSON document") from error
    if key.startswith(PERSON):
        return parse_person(document)
    return parse_stop(document) if key.startswith(STOP) else parse_unit(document)


def canonical_document(key: str, document: Mapping[str, Json]) -> bytes:
    """Return the bytes (RFC 8785) of one document, after a strict look at it.

    Raises:
        RegistryRefused: It does not have its form.
    """
    if key.startswith(PERSON):
        return canonical_person(document)
    return canonical_stop(document) if key.startswith(STOP) else canonical_unit(document)
