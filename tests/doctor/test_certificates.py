"""What is wrong with the certificates of TLS, before a partner finds out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.doctor.certificates import examine_certificates
from gateway.doctor.diagnosis import Level
from gateway.settings import Settings
from tests.builders import NOW
from tests.gateways import settings_for

DAY = 86_400
BEGIN = datetime.fromtimestamp(NOW, UTC)


class Files:
    """The four files of TLS in a folder, right unless a test writes another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.leaf(self.ca)
        self.write("partners.pem", self.ca.cert_pem.bytes())

    def leaf(self, ca: trustme.CA, *names: str, days: int = 100, chain: bytes = b"") -> None:
        issued = ca.issue_cert(
            *(names or ("gateway.example",)),
            not_before=BEGIN - timedelta(days=1),
            not_after=BEGIN + timedelta(days=days),
        )
        self.write("server.pem", issued.cert_chain_pems[0].bytes() + chain)
        self.write("server.key", issued.private_key_pem.bytes())

    def write(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    @property
    def settings(self) -> Settings:
        return settings_for(self.folder)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def levels(files: Files) -> dict[str, Level]:
    return {one.name: one.level for one in examine_certificates(files.settings, NOW)}


def test_good_certificates_are_well(files: Files) -> None:
    assert set(levels(files).values()) == {Level.WELL}


@pytest.mark.parametrize(("days", "level"), [(31, Level.WELL), (29, Level.NOTE)])
def test_a_certificate_that_ends_soon_is_noted(files: Files, days: int, level: Level) -> None:
    files.leaf(files.ca, days=days)
    assert levels(files)["tls"] is level


def test_a_certificate_for_another_name_is_a_fault(files: Files) -> None:
    files.leaf(files.ca, "other.example")
    assert levels(files)["tls_name"] is Level.BAD


def test_a_certificate_for_all_names_of_a_domain_is_well(files: Files) -> None:
    files.leaf(files.ca, "*.example")
    assert levels(files)["tls_name"] is Level.WELL


def test_a_key_of_another_certificate_is_a_fault(files: Files) -> None:
    other = files.ca.issue_cert("gateway.example")
    files.write("server.key", other.private_key_pem.bytes())
    assert levels(files)["tls_key"] is Level.BAD


def test_a_chain_is_followed(files: Files) -> None:
    files.leaf(files.ca, chain=files.ca.cert_pem.bytes())
    assert levels(files)["tls_chain"] is Level.WELL
    files.leaf(files.ca, chain=trustme.CA().cert_pem.bytes())
    assert levels(files)["tls_chain"] is Level.BAD


def test_what_is_no_certificate_is_a_fault(files: Files) -> None:
    files.write("server.pem", b"no certificate")
    files.write("partners.pem", b"no certificate")
    assert levels(files) == dict.fromkeys(("tls", "client_ca", "partner_ca"), Level.BAD)


def an_authority(ends: datetime) -> bytes:
    """Return the certificate of an authority that ends then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aussteller")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=400))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM)


def test_authorities_that_have_expired_are_seen(files: Files) -> None:
    gone = an_authority(BEGIN - timedelta(days=1))
    files.write("partners.pem", gone + files.ca.cert_pem.bytes())
    assert levels(files)["client_ca"] is Level.NOTE
    files.write("partners.pem", gone)
    assert levels(files)["partner_ca"] is Level.BAD
