"""A person's document: read strictly, written canonically; it lies in the registry."""

from collections.abc import Mapping
from typing import Any

import rfc8785

from gateway.errors import KeyRefused, RegistryRefused
from gateway.model.person import Grant, Passkey, Person, PersonKey, Role
from gateway.person_keys import thumbprint
from gateway.registry import document_id, exact_members, text_in

Json = Any
PERSON = "person/"
"""What the keys of people's documents in the registry begin with."""

_MEMBERS = {"id", "name", "status", "roles", "key"}
_KEY = {"kind", "jwk"}
_PASSKEY = {"credential_id", "rp_id", "origin"}
_LONGEST_ID = 48


def person_key(person_id: str) -> str:
    """Return the key of a person's document in the registry."""
    return f"{PERSON}{person_id}"


def parse_person(document: Mapping[str, Any]) -> Person:
    """Return the person that *document* describes.

    Raises:
        RegistryRefused: A member is missing, unknown or not of its form; the message names it.
    """
    exact_members(document, _MEMBERS, "person")
    person_id = document_id(document["id"], "id")
    if len(person_id) > _LONGEST_ID:
        raise RegistryRefused(f"id: at most {_LONGEST_ID} characters")
    if document["status"] not in ("active", "ended"):
        raise RegistryRefused("status: active or ended")
    grants = document["roles"]
    if not isinstance(grants, list) or not grants:
        raise RegistryRefused("roles: one or more are needed")
    parsed = [_grant(grant) for grant in grants]
    if len({*parsed}) != len(parsed):
        raise RegistryRefused("roles: one of them stands there twice")
    if {Role.DPO, Role.APPROVER} <= {grant.role for grant in parsed}:
        raise RegistryRefused("roles: a data-protection officer is no approver")
    return Person(
        id=person_id,
        name=text_in(document["name"], "name"),
        active=document["status"] == "active",
        grants=frozenset(parsed),
        key=_key(document["key"]),
    )


def canonical_person(document: Mapping[str, Any]) -> bytes:
    """Return the bytes (RFC 8785) that the registry keeps, after a strict look at them.

    Raises:
        RegistryRefused: As `parse_person`, or a text holds half of a surrogate pair.
    """
    parse_person(document)
    try:
        return rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise RegistryRefused("person: a text that is no Unicode") from error


def _grant(value: object) -> Grant:
    role = value.get("role") if isinstance(value, Mapping) else None
    if role not in list(Role):
        raise RegistryRefused(f"roles: one of {', '.join(Role)}")
    assert isinstance(value, Mapping)
    scope = scope_of(Role(role))
    exact_members(value, {"role"} if scope is None else {"role", scope}, f"role {role}")
    return Grant(Role(role), None if scope is None else document_id(value[scope], scope))


def scope_of(role: Role) -> str | None:
    """Return the member that says for whom a role is held: a controller, a unit, or nobody."""
    return {Role.OPERATOR: None, Role.OFFICIAL: "unit"}.get(role, "controller")


def _key(value: object) -> PersonKey:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if kind not in ("key", "passkey"):
        raise RegistryRefused("key.kind: key or passkey")
    assert isinstance(value, Mapping)
    exact_members(value, _KEY | _PASSKEY if kind == "passkey" else _KEY, "key")
    jwk = value["jwk"]
    if not isinstance(jwk, Mapping):
        raise RegistryRefused("key.jwk: a public key on P-256 or Ed25519")
    try:
        kid = thumbprint(jwk)
    except KeyRefused as error:
        raise RegistryRefused("key.jwk: a public key on P-256 or Ed25519") from error
    place = None
    if kind == "passkey":
        place = Passkey(
            credential_id=text_in(value["credential_id"], "key.credential_id"),
            rp_id=text_in(value["rp_id"], "key.rp_id"),
            origin=text_in(value["origin"], "key.origin"),
        )
    return PersonKey(dict(jwk), kid, place)
