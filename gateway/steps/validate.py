"""Checks the shape of a request, and turns it into a valid exchange."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.errors import Fault, InvalidRequest, RequestTooLarge
from gateway.facts import computed_facts, registry_facts, take_facts
from gateway.member_facts import Offered, birth_faults, offered_members
from gateway.model.data_request import Asked
from gateway.model.exchange import Caller, Document, Exchange, Payload, Person
from gateway.model.unit import RegistrySnapshot, Unit
from gateway.policies import Policies
from gateway.schemas import PayloadSchema, faults_of

Json = Any
_MAGIC = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "application/pdf": (b"%PDF-",),
    "video/mp4": (b"ftyp",),
}
_MP4_OFFSET = 4


def validate(
    document: Document,
    caller: Caller,
    registry: RegistrySnapshot,
    policies: Policies,
    body_bytes: int,
    max_body: int,
    asked: Asked | None = None,
) -> Exchange:
    """Return the exchange that *document* asks for; *asked* is the request that it answers.

    Only shape is checked here. A purpose, kind, basis or route that no table knows is content:
    the policy decides it, and the denial is recorded.

    Raises:
        InvalidRequest: Envelope, facts or payload do not have their shape; every fault at once.
        RequestTooLarge: A kind without attachments has a body over *max_body* bytes.
    """
    envelope = document.value
    schemas = policies.schemas
    _raise(faults_of(schemas.envelope, envelope, ""))
    kind: str = envelope["exchange_kind"]
    schema = schemas.payloads.get(kind)
    if body_bytes > max_body and not (schema and schema.carries_attachments):
        raise RequestTooLarge(f"more than {max_body} bytes")
    recipient = _recipient(envelope["recipient"], caller.unit, registry)
    stated = envelope.get("facts", {})
    taken, faults = take_facts(stated, schemas.facts, "/facts")
    if schema is None:
        _raise(faults)
        return _without_schema(document, caller, recipient, taken, asked)
    payload: Payload = envelope["payload"]
    _raise([*faults, *schema.faults(payload)])
    persons = list(_persons(payload, schema))
    _raise(birth_faults(payload, schema, persons))
    offered = offered_members(
        envelope.get("field_facts", {}),
        payload,
        schema,
        persons,
        schemas.member_facts,
        document.moment,
        policies.age_limits,
    )
    _raise([*_attachment_faults(payload, schema), *offered.faults])
    facts = {
        **taken,
        **registry_facts(caller.unit, recipient),
        **(asked.facts if asked else {}),
        **computed_facts(
            envelope, payload, schema, offered.facts, persons, taken, document.moment, policies
        ),
    }
    return _exchange(document, caller, recipient, facts, offered, payload, tuple(persons), asked)


def _without_schema(
    document: Document,
    caller: Caller,
    recipient: Unit,
    taken: Mapping[str, Json],
    asked: Asked | None,
) -> Exchange:
    """Return an exchange of a kind that has no payload schema: no member of it is looked at,
    and the policy denies it."""
    return _exchange(document, caller, recipient, taken, Offered(), {}, (), asked)


def _exchange(
    document: Document,
    caller: Caller,
    recipient: Unit,
    facts: Mapping[str, Json],
    offered: Offered,
    payload: Payload,
    persons: tuple[Person, ...],
    asked: Asked | None,
) -> Exchange:
    envelope = document.value
    return Exchange(
        sender=caller.unit,
        recipient=recipient,
        exchange_kind=envelope["exchange_kind"],
        in_reply_to=None if asked is None else asked.request_id,
        purpose=envelope.get("purpose"),
        original_purpose=envelope.get("original_purpose"),
        purpose_text=envelope.get("purpose_text"),
        legal_basis=tuple(envelope.get("legal_basis", ())),
        justification=envelope.get("justification"),
        case_reference=envelope.get("case_reference"),
        acting_official=envelope.get("acting_official"),
        partnership=envelope.get("partnership"),
        facts=facts,
        member_facts=offered.facts,
        stated_facts=envelope.get("facts", {}),
        stated_member_facts=envelope.get("field_facts", {}),
        payload=payload,
        persons=persons,
        free_text_checked=envelope.get("free_text_checked", False),
        registry_digest=caller.registry_digest,
        moment=document.moment,
        groups=offered.groups,
    )


def _raise(faults: Iterator[Fault] | list[Fault]) -> None:
    found = list(faults)
    if found:
        raise InvalidRequest(found)


def _recipient(unit_id: str, sender: Unit, registry: RegistrySnapshot) -> Unit:
    unit = registry.unit(unit_id)
    if unit is None:
        raise InvalidRequest([Fault("/recipient", "no unit of this id is registered")])
    if unit.id == sender.id:
        raise InvalidRequest([Fault("/recipient", "sender and recipient are the same unit")])
    if not unit.active or not unit.may_receive:
        raise InvalidRequest([Fault("/recipient", "this unit does not receive at present")])
    if unit.encryption_key is None:
        raise InvalidRequest(
            [Fault("/recipient", "this unit has no encryption key, so nothing can be sealed to it")]
        )
    return unit


def _persons(payload: Payload, schema: PayloadSchema) -> Iterator[Person]:
    """Give every person object in the payload; what it lacks comes from the members that the
    schema names for it."""
    for name, value in payload.items():
        elsewhere = {
            part: payload[member]
            for part, member in schema.members[name].completed_by.items()
            if member in payload
        }
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            for person in schema.persons(name, [item] if isinstance(value, list) else item):
                known = {**elsewhere, **person}
                yield Person(
                    name,
                    known["family_name"],
                    known.get("given_names", ""),
                    known.get("date_of_birth", ""),
                    place,
                )


def _attachment_faults(payload: Payload, schema: PayloadSchema) -> Iterator[Fault]:
    """Check that each attachment is base64, and is what its media type says."""
    for name, value in payload.items():
        if not schema.members[name].attachment:
            continue
        items = value if isinstance(value, list) else [value]
        for place, item in enumerate(items):
            where = f"/payload/{name}" + (f"/{place}" if isinstance(value, list) else "")
            allowed = schema.members[name].media_types
            if allowed and item["media_type"] not in allowed:
                yield Fault(f"{where}/media_type", f"one of {', '.join(sorted(allowed))}")
                continue
            try:
                first = base64.b64decode(item["content"], validate=True)[:16]
            except (binascii.Error, ValueError):
                yield Fault(f"{where}/content", "not base64")
                continue
            if not _begins_as(first, item["media_type"]):
                yield Fault(f"{where}/content", "the content is not of its media type")


def _begins_as(first: bytes, media_type: str) -> bool:
    at = _MP4_OFFSET if media_type == "video/mp4" else 0
    return any(first[at:].startswith(magic) for magic in _MAGIC.get(media_type, ()))
