"""A change of the registry: its ballot, its signatures, its entry."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from gateway.drafting import Drafter
from gateway.errors import RegistryRefused
from gateway.model.evidence import Draft, EntryType, Part, PutUnit
from gateway.model.exchange import Moment
from gateway.model.unit import UnitStatus
from gateway.ports import Head, Signer
from gateway.registry import canonical_unit, parse_unit, registry_digest, snapshot
from gateway.tlog.encoding import encode_base64url

Json = Any
PERMANENT = "log.permanent"
"""The bucket of entries that live as long as the log (DESIGN 11)."""


def ballot(
    unit_id: str, document: bytes, before: str, after: str, moment: Moment
) -> dict[str, Json]:
    """Return what is signed, in canonical form: which unit, from which registry to which."""
    return {
        "change": "registry",
        "unit": unit_id,
        "document_sha256": hashlib.sha256(document).hexdigest(),
        "digest_before": before,
        "digest_after": after,
        "time": moment.evaluated_at,
    }


def sign_ballot(content: Mapping[str, Json], signer: Signer) -> dict[str, Json]:
    """Return one signature over the canonical ballot (RFC 8785)."""
    return {
        "kid": signer.kid,
        "jwk": dict(signer.public_jwk),
        "signature": encode_base64url(signer.sign(rfc8785.dumps(dict(content)))),
    }


def draft_change(
    document: Mapping[str, Json],
    documents: Mapping[str, bytes],
    head: Head,
    moment: Moment,
    drafter: Drafter,
    signer: Signer,
) -> Draft:
    """Return the `registry` entry that writes *document* beside the present *documents*.

    Raises:
        RegistryRefused: The document is not well formed, shares a pin, moves a unit to
            another controller, or is the one in force already.
    """
    unit = parse_unit(document)
    body = canonical_unit(document)
    earlier = documents.get(unit.id)
    if earlier == body:
        raise RegistryRefused(f"unit {unit.id} has exactly this document already")
    after = {**documents, unit.id: body}
    parsed = {name: parse_unit(_read(known)) for name, known in after.items()}
    if earlier is not None and parse_unit(_read(earlier)).controller != unit.controller:
        raise RegistryRefused(f"unit {unit.id} belongs to another controller")
    snapshot(after, parsed)
    digest = registry_digest(after)
    content = ballot(unit.id, body, head.registry_digest, digest, moment)
    part = {
        "ballot": content,
        "document": _read(body),
        "signatures": [sign_ballot(content, signer)],
    }
    return drafter.draft(
        EntryType.REGISTRY,
        moment,
        head.policy_digest,
        head.registry_digest,
        {Part.AUDIT: part},
        bucket=PERMANENT,
        effects=(PutUnit(unit.id, body),),
        new_registry_digest=digest,
    )


def suspended(document: bytes) -> dict[str, Json]:
    """Return a unit's document with the status that one person alone may set."""
    return {**_read(document), "status": UnitStatus.SUSPENDED.value}


def _read(document: bytes) -> dict[str, Json]:
    value: dict[str, Json] = json.loads(document)
    return value
