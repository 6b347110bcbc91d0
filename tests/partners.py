"""Units with real keys and certificates, for tests that open connections."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509 import load_pem_x509_certificate

from gateway.client.partner import Partner
from gateway.model.unit import RegistrySnapshot, Unit, snapshot_of
from gateway.registry import parse_unit
from gateway.signatures import RequestSigner, algorithm_of
from gateway.steps.authenticate import pin_of


@dataclass(frozen=True)
class Member:
    """One unit: its registry document, its signer, its files."""

    document: dict[str, Any]
    signer: RequestSigner
    partner: Partner

    @property
    def unit(self) -> Unit:
        return parse_unit(self.document)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def certificate(self) -> bytes:
        """The certificate of its connections (DER)."""
        return load_pem_x509_certificate(self.partner.certificate.read_bytes()).public_bytes(
            Encoding.DER
        )

    @property
    def pin(self) -> str:
        return pin_of(self.certificate)


class Pki:
    """The certificate authorities of a test, and whoever they certify."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.other_ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.ca_file))
        self.server = self._write(self.ca.issue_cert("localhost", "127.0.0.1"), "server")

    def member(
        self,
        unit_id: str,
        gateway: str,
        *,
        ca: trustme.CA | None = None,
        expired: bool = False,
        key: Any = None,
    ) -> Member:
        """Return a new unit with a certificate of its own; its signing key is P-256 at first."""
        now = datetime.now(UTC)
        leaf = (ca or self.ca).issue_cert(
            f"{unit_id}.example",
            not_before=now - timedelta(days=9),
            not_after=now + timedelta(days=-1 if expired else 9),
        )
        certificate, key_file = self._write(leaf, unit_id)
        private_key = key or ec.generate_private_key(ec.SECP256R1())
        signing_key = self.folder / f"{unit_id}-signing.pem"
        signing_key.write_bytes(
            private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        signer = RequestSigner(private_key)
        partner = Partner(unit_id, gateway, certificate, key_file, self.ca_file, signing_key)
        return Member(a_unit(unit_id, signer, certificate), signer, partner)

    def _write(self, leaf: trustme.LeafCert, name: str) -> tuple[Path, Path]:
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        leaf.private_key_pem.write_to_path(str(key))
        return certificate, key


def a_unit(unit_id: str, signer: RequestSigner, certificate: Path) -> dict[str, Any]:
    """Return the registry document of a police unit that receives nothing."""
    der = load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    return {
        "id": unit_id,
        "name": unit_id.title(),
        "controller": f"{unit_id}-controller",
        "kind": "POLICE",
        "country": "DE",
        "status": "active",
        "pins": [pin_of(der)],
        "signing_key": {"alg": algorithm_of(signer.public_jwk), "jwk": dict(signer.public_jwk)},
        "encryption_key": None,
        "endpoint": None,
        "contract": {"id": "AVV-1", "date": "2026-01-15"},
        "may_receive": False,
        "keeps_marking": False,
        "commitment_purpose": False,
        "verifies_log": False,
        "legal_entity": "Land Niedersachsen",
    }


def a_snapshot(*members: Member, **changes: dict[str, Any]) -> RegistrySnapshot:
    """Return the registry of *members*; *changes* alter documents by unit id."""
    units = [parse_unit(m.document | changes.get(m.id, {})) for m in members]
    return snapshot_of("0" * 64, {unit.id: unit for unit in units})
