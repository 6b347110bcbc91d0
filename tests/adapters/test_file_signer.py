"""A signer takes an Ed25519 or P-256 key from a file, and nothing else."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.adapters.file_signer import FileSigner
from gateway.errors import KeysUnavailable


def written(
    folder: Path, key: object, encryption: KeySerializationEncryption | None = None
) -> Path:
    path = folder / "key.pem"
    path.write_bytes(
        key.private_bytes(  # type: ignore[attr-defined]
            Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
        )
    )
    return path


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["rsa", "p-384", "secp256k1"],
)
def test_a_key_of_another_kind_is_refused(tmp_path: Path, key: object) -> None:
    with pytest.raises(KeysUnavailable):
        FileSigner.load(written(tmp_path, key))


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(KeysUnavailable):
        FileSigner.load(tmp_path / "key.pem")


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"entry\.pem"):
        FileSigner.load(tmp_path / "entry.pem")


def test_a_key_under_a_password_is_refused(tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(KeysUnavailable):
        FileSigner.load(written(tmp_path, key, BestAvailableEncryption(b"secret")))


def test_a_public_key_is_refused(tmp_path: Path) -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    (tmp_path / "key.pem").write_bytes(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(KeysUnavailable):
        FileSigner.load(tmp_path / "key.pem")


def test_the_same_file_gives_the_same_signer(tmp_path: Path) -> None:
    path = written(tmp_path, ed25519.Ed25519PrivateKey.generate())
    assert FileSigner.load(path).kid == FileSigner.load(path).kid


def test_a_point_with_leading_zeros_keeps_its_32_bytes(tmp_path: Path) -> None:
    """RFC 7518 6.2.1.2: a coordinate has the full length of the curve."""
    key = ec.generate_private_key(ec.SECP256R1())
    while key.public_key().public_numbers().x >= 2**248:
        key = ec.generate_private_key(ec.SECP256R1())
    assert len(FileSigner(key).public_jwk["x"]) == 43
