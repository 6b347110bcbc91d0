"""Released documents sealed to the recipient's key."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from gateway.model.unit import EncryptionKey
from gateway.sealing import (
    PrivateKey,
    SealingFailed,
    load_private_key,
    seal,
    sealed_to,
    unseal,
)
from tests.delivery.world import PRIVATE_KEYS

KINDS = sorted(PRIVATE_KEYS)


def public(kind: str) -> EncryptionKey:
    key = PRIVATE_KEYS[kind]
    alg = "RSA-OAEP-256" if kind == "rsa" else "ECDH-ES"
    return EncryptionKey(alg, key.as_dict(private=False), key.thumbprint())


def header_of(sealed: bytes) -> dict[str, object]:
    encoded = sealed.split(b".")[0]
    header: dict[str, object] = json.loads(urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)))
    return header


@pytest.mark.parametrize("kind", KINDS)
@given(plaintext=st.binary(max_size=500))
def test_only_the_holder_opens_what_was_sealed(kind: str, plaintext: bytes) -> None:
    sealed = seal(plaintext, public(kind))

    assert unseal(sealed, PRIVATE_KEYS[kind]) == plaintext
    for other in KINDS:
        if other != kind:
            with pytest.raises(SealingFailed):
                unseal(sealed, PRIVATE_KEYS[other])


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_names_algorithms_and_key(kind: str) -> None:
    sealed = seal(b"{}", public(kind))

    header = header_of(sealed)
    assert (header["alg"], header["enc"]) == (public(kind).alg, "A256GCM")
    assert header["kid"] == sealed_to(sealed) == public(kind).kid


@pytest.mark.parametrize("kind", KINDS)
def test_another_library_opens_it(kind: str) -> None:
    """A recipient may use whatever speaks RFC 7516."""
    token = JWE()
    token.deserialize(
        seal(b"released", public(kind)).decode(), JWK(**PRIVATE_KEYS[kind].as_dict(private=True))
    )

    assert token.payload == b"released"


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_with_attachments_fits(kind: str) -> None:
    plaintext = bytes(14 << 20)

    assert unseal(seal(plaintext, public(kind)), PRIVATE_KEYS[kind]) == plaintext


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_document_is_never_sealed_alike(kind: str) -> None:
    assert seal(b"released", public(kind)) != seal(b"released", public(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", range(5))
def test_every_altered_segment_is_noticed(kind: str, place: int) -> None:
    segments = seal(b"released to the recipient", public(kind)).split(b".")
    segments[place] = segments[place][:-3] + b"AAA" if segments[place] else b"AAAA"

    with pytest.raises(SealingFailed):
        unseal(b".".join(segments), PRIVATE_KEYS[kind])


@pytest.mark.parametrize(
    "sealed", [b"", b".", b"....", b"e30....", b"\xff\xfe....", b"[]....", b"a" * 5000 + b"...."]
)
def test_what_is_no_jwe_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealingFailed):
        sealed_to(sealed)
    with pytest.raises(SealingFailed):
        unseal(sealed, PRIVATE_KEYS["ecdh-p256"])


def test_a_compressed_document_is_refused() -> None:
    """A few bytes could become gigabytes."""
    key = PRIVATE_KEYS["rsa"]
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF", "kid": key.thumbprint()}
    bomb = jwe.encrypt_compact(
        header, bytes(1000), key, algorithms=["RSA-OAEP-256", "A256GCM", "DEF"]
    )

    with pytest.raises(SealingFailed):
        unseal(bomb.encode(), key)


@pytest.mark.parametrize(
    ("alg", "enc"), [("RSA-OAEP", "A256GCM"), ("RSA-OAEP-256", "A128CBC-HS256")]
)
def test_another_algorithm_is_refused(alg: str, enc: str) -> None:
    key = PRIVATE_KEYS["rsa"]
    other = jwe.encrypt_compact(
        {"alg": alg, "enc": enc, "kid": key.thumbprint()}, b"{}", key, algorithms=[alg, enc]
    )

    with pytest.raises(SealingFailed):
        unseal(other.encode(), key)


def test_a_registered_key_of_another_kind_seals_nothing() -> None:
    secret = OctKey.generate_key(256)
    for alg, jwk in (
        ("dir", secret.as_dict()),
        ("ECDH-ES", secret.as_dict()),
        ("RSA-OAEP-256", PRIVATE_KEYS["ecdh-p256"].as_dict(private=False)),
        ("ECDH-ES", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    ):
        with pytest.raises(SealingFailed):
            seal(b"{}", EncryptionKey(alg, jwk, "kid"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_is_read_from_pem(kind: str) -> None:
    loaded = load_private_key(PRIVATE_KEYS[kind].as_pem(private=True))

    assert loaded.thumbprint() == PRIVATE_KEYS[kind].thumbprint()


@pytest.mark.parametrize(
    "key", [ECKey.generate_key("P-384"), OKPKey.generate_key("Ed25519")], ids=["P-384", "Ed25519"]
)
def test_a_private_key_of_another_kind_is_refused(key: PrivateKey) -> None:
    with pytest.raises(SealingFailed):
        load_private_key(key.as_pem(private=True))


def test_a_public_key_or_junk_is_no_private_key() -> None:
    for pem in (PRIVATE_KEYS["rsa"].as_pem(private=False), b"junk", b""):
        with pytest.raises(SealingFailed):
            load_private_key(pem)


def test_rsa_below_3072_bits_still_opens_nothing_but_its_own() -> None:
    weak = RSAKey.generate_key(2048)
    sealed = seal(b"{}", public("rsa"))

    with pytest.raises(SealingFailed):
        unseal(sealed, weak)


def test_no_header_is_read_beyond_its_bound() -> None:
    long = urlsafe_b64encode(b'{"kid":"' + b"a" * 2000 + b'"}').rstrip(b"=")

    with pytest.raises(SealingFailed):
        sealed_to(long + b"....")
