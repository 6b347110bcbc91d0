"""Keys of signed requests: from JWK or PEM to what verifies or signs (RFC 9421 3.3)."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures.algorithms import (
    ECDSA_P256_SHA256,
    ED25519,
    RSA_PSS_SHA512,
    HTTPSignatureAlgorithm,
)
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.errors import KeyRefused, KeysUnavailable

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ALGORITHMS: Mapping[str, type[HTTPSignatureAlgorithm]] = {
    "ecdsa-p256-sha256": ECDSA_P256_SHA256,
    "rsa-pss-sha512": RSA_PSS_SHA512,
    "ed25519": ED25519,
}
_KINDS: Mapping[tuple[object, object], tuple[str, type[ECKey] | type[OKPKey] | type[RSAKey]]] = {
    ("EC", "P-256"): ("ecdsa-p256-sha256", ECKey),
    ("RSA", None): ("rsa-pss-sha512", RSAKey),
    ("OKP", "Ed25519"): ("ed25519", OKPKey),
}
_PUBLIC_MEMBERS = frozenset({"kty", "crv", "x", "y", "n", "e"})


def algorithm_of(jwk: Mapping[str, Any]) -> str:
    """Return the one algorithm with which a key of this type signs requests.

    Raises:
        KeyRefused: Requests are not signed with such a key.
    """
    kind = _KINDS.get((jwk.get("kty"), jwk.get("crv")))
    if kind is None:
        raise KeyRefused("neither P-256, Ed25519 nor RSA")
    return kind[0]


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """Return the public key of *jwk*; the same one is loaded only once.

    Raises:
        KeyRefused: Not a JWK of a kind that signs requests.
    """
    algorithm_of(jwk)
    return _load(tuple(sorted((name, jwk[name]) for name in jwk.keys() & _PUBLIC_MEMBERS)))


@lru_cache(maxsize=4096)
def _load(members: tuple[tuple[str, str], ...]) -> PublicKey:
    jwk = dict(members)
    _, kind = _KINDS[jwk["kty"], jwk.get("crv")]
    try:
        key = kind.import_key(dict(jwk)).public_key
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise KeyRefused("not a public key") from error
    assert isinstance(key, PublicKey)  # the three kinds have no other curve left
    return key


class RequestSigner:
    """A private key that signs requests; fulfils the `Signer` port."""

    def __init__(self, key: PrivateKey) -> None:
        """Raises KeyRefused for an elliptic curve other than P-256."""
        if isinstance(key, ec.EllipticCurvePrivateKey):
            imported: ECKey | RSAKey | OKPKey = ECKey.import_key(key)
        elif isinstance(key, rsa.RSAPrivateKey):
            imported = RSAKey.import_key(key)
        else:
            imported = OKPKey.import_key(key)
        jwk = imported.as_dict(private=False)
        self._jwk = {name: str(jwk[name]) for name in sorted(_PUBLIC_MEMBERS & jwk.keys())}
        self._kid = imported.thumbprint()
        self._sign = ALGORITHMS[algorithm_of(self._jwk)](private_key=key).sign

    @classmethod
    def load(cls, path: Path) -> "RequestSigner":
        """Read a PEM file (PKCS#8, not encrypted).

        Raises:
            KeysUnavailable: There is no such file, or no key in it that signs requests.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeysUnavailable(f"no private key in {path.name}") from error
        if not isinstance(
            key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
        ):
            raise KeysUnavailable(f"the key in {path.name} does not sign requests")
        return cls(key)

    @property
    def kid(self) -> str:
        return self._kid

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self._jwk

    def sign(self, data: bytes) -> bytes:
        """Return the signature as RFC 9421 3.3 encodes it."""
        signature: bytes = self._sign(data)
        return signature
