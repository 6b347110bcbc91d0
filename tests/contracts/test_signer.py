"""What every `Signer` promises: signatures that its public key verifies, under its thumbprint."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.key_file import Algorithm, encrypted_pem, new_key, read_key_file
from gateway.adapters.memory.signer import MemorySigner
from gateway.adapters.token_signer import TokenSigner
from gateway.adapters.token_uri import TokenUri
from gateway.ports import Signer
from tests.soft_token import PIN, SoftTokens


@pytest.fixture(
    params=[
        *("memory", "file ed25519", "file p-256", "key file ed25519", "key file p256"),
        *("token ed25519", "token p256"),
    ]
)
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    if request.param == "memory":
        return MemorySigner("entry")
    if request.param.startswith("key file"):
        return of_a_person(Algorithm(request.param.split()[-1]), tmp_path)
    if request.param.startswith("token"):
        return on_a_token(Algorithm(request.param.split()[-1]), request.getfixturevalue("tokens"))
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if request.param == "file ed25519"
        else ec.generate_private_key(ec.SECP256R1())
    )
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return FileSigner.load(path)


def of_a_person(algorithm: Algorithm, folder: Path) -> Signer:
    path = folder / "anna.pem"
    path.write_bytes(encrypted_pem(new_key(algorithm), "Zwölf Zeichen oder mehr"))
    return read_key_file(path, lambda _what: "Zwölf Zeichen oder mehr")


def on_a_token(algorithm: Algorithm, tokens: SoftTokens) -> Signer:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", algorithm)
    uri = TokenUri(str(tokens.module), token="Anna", object="vote")
    return TokenSigner(uri, lambda _what: PIN)


def check(signer: Signer, signature: bytes, data: bytes) -> None:
    """Verify with the public JWK alone; raises InvalidSignature."""
    jwk = signer.public_jwk
    if jwk["kty"] == "OKP":
        public = ed25519.Ed25519PublicKey.from_public_bytes(raw(jwk["x"]))
        public.verify(signature, data)
        return
    x, y = int.from_bytes(raw(jwk["x"])), int.from_bytes(raw(jwk["y"]))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


def raw(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


@pytest.mark.parametrize("data", [b"", b"data", bytes(range(256)) * 40])
def test_a_signature_verifies_with_the_public_key(signer: Signer, data: bytes) -> None:
    check(signer, signer.sign(data), data)


def test_a_signature_is_64_bytes_whichever_the_key(signer: Signer) -> None:
    assert {len(signer.sign(bytes([n]))) for n in range(40)} == {64}


def test_a_signature_is_for_its_data_alone(signer: Signer) -> None:
    with pytest.raises(InvalidSignature):
        check(signer, signer.sign(b"data"), b"date")


def test_the_kid_is_the_thumbprint_of_the_public_key(signer: Signer) -> None:
    """RFC 7638: SHA-256 over the required members in lexical order, without white space."""
    canonical = json.dumps(dict(signer.public_jwk), sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    assert raw(signer.kid) == digest


def test_the_public_key_holds_no_private_member(signer: Signer) -> None:
    assert set(signer.public_jwk) <= {"crv", "kty", "x", "y"}
