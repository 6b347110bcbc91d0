"""A key file of a person opens with its passphrase, and with nothing else."""

import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from gateway.adapters.file_signer import jwk_of
from gateway.adapters.key_file import SHORTEST, Algorithm, encrypted_pem, new_key, read_key_file
from gateway.errors import KeysUnavailable

PASSPHRASE = "Zwölf Zeichen oder mehr"
WRONG = "Zwölf andere Zeichen"


def made(folder: Path, algorithm: Algorithm = Algorithm.ED25519) -> Path:
    path = folder / "anna.pem"
    path.write_bytes(encrypted_pem(new_key(algorithm), PASSPHRASE))
    return path


def never(what: str) -> str:
    raise AssertionError(f"asked for {what}")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_is_written_is_read_again_under_its_passphrase(
    tmp_path: Path, algorithm: Algorithm
) -> None:
    key = new_key(algorithm)
    (tmp_path / "anna.pem").write_bytes(encrypted_pem(key, PASSPHRASE))

    signer = read_key_file(tmp_path / "anna.pem", lambda _what: PASSPHRASE)

    assert signer.public_jwk == jwk_of(key.public_key())


def test_whoever_is_asked_is_told_for_which_file(tmp_path: Path) -> None:
    asked: list[str] = []
    read_key_file(made(tmp_path), lambda what: asked.append(what) or PASSPHRASE)
    assert asked == ["Passphrase für (passphrase for) anna.pem"]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_openssl_reads_the_file_too(tmp_path: Path, algorithm: Algorithm) -> None:
    """An implementation that is not ours, in which a person can check what we wrote."""
    path = made(tmp_path, algorithm)
    command = ["openssl", "pkey", "-in", str(path), "-passin", "stdin", "-pubout"]

    given = PASSPHRASE.encode() + b"\n"

    shown = subprocess.run(command, input=given, capture_output=True, check=True).stdout

    public = load_pem_public_key(shown)
    assert isinstance(public, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey)
    assert jwk_of(public) == read_key_file(path, lambda _what: PASSPHRASE).public_jwk


def test_a_try_costs_600000_rounds(tmp_path: Path) -> None:
    command = ["openssl", "asn1parse", "-in", str(made(tmp_path))]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int("927C0", 16) == 600_000
    assert "INTEGER           :0927C0" in shown
    assert ":hmacWithSHA256" in shown
    assert ":aes-256-cbc" in shown


def test_two_files_of_one_key_have_nothing_in_common_but_the_form() -> None:
    """Salt and start of each are drawn anew."""
    key = new_key(Algorithm.ED25519)
    first, second = (encrypted_pem(key, PASSPHRASE).split(b"\n") for _ in range(2))
    assert [same for same, other in zip(first, second, strict=True) if same == other] == [
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----",
        b"-----END ENCRYPTED PRIVATE KEY-----",
        b"",
    ]


def test_a_file_of_openssl_is_read(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "anna.pem"
    path.write_bytes(
        key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode())
        )
    )
    assert read_key_file(path, lambda _what: PASSPHRASE).public_jwk == jwk_of(key.public_key())


def test_a_short_passphrase_makes_no_file() -> None:
    with pytest.raises(KeysUnavailable, match=r"mindestens 12 Zeichen.*at least 12 characters"):
        encrypted_pem(new_key(Algorithm.ED25519), "x" * (SHORTEST - 1))
    assert encrypted_pem(new_key(Algorithm.ED25519), "x" * SHORTEST)


def test_a_wrong_passphrase_is_said_without_naming_any(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match="does not open the file") as refused:
        read_key_file(made(tmp_path), lambda _what: WRONG)

    told = "".join(traceback.format_exception(refused.value))
    assert "anna.pem" in told
    assert WRONG not in told
    assert PASSPHRASE not in told


def damaged(pem: bytes) -> bytes:
    lines = pem.split(b"\n")
    lines[2] = lines[2][::-1]
    return b"\n".join(lines)


@pytest.mark.parametrize("damage", [damaged, lambda pem: pem[:120]], ids=["altered", "cut"])
def test_a_damaged_file_does_not_open(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = made(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(KeysUnavailable, match="beschädigt"):
        read_key_file(path, lambda _what: PASSPHRASE)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["rsa", "p-384", "secp256k1"],
)
def test_a_key_of_another_kind_is_refused(
    tmp_path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    sealed = BestAvailableEncryption(PASSPHRASE.encode())
    (tmp_path / "anna.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)
    )
    with pytest.raises(KeysUnavailable, match="neither Ed25519 nor P-256"):
        read_key_file(tmp_path / "anna.pem", lambda _what: PASSPHRASE)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_that_lies_open_is_refused_before_anyone_is_asked(
    tmp_path: Path, form: PrivateFormat
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "anna.pem").write_bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))
    with pytest.raises(KeysUnavailable, match="not encrypted"):
        read_key_file(tmp_path / "anna.pem", never)


PUBLIC = (
    ed25519.Ed25519PrivateKey.generate()
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)


@pytest.mark.parametrize("content", [b"", b"no key", PUBLIC], ids=["empty", "text", "public"])
def test_a_file_without_a_private_key_is_refused_before_anyone_is_asked(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "anna.pem").write_bytes(content)
    with pytest.raises(KeysUnavailable, match="holds no private key"):
        read_key_file(tmp_path / "anna.pem", never)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"nobody\.pem.*No such file"):
        read_key_file(tmp_path / "nobody.pem", never)
    with pytest.raises(KeysUnavailable, match="Is a directory"):
        read_key_file(tmp_path, never)
