"""Released documents sealed to the recipient's key: compact JWE (RFC 7516), DESIGN 8.

Sealing is on the way of every exchange and therefore written here, on the primitives of
`cryptography`; what opens a JWE is joserfc, which the tests hold against it.
"""

import json
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.errors import GatewayError
from gateway.model.unit import EncryptionKey
from gateway.tlog.encoding import decode_base64url, encode_base64url
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
_KEY_BYTES, _IV_BYTES, _TAG_BYTES = 32, 12, 16
_OTHER_INFO = b"".join(
    (
        len(_CONTENT).to_bytes(4),
        _CONTENT.encode(),
        bytes(4),  # PartyUInfo: none
        bytes(4),  # PartyVInfo: none
        (8 * _KEY_BYTES).to_bytes(4),
    )
)
"""What Concat KDF gets beside the agreed secret (RFC 7518 4.6.2)."""
_OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


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
    header: dict[str, Any] = {"alg": key.alg, "cty": "json", "enc": _CONTENT, "kid": key.kid}
    try:
        public = _public_key(tuple(sorted(key.jwk.items())))
        content_key, wrapped, more = _agree(key.alg, public)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SealingFailed(f"cannot seal to key {key.kid}") from error
    protected = _encode(json.dumps(header | more, separators=(",", ":")).encode())
    iv = secrets.token_bytes(_IV_BYTES)
    sealed = AESGCM(content_key).encrypt(iv, plaintext, protected)
    ciphertext, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    return b".".join([protected, *map(_encode, (wrapped, iv, ciphertext, tag))])


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


def _agree(alg: str, public: object) -> tuple[bytes, bytes, dict[str, Any]]:
    """Return a fresh content key, what stands for it in the JWE, and more of the header.

    ECDH-ES is direct key agreement (RFC 7518 4.6): nothing is wrapped, the header carries the
    ephemeral key.
    """
    match alg, public:
        case "ECDH-ES", ec.EllipticCurvePublicKey():
            own = ec.generate_private_key(ec.SECP256R1())
            numbers = own.public_key().public_numbers()
            x, y = (encode_base64url(part.to_bytes(32)) for part in (numbers.x, numbers.y))
            epk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
            return _derive(own.exchange(ec.ECDH(), public)), b"", {"epk": epk}
        case "ECDH-ES", x25519.X25519PublicKey():
            own_x = x25519.X25519PrivateKey.generate()
            x = encode_base64url(own_x.public_key().public_bytes_raw())
            epk = {"crv": "X25519", "kty": "OKP", "x": x}
            return _derive(own_x.exchange(public)), b"", {"epk": epk}
        case "RSA-OAEP-256", rsa.RSAPublicKey():
            content_key = secrets.token_bytes(_KEY_BYTES)
            return content_key, public.encrypt(content_key, _OAEP), {}
    raise ValueError("another algorithm than the key's")


def _derive(secret: bytes) -> bytes:
    return ConcatKDFHash(SHA256(), _KEY_BYTES, _OTHER_INFO).derive(secret)


def _encode(data: bytes) -> bytes:
    return encode_base64url(data).encode("ascii")


@lru_cache(maxsize=1024)
def _public_key(jwk: tuple[tuple[str, str], ...]) -> object:
    """Read a key once; recipients are few, exchanges many."""
    value = dict(jwk)
    return _KINDS[value["kty"]].import_key(dict(value)).public_key


def _header(sealed: bytes) -> Mapping[str, Any]:
    encoded = sealed[: _HEADER_BYTES + 1].partition(b".")[0]
    if len(encoded) > _HEADER_BYTES or not encoded.isascii():
        raise SealingFailed("not a compact JWE")
    value = decode_json(decode_base64url(encoded.decode("ascii"), SealingFailed), SealingFailed)
    if not isinstance(value, dict):
        raise SealingFailed("not a compact JWE")
    return value
