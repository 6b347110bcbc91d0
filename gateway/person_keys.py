"""Public keys with which people sign: P-256 or Ed25519, as JWK (RFC 7517, RFC 8037)."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.errors import KeyRefused
from gateway.tlog.encoding import decode_base64url, encode_base64url

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey
_SIZE = 32


def read_public(jwk: Mapping[str, Any]) -> PublicKey:
    """Return the key of a JWK that has its required members and no others.

    Raises:
        KeyRefused: It is none, or not on P-256 or Ed25519.
    """
    match dict(jwk):
        case {"kty": "OKP", "crv": "Ed25519", "x": str(x), **rest} if not rest:
            return Ed25519PublicKey.from_public_bytes(_bytes(x))
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y), **rest} if not rest:
            numbers = EllipticCurvePublicNumbers(
                int.from_bytes(_bytes(x)), int.from_bytes(_bytes(y)), SECP256R1()
            )
            try:
                return numbers.public_key()
            except ValueError as error:
                raise KeyRefused("not a point of P-256") from error
    raise KeyRefused("not a public key on P-256 or Ed25519 with its required members only")


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of such a key.

    Raises:
        KeyRefused: As `read_public`.
    """
    read_public(jwk)
    return encode_base64url(hashlib.sha256(rfc8785.dumps(dict(jwk))).digest())


def _bytes(text: str) -> bytes:
    raw = decode_base64url(text, KeyRefused)
    if len(raw) != _SIZE:
        raise KeyRefused(f"a coordinate is {_SIZE} bytes long")
    return raw
