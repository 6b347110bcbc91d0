"""Keys that sign requests."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.errors import KeyRefused, KeysUnavailable
from gateway.registry import parse_unit
from gateway.signatures import ALGORITHMS, RequestSigner, algorithm_of, public_key
from tests.partners import Pki

VECTORS = json.loads(Path("tests/vectors/rfc9421/signatures.json").read_text())
SIGNED = VECTORS["signatures"]
NEW_KEYS = [
    ec.generate_private_key(ec.SECP256R1()),
    ed25519.Ed25519PrivateKey.generate(),
    rsa.generate_private_key(65537, 3072),
]


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["section"])
def test_the_published_signatures_verify(vector: dict[str, Any]) -> None:
    key = public_key(VECTORS["keys"][vector["keyid"]])
    base = "\n".join(vector["base"]).encode()
    signature = b64decode(vector["signature"])
    algorithm = ALGORITHMS[vector["alg"]](public_key=key)

    algorithm.verify(signature=signature, message=base)
    with pytest.raises(InvalidSignature):
        algorithm.verify(signature=signature, message=base + b"\n")


def test_the_published_ed25519_key_makes_the_published_signature() -> None:
    signer = RequestSigner(
        ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["ed25519_seed"]))
    )
    [vector] = [vector for vector in SIGNED if vector["alg"] == "ed25519"]

    assert signer.public_jwk == VECTORS["keys"]["test-key-ed25519"]
    assert signer.sign("\n".join(vector["base"]).encode()) == b64decode(vector["signature"])


@pytest.mark.parametrize("key", NEW_KEYS, ids=lambda key: type(key).__name__)
def test_a_signer_and_the_registry_agree_on_the_keyid(key: Any, tmp_path: Path) -> None:
    member = Pki(tmp_path).member("polizei", "https://schleuse.example", key=key)

    registered = parse_unit(member.document).signing_key

    assert registered.kid == member.signer.kid
    assert registered.alg == algorithm_of(member.signer.public_jwk)


@pytest.mark.parametrize("key", NEW_KEYS, ids=lambda key: type(key).__name__)
def test_what_a_signer_signs_its_public_key_verifies(key: Any) -> None:
    signer = RequestSigner(key)
    algorithm = ALGORITHMS[algorithm_of(signer.public_jwk)]

    algorithm(public_key=public_key(signer.public_jwk)).verify(
        signature=signer.sign(b"base"), message=b"base"
    )
    assert "d" not in signer.public_jwk


@pytest.mark.parametrize("key", NEW_KEYS, ids=lambda key: type(key).__name__)
def test_a_key_is_read_from_its_file(key: Any, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    assert RequestSigner.load(file).kid == RequestSigner(key).kid


@pytest.mark.parametrize("content", [None, b"", b"no key", "x25519"])
def test_a_file_without_such_a_key_is_refused(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "key.pem"
    if content == "x25519":
        other = x25519.X25519PrivateKey.generate()
        content = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(KeysUnavailable, match=r"key\.pem"):
        RequestSigner.load(file)


def test_a_curve_that_no_unit_may_register_is_refused() -> None:
    with pytest.raises(KeyRefused):
        RequestSigner(ec.generate_private_key(ec.SECP384R1()))


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {"kty": "RSA", "n": "AQAB"},
    ],
)
def test_what_is_no_public_key_of_these_kinds_is_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(KeyRefused):
        public_key(jwk)
