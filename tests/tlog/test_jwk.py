"""Ed25519 public keys are read in the one form in which they are written."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey

from gateway.errors import KeyRefused
from gateway.tlog.jwk import PublicKey
from tests.tlog.memory_log import KeySigner

KEY = KeySigner("a key").public_key


def test_a_key_is_what_its_jwk_and_its_pem_say():
    assert PublicKey.from_jwk(KEY.jwk) == KEY
    assert PublicKey.from_pem(KEY.pem) == KEY


def test_the_kid_is_the_thumbprint_that_joserfc_computes():
    assert OKPKey.import_key(KEY.jwk).thumbprint() == KEY.kid


def test_the_kid_of_rfc_8037_is_the_published_one():
    """RFC 8037 A.3 gives the thumbprint of the key of A.2."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert PublicKey.from_jwk(jwk).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize(
    "changes",
    [
        {"x": "AAAA"},
        {"x": KEY.jwk["x"] + "="},
        {"x": 5},
        {"crv": "X25519"},
        {"kty": "EC"},
        {"alg": "EdDSA"},
        {"d": KEY.jwk["x"]},
    ],
    ids=str,
)
def test_another_jwk_is_refused(changes):
    with pytest.raises(KeyRefused):
        PublicKey.from_jwk({**KEY.jwk, **changes})


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"no key",
        KEY.pem + b"\n",
        KEY.pem.replace(b"\n", b"\r\n"),
        b"comment\n" + KEY.pem,
        KEY.pem * 2,
        generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "text", "extra line", "CRLF", "comment", "twice", "P-256"],
)
def test_another_pem_file_is_refused(pem):
    with pytest.raises(KeyRefused):
        PublicKey.from_pem(pem)


def test_a_key_has_32_bytes():
    with pytest.raises(KeyRefused):
        PublicKey(bytes(31))


def test_a_signature_verifies_under_its_key_over_its_data_only():
    signer = KeySigner("a key")
    signature = signer.sign(b"data")
    KEY.verify(signature, b"data")
    for key, signed, data in [
        (KEY, signature, b"date"),
        (KEY, signature[:-1], b"data"),
        (KEY, b"", b"data"),
        (KeySigner("another").public_key, signature, b"data"),
    ]:
        with pytest.raises(KeyRefused):
            key.verify(signed, data)
