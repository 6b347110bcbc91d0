"""Certificates of the demonstration: they chain, serve loopback, and are known by their key."""

import hashlib
import ipaddress
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.demo.certificates import Authority


def issued(folder: Path, authority: Authority) -> tuple[x509.Certificate, str]:
    pin = authority.issue(folder, "stelle")
    return x509.load_pem_x509_certificate((folder / "tls.pem").read_bytes()), pin


def test_a_certificate_chains_to_its_authority_and_to_no_other(tmp_path: Path) -> None:
    authority = Authority("Eine CA")
    certificate, _ = issued(tmp_path, authority)
    certificate.verify_directly_issued_by(authority.certificate)
    with pytest.raises((InvalidSignature, ValueError)):
        certificate.verify_directly_issued_by(Authority("Andere CA").certificate)


def test_a_certificate_is_for_loopback_alone(tmp_path: Path) -> None:
    certificate, _ = issued(tmp_path, Authority("Eine CA"))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.IPv4Address("127.0.0.1")]


def test_the_pin_is_the_digest_of_the_public_key(tmp_path: Path) -> None:
    certificate, pin = issued(tmp_path, Authority("Eine CA"))
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert pin == hashlib.sha256(spki).hexdigest()


def test_a_private_key_is_for_its_owner_alone_and_that_of_the_authority_is_no_file(
    tmp_path: Path,
) -> None:
    issued(tmp_path, Authority("Eine CA"))
    assert stat.S_IMODE((tmp_path / "tls.key").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"tls.pem", "tls.key"}
