"""The keys with which the invented units sign: kept in the gateway's folder, marked as theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID
from joserfc.jwk import OKPKey

from gateway.adapters.file_signer import FileSigner
from gateway.errors import KeysUnavailable
from gateway.founding import write_key
from gateway.signatures import RequestSigner
from gateway.steps.authenticate import pin_of
from gateway.synthetic.units import DemoUnit

Json = Any


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """What a unit signs with, and the certificate of the same key that its pin names."""

    signer: RequestSigner
    certificate: bytes


def keys_for(units: Sequence[DemoUnit], folder: Path) -> dict[str, DemoKeys]:
    """Return the keys of each unit, made in *folder* where they are not there yet.

    Raises:
        KeysUnavailable: A file in the folder is no key of ours.
    """
    if units:
        folder.mkdir(mode=0o700, exist_ok=True)
    return {unit.id: _keys(folder / f"{unit.id}.pem") for unit in units}


def keys_in(units: Sequence[DemoUnit], folder: Path) -> dict[str, DemoKeys]:
    """Return the keys of those units that have some in *folder*; makes none.

    Raises:
        KeysUnavailable: A file in the folder is no key of ours.
    """
    return keys_for([unit for unit in units if (folder / f"{unit.id}.pem").exists()], folder)


def approver_key(folder: Path) -> FileSigner:
    """Return the key of the invented person who agrees for the invented units."""
    file = folder / "approver.pem"
    _make(file)
    return FileSigner.load(file)


def document_of(unit: DemoUnit, keys: DemoKeys) -> dict[str, Json]:
    """Return what the registry is told of a unit. Nobody has the key to what is sealed for it."""
    sealed_to = OKPKey.import_key(x25519.X25519PrivateKey.generate())
    return {
        "id": unit.id,
        "name": unit.name,
        "controller": unit.controller,
        "kind": unit.kind,
        "country": unit.country,
        "status": "active",
        "pins": [pin_of(keys.certificate)],
        "signing_key": {"alg": "ed25519", "jwk": dict(keys.signer.public_jwk)},
        "encryption_key": {"alg": "ECDH-ES", "jwk": sealed_to.as_dict(private=False)},
        "endpoint": None,
        "contract": {"id": f"AVV-DEMO-{unit.id}", "date": "2026-01-15"},
        "may_receive": True,
        "keeps_marking": unit.keeps_marking,
        "commitment_purpose": unit.commitment_purpose,
        "verifies_log": False,
        "legal_entity": f"DEMO {unit.controller}",
    }


def _make(file: Path) -> None:
    if not file.exists():
        write_key(file, ed25519.Ed25519PrivateKey.generate())


def _keys(file: Path) -> DemoKeys:
    _make(file)
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except ValueError as error:
        raise KeysUnavailable(f"no private key in {file.name}") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise KeysUnavailable(f"the key in {file.name} is none of a demo unit")
    return DemoKeys(RequestSigner(key), _certificate(key))


def _certificate(key: ed25519.Ed25519PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DEMO")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None)
        .public_bytes(Encoding.DER)
    )
