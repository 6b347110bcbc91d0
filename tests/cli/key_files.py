"""Key files of the people of the tests, all under one passphrase."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.adapters.key_file import encrypted_pem
from tests.governing import signer_of

PASSPHRASE = "Zwölf Zeichen oder mehr"


def key_file(folder: Path, person: str) -> Path:
    """Write the key of *person* into a file, as `person key` does."""
    key = load_pem_private_key(signer_of(person).pem, password=None)
    assert isinstance(key, Ed25519PrivateKey)
    path = folder / f"{person}.pem"
    if not path.exists():
        path.write_bytes(encrypted_pem(key, PASSPHRASE))
    return path


def passphrase_file(folder: Path, passphrase: str = PASSPHRASE) -> Path:
    """Write a passphrase into a file for its owner alone."""
    path = folder / "passphrase"
    path.write_text(passphrase, "utf-8")
    path.chmod(0o600)
    return path
