"""Signers on private keys in files."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gateway.errors import KeysUnavailable

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk_of(key: PublicKey) -> dict[str, str]:
    """Return a public key as the required members of RFC 7638, sorted."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": _b64(key.public_bytes_raw())}
    numbers = key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": _b64(numbers.x.to_bytes(32)),
        "y": _b64(numbers.y.to_bytes(32)),
    }


def signing_key(key: object, name: str) -> PrivateKey:
    """Return *key*, which came out of the file *name*, if it is one that signs here.

    Raises:
        KeysUnavailable: It is neither Ed25519 nor P-256.
    """
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise KeysUnavailable(f"{name}: weder Ed25519 noch P-256 (neither Ed25519 nor P-256)")


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint of a public key's required members."""
    return _b64(hashlib.sha256(rfc8785.dumps(dict(jwk))).digest())


class FileSigner:
    """Signs with an Ed25519 or P-256 key that was read from a file at start."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self._jwk = jwk_of(key.public_key())
        self._kid = thumbprint(self._jwk)

    @classmethod
    def load(cls, path: Path) -> "FileSigner":
        """Read a PKCS#8 PEM.

        Raises:
            KeysUnavailable: There is no such file, or no such key in it.
        """
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeysUnavailable(f"no private key in {path.name}") from error
        return cls(signing_key(key, path.name))

    @property
    def kid(self) -> str:
        return self._kid

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self._jwk

    @property
    def public_pem(self) -> str:
        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
