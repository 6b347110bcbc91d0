"""Released documents sealed to the recipient's key: compact JWE (RFC 7516), DESIGN 8."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.errors import GatewayError
from gateway.model.unit import EncryptionKey
from gateway.tlog.encoding import decode_base64url
from gateway.tlog.jws import decode_json

PrivateKey = ECKey | OKPKey | RSAKey

_ALGORITHMS = ("ECDH-ES", "RSA-OAEP-256")
_CONTENT = "A256GCM"
_KINDS: dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]] = {
    "EC": ECKey,
    "OKP": OKPKey,
    "RSA": RSAKey,
}
_HEADER_BYTES = 1024


class SealingFailed(GatewayError):
    """A document cannot be sealed to that key, or a JWE does not open with this one."""


class _Registry(jwe.JWERegistry):
    """Our two algorithms with A256GCM, no compression, and room for attachments."""

    max_ciphertext_length = 64 << 20


_REGISTRY = _Registry(algorithms=[*_ALGORITHMS, _CONTENT])


def seal(plaintext: bytes, key: EncryptionKey) -> bytes:
    """Return *plaintext* as a compact JWE that only the holder of *key* opens.

    Raises:
        SealingFailed: The key is not one of DESIGN 8.
    """
    header = {"alg": key.alg, "cty": "json", "enc": _CONTENT, "kid": key.kid}
    try:
        public = _public_key(json.dumps(dict(key.jwk), sort_keys=True))
        return jwe.encrypt_compact(header, plaintext, public, registry=_REGISTRY).encode("ascii")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SealingFailed(f"cannot seal to key {key.kid}") from error


def unseal(sealed: bytes, private_key: PrivateKey) -> bytes:
    """Return the plaintext of a JWE that `seal` made for *private_key*.

    Raises:
        SealingFailed: It is for another key, was altered, or is of another form.
    """
    header = _header(sealed)
    if header.get("kid") != private_key.thumbprint():
        raise SealingFailed("the JWE is sealed to another key")
    if header.get("alg") not in _ALGORITHMS or header.get("enc") != _CONTENT:
        raise SealingFailed("the JWE uses another algorithm")
    try:
        opened = jwe.decrypt_compact(sealed, private_key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SealingFailed("the JWE does not open") from error
    if opened.plaintext is None:
        raise SealingFailed("the JWE is empty")
    return opened.plaintext


def sealed_to(sealed: bytes) -> str:
    """Return the thumbprint of the key that a JWE is sealed to, as its header names it.

    Raises:
        SealingFailed: It has no such header.
    """
    kid = _header(sealed).get("kid")
    if not isinstance(kid, str):
        raise SealingFailed("the JWE does not name its key")
    return kid


def load_private_key(pem: bytes) -> PrivateKey:
    """Read a recipient's private key from PKCS#8 PEM.

    Raises:
        SealingFailed: It is none of P-256, X25519 and RSA.
    """
    for kind in _KINDS.values():
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        if key.is_private and (kind is RSAKey or key.as_dict().get("crv") in ("P-256", "X25519")):
            return key
    raise SealingFailed("not a private key for P-256, X25519 or RSA")


@lru_cache(maxsize=1024)
def _public_key(jwk: str) -> PrivateKey:
    """Read a key once; recipients are few, exchanges many."""
    value = json.loads(jwk)
    return _KINDS[value["kty"]].import_key(value)


def _header(sealed: bytes) -> Mapping[str, Any]:
    encoded = sealed[: _HEADER_BYTES + 1].partition(b".")[0]
    if len(encoded) > _HEADER_BYTES or not encoded.isascii():
        raise SealingFailed("not a compact JWE")
    value = decode_json(decode_base64url(encoded.decode("ascii"), SealingFailed), SealingFailed)
    if not isinstance(value, dict):
        raise SealingFailed("not a compact JWE")
    return value
