"""Key files of people: PKCS#8 in PEM (RFC 5958, RFC 7468) under a passphrase."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.adapters.file_signer import FileSigner, PrivateKey, signing_key
from gateway.errors import KeysUnavailable

Ask = Callable[[str], str]
"""Asks for a passphrase or a PIN; its argument says in German and English what it opens."""

SHORTEST = 12
"""Characters of a new passphrase: nobody counts the tries of whoever has found the file."""

ROUNDS = 600_000
"""Of PBKDF2-HMAC-SHA-256; the 2,048 of the library make a try 300 times cheaper."""

_LABEL = "ENCRYPTED PRIVATE KEY"
_LARGEST = 1 << 16
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256 = bytes.fromhex("06082a864886f70d02090500")
_AES256_CBC = bytes.fromhex("060960864801650304012a")


class Algorithm(StrEnum):
    """The kinds of key with which people sign."""

    ED25519 = "ed25519"
    P256 = "p256"


def new_key(algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def encrypted_pem(key: PrivateKey, passphrase: str) -> bytes:
    """Return *key* as an EncryptedPrivateKeyInfo (PBES2, RFC 8018 6.2).

    Raises:
        KeysUnavailable: The passphrase has fewer than `SHORTEST` characters.
    """
    if len(passphrase) < SHORTEST:
        raise KeysUnavailable(
            f"die Passphrase braucht mindestens {SHORTEST} Zeichen "
            f"(the passphrase needs at least {SHORTEST} characters)"
        )
    plain = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    salt, start = secrets.token_bytes(16), secrets.token_bytes(16)
    derived = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ROUNDS, 32)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(derived), modes.CBC(start)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    rounds = _der(0x02, ROUNDS.to_bytes(3))
    derivation = _sequence(_PBKDF2, _sequence(_octets(salt), rounds, _sequence(_HMAC_SHA256)))
    scheme = _sequence(_AES256_CBC, _octets(start))
    algorithm = _sequence(_PBES2, _sequence(derivation, scheme))
    return _pem(_sequence(algorithm, _octets(sealed)))


def read_key_file(path: Path, ask: Ask) -> FileSigner:
    """Read the key file of a person; its passphrase is asked for once it is known to need one.

    Raises:
        KeysUnavailable: The file cannot be read, holds no key under a passphrase or a key of
            another kind, or the passphrase does not open it.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            pem = file.read(_LARGEST)
    except OSError as error:
        raise KeysUnavailable(
            f"{path}: kann nicht gelesen werden (cannot be read): {error.strerror}"
        ) from error
    if f"-----BEGIN {_LABEL}-----".encode() not in pem:
        raise KeysUnavailable(_what_instead(name, pem))
    passphrase = ask(f"Passphrase für (passphrase for) {name}")
    try:
        key = serialization.load_pem_private_key(pem, password=passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeysUnavailable(
            f"{name}: die Passphrase öffnet die Datei nicht, oder die Datei ist beschädigt "
            "(the passphrase does not open the file, or the file is damaged)"
        ) from error
    return FileSigner(signing_key(key, name))


def _what_instead(name: str, pem: bytes) -> str:
    if b"PRIVATE KEY-----" in pem:
        return (
            f"{name}: der Schlüssel liegt offen oder nicht als PKCS#8 vor; Personen "
            "unterschreiben mit einem Schlüssel unter einer Passphrase (the key is not "
            "encrypted, or no PKCS#8; people sign with a key under a passphrase)"
        )
    return f"{name}: kein privater Schlüssel darin (holds no private key)"


def _der(tag: int, content: bytes) -> bytes:
    """Return one value in DER (X.690 8.1.3); none here is longer than 255 bytes."""
    size = len(content)
    return bytes([tag, size] if size < 128 else [tag, 0x81, size]) + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(content: bytes) -> bytes:
    return _der(0x04, content)


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = (text[at : at + 64] for at in range(0, len(text), 64))
    return "\n".join([f"-----BEGIN {_LABEL}-----", *lines, f"-----END {_LABEL}-----", ""]).encode()
