"""The `Signer` port in memory: an Ed25519 key made from a name."""

import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from gateway.errors import KeysUnavailable
from gateway.tlog.jwk import PublicKey


class MemorySigner:
    """Signs with the key that belongs to *name*, always the same; while `broken`, not at all."""

    def __init__(self, name: str) -> None:
        self.broken = False
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        self.public_key = PublicKey(self._key.public_key().public_bytes_raw())

    @property
    def pem(self) -> bytes:
        """The private key as PKCS#8 PEM, for tests of what reads files."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def kid(self) -> str:
        return self.public_key.kid

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self.public_key.jwk

    def sign(self, data: bytes) -> bytes:
        if self.broken:
            raise KeysUnavailable("the key cannot be reached")
        return self._key.sign(data)
