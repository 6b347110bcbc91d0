"""A unit's document: read strictly, written canonically, digested together (DESIGN 3, 4.3)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import rfc8785
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.errors import RegistryRefused
from gateway.model.unit import (
    Contract,
    EncryptionKey,
    Endpoint,
    SigningKey,
    Unit,
    UnitStatus,
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PIN = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_URL = re.compile(r"https://[^/?#@\s]+(/[^?#\s]*)?")
_Kind = type[ECKey] | type[OKPKey] | type[RSAKey]
_SIGNING: dict[str, tuple[_Kind, str | None]] = {
    "ecdsa-p256-sha256": (ECKey, "P-256"),
    "ed25519": (OKPKey, "Ed25519"),
    "rsa-pss-sha512": (RSAKey, None),
}
_ENCRYPTION = {"ECDH-ES": ("P-256", "X25519"), "RSA-OAEP-256": (None,)}
_PUBLIC = {"kty", "crv", "x", "y", "n", "e"}
_MEMBERS = {
    "id",
    "name",
    "controller",
    "kind",
    "country",
    "status",
    "pins",
    "signing_key",
    "encryption_key",
    "endpoint",
    "contract",
    "may_receive",
    "keeps_marking",
    "commitment_purpose",
    "verifies_log",
    "legal_entity",
}


def parse_unit(document: Mapping[str, Any]) -> Unit:
    """Return the unit that *document* describes.

    Raises:
        RegistryRefused: A member is missing, unknown or not of its form; the message names it.
    """
    exact_members(document, _MEMBERS, "unit")
    pins = document["pins"]
    if not isinstance(pins, list) or not 1 <= len(pins) <= 2:
        raise RegistryRefused("pins: one or two are needed")
    for pin in pins:
        _match(pin, _PIN, "pins", "64 lower-case hex digits (SHA-256 of the SPKI)")
    for member in ("may_receive", "keeps_marking", "commitment_purpose", "verifies_log"):
        if not isinstance(document[member], bool):
            raise RegistryRefused(f"{member}: true or false")
    return Unit(
        id=document_id(document["id"], "id"),
        name=text_in(document["name"], "name"),
        controller=document_id(document["controller"], "controller"),
        kind=_match(document["kind"], _KIND, "kind", "a kind of agency such as YOUTH_OFFICE"),
        country=_match(document["country"], re.compile("[A-Z]{2}"), "country", "ISO 3166 alpha-2"),
        status=_status(document["status"]),
        pins=tuple(pins),
        signing_key=_signing_key(document["signing_key"]),
        encryption_key=_encryption_key(document["encryption_key"]),
        endpoint=_endpoint(document["endpoint"]),
        contract=_contract(document["contract"]),
        may_receive=document["may_receive"],
        keeps_marking=document["keeps_marking"],
        commitment_purpose=document["commitment_purpose"],
        verifies_log=document["verifies_log"],
        legal_entity=text_in(document["legal_entity"], "legal_entity"),
    )


def canonical_unit(document: Mapping[str, Any]) -> bytes:
    """Return the bytes (RFC 8785) that the registry keeps, after a strict look at them.

    Raises:
        RegistryRefused: As `parse_unit`, or a text holds half of a surrogate pair.
    """
    parse_unit(document)
    try:
        return rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise RegistryRefused("unit: a text that is no Unicode") from error


def registry_digest(documents: Mapping[str, bytes]) -> str:
    """Return the digest over `[key, SHA-256 of the canonical document]`, sorted by key.

    The key of a unit's document is its id.
    """
    listed = [[key, hashlib.sha256(documents[key]).hexdigest()] for key in sorted(documents)]
    return hashlib.sha256(rfc8785.dumps(listed)).hexdigest()


def exact_members(value: object, members: set[str], what: str) -> None:
    """Refuse anything but an object with exactly these *members*; the message names *what*."""
    if not isinstance(value, Mapping):
        raise RegistryRefused(f"{what}: an object is needed")
    missing, unknown = members - value.keys(), value.keys() - members
    if missing or unknown:
        raise RegistryRefused(
            f"{what}: "
            + "; ".join(
                f"{name} {', '.join(sorted(names))}"
                for name, names in (("missing", missing), ("unknown", unknown))
                if names
            )
        )


def document_id(value: object, where: str) -> str:
    """Return the id of a unit, a controller or a person."""
    return _match(value, _ID, where, "lower-case letters, digits and hyphens")


def _match(value: object, pattern: re.Pattern[str], where: str, form: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise RegistryRefused(f"{where}: {form}")
    return value


def text_in(value: object, where: str) -> str:
    """Return a text that people read; anything else, or one without an end, is refused."""
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise RegistryRefused(f"{where}: a text of 1 to 200 characters")
    return value


def _status(value: object) -> UnitStatus:
    if not isinstance(value, str) or value not in list(UnitStatus):
        raise RegistryRefused("status: active or suspended")
    return UnitStatus(value)


def _import(
    kinds: _Kind, value: object, where: str
) -> tuple[ECKey | OKPKey | RSAKey, dict[str, Any]]:
    if not isinstance(value, Mapping) or not value.keys() <= _PUBLIC:
        raise RegistryRefused(f"{where}: a public JWK with its required members only")
    if not all(isinstance(member, str) for member in value.values()):
        raise RegistryRefused(f"{where}: every member is a text")
    try:
        key = kinds.import_key(dict(value))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise RegistryRefused(f"{where}: not a JWK of that algorithm") from error
    return key, dict(value)


def _signing_key(value: object) -> SigningKey:
    exact_members(value, {"alg", "jwk"}, "signing_key")
    assert isinstance(value, Mapping)
    if value["alg"] not in list(_SIGNING):
        raise RegistryRefused(f"signing_key.alg: one of {', '.join(_SIGNING)}")
    kind, curve = _SIGNING[value["alg"]]
    key, jwk = _import(kind, value["jwk"], "signing_key.jwk")
    if curve is not None and jwk.get("crv") != curve:
        raise RegistryRefused(f"signing_key.jwk: curve {curve}")
    _strong_enough(jwk, "signing_key.jwk")
    return SigningKey(value["alg"], jwk, key.thumbprint())


def _encryption_key(value: object) -> EncryptionKey | None:
    if value is None:
        return None
    exact_members(value, {"alg", "jwk"}, "encryption_key")
    assert isinstance(value, Mapping)
    if value["alg"] not in list(_ENCRYPTION):
        raise RegistryRefused(f"encryption_key.alg: one of {', '.join(_ENCRYPTION)}")
    kind: _Kind = RSAKey
    if value["alg"] == "ECDH-ES":
        given = value["jwk"].get("kty") if isinstance(value["jwk"], Mapping) else None
        kind = OKPKey if given == "OKP" else ECKey
    key, jwk = _import(kind, value["jwk"], "encryption_key.jwk")
    if jwk.get("crv") not in _ENCRYPTION[value["alg"]]:
        raise RegistryRefused("encryption_key.jwk: P-256 or X25519 for ECDH-ES")
    _strong_enough(jwk, "encryption_key.jwk")
    return EncryptionKey(value["alg"], jwk, key.thumbprint())


def _strong_enough(jwk: Mapping[str, Any], where: str) -> None:
    if jwk["kty"] == "RSA" and len(str(jwk["n"])) * 6 < 3072:
        raise RegistryRefused(f"{where}: RSA needs 3072 bits or more")


def _endpoint(value: object) -> Endpoint | None:
    if value is None:
        return None
    exact_members(value, {"url", "private_address"}, "endpoint")
    assert isinstance(value, Mapping)
    url = _match(value["url"], _URL, "endpoint.url", "an https address without query")
    if not isinstance(value["private_address"], bool):
        raise RegistryRefused("endpoint.private_address: true or false")
    return Endpoint(url, value["private_address"])


def _contract(value: object) -> Contract:
    exact_members(value, {"id", "date"}, "contract")
    assert isinstance(value, Mapping)
    signed = _match(value["date"], _DATE, "contract.date", "a date such as 2026-01-15")
    try:
        date.fromisoformat(signed)
    except ValueError as error:
        raise RegistryRefused("contract.date: there is no such day") from error
    return Contract(text_in(value["id"], "contract.id"), signed)
