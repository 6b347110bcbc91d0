"""Ed25519 public keys as JWK (RFC 8037), PEM (RFC 8410) or thumbprint (RFC 7638)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from gateway.errors import KeyRefused
from gateway.tlog.encoding import decode_base64url, encode_base64url


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies; *raw* is its 32 bytes (RFC 8032)."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise KeyRefused("an Ed25519 public key is 32 bytes long")

    @cached_property
    def kid(self) -> str:
        """The RFC 7638 thumbprint, which names the key."""
        canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{encode_base64url(self.raw)}"}}'
        return encode_base64url(sha256(canonical.encode()).digest())

    @property
    def jwk(self) -> dict[str, str]:
        """The key's required members; no others are written or read."""
        return {"crv": "Ed25519", "kty": "OKP", "x": encode_base64url(self.raw)}

    @property
    def pem(self) -> bytes:
        """The key as SubjectPublicKeyInfo in PEM, as in `root.pub`."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check that the key signed *data*.

        Raises:
            KeyRefused: It did not.
        """
        try:
            self._key.verify(signature, data)
        except InvalidSignature as error:
            raise KeyRefused("the signature is wrong") from error

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "PublicKey":
        """Return the key of a JWK as `jwk` writes it; KeyRefused for anything else."""
        encoded = jwk.get("x")
        if not isinstance(encoded, str):
            raise KeyRefused("not an Ed25519 public key")
        key = cls(decode_base64url(encoded, KeyRefused))
        if dict(jwk) != key.jwk:
            raise KeyRefused("not an Ed25519 public key with its required members only")
        return key

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """Return the key of a PEM file as `pem` writes it; KeyRefused for anything else."""
        try:
            loaded = load_pem_public_key(pem)
        except ValueError as error:
            raise KeyRefused("not a public key in PEM") from error
        if not isinstance(loaded, Ed25519PublicKey):
            raise KeyRefused("not an Ed25519 key")
        key = cls(loaded.public_bytes_raw())
        if key.pem != pem:
            raise KeyRefused("not a public key in the form that it is written in")
        return key
