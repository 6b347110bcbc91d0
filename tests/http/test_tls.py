"""Who reaches the partner API at all."""

import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.http.edge import Edge
from tests.http.raw import a_get, raw
from tests.http.wire import Connection, client_context, connected, signed
from tests.partners import Member, a_snapshot


def refused(edge: Edge, context: ssl.SSLContext) -> None:
    """The handshake fails: the client gets an alert or a closed connection, never an answer."""
    connection = Connection(edge, context)
    with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
        connection.post(signed(edge))
    connection.close()
    assert edge.submitted == []


def test_a_registered_unit_is_served(edge: Edge) -> None:
    with connected(edge) as connection:
        assert connection.post(signed(edge)).status == 201

    assert edge.handshakes == []
    assert [unit for unit, _ in edge.submitted] == ["polizei"]


def test_without_a_certificate_the_handshake_fails(edge: Edge) -> None:
    refused(edge, client_context(edge, None))

    assert edge.handshakes == ["PEER_DID_NOT_RETURN_A_CERTIFICATE"]


def test_a_certificate_of_an_unknown_ca_fails_the_handshake(edge: Edge) -> None:
    stranger = edge.pki.member("fremd", "https://localhost", ca=edge.pki.other_ca)

    refused(edge, client_context(edge, stranger))

    [reason] = edge.handshakes
    assert reason.startswith("CERTIFICATE_VERIFY_FAILED: ")


def test_an_expired_certificate_fails_the_handshake(edge: Edge) -> None:
    late = edge.pki.member("abgelaufen", "https://localhost", expired=True)

    refused(edge, client_context(edge, late))

    assert edge.handshakes == ["CERTIFICATE_VERIFY_FAILED: certificate has expired"]


def certified(edge: Edge, name: str, ca: trustme.CA | None = None, **changes: Any) -> Member:
    """Return a member whose certificate is as the test says; it is pinned and registered."""
    member = edge.pki.member(name, edge.public_url)
    leaf = x509.load_pem_x509_certificate(member.partner.certificate.read_bytes())
    issuer_key = load_pem_private_key((ca or edge.pki.ca).private_key_pem.bytes(), None)
    issuer = x509.load_pem_x509_certificate((ca or edge.pki.ca).cert_pem.bytes())
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "begins": now - timedelta(days=1),
        "ends": now + timedelta(days=1),
        "usage": [ExtendedKeyUsageOID.CLIENT_AUTH],
        "issuer": issuer.subject,
        "signer": issuer_key,
    } | changes
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(told["issuer"])
        .public_key(leaf.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(told["begins"])
        .not_valid_after(told["ends"])
        .add_extension(x509.ExtendedKeyUsage(told["usage"]), critical=False)
        .sign(told["signer"], hashes.SHA256())
    )
    member.partner.certificate.write_bytes(built.public_bytes(Encoding.PEM))
    edge.units.current = a_snapshot(edge.police, member)
    return member


def test_a_registered_certificate_of_our_own_making_is_served(edge: Edge) -> None:
    """So that what the next tests refuse is refused for what they alter."""
    member = certified(edge, "eigenbau")
    with connected(edge, member) as connection:
        assert connection.post(signed(edge, signer=member.signer)).status == 201


NOW = datetime.now(UTC)
UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "not valid yet": (
        {"begins": NOW + timedelta(days=1), "ends": NOW + timedelta(days=2)},
        "CERTIFICATE_VERIFY_FAILED: certificate is not yet valid",
    ),
    "for servers only": (
        {"usage": [ExtendedKeyUsageOID.SERVER_AUTH]},
        "CERTIFICATE_VERIFY_FAILED: unsuitable certificate purpose",
    ),
    "signed by another key than its issuer's": (
        {"signer": ec.generate_private_key(ec.SECP256R1())},
        "CERTIFICATE_VERIFY_FAILED: certificate signature failure",
    ),
    "of an issuer that nobody knows": (
        {"issuer": x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])},
        "CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), UNFIT.values(), ids=UNFIT.keys())
def test_a_registered_certificate_that_is_not_fit_fails_the_handshake(
    edge: Edge, changes: dict[str, Any], reason: str
) -> None:
    """A pin alone is not enough: the certificate must chain, be valid, be a client's."""
    name = f"unfit-{sorted(changes)[0]}"
    refused(edge, client_context(edge, certified(edge, name, **changes)))

    assert edge.handshakes == [reason]


def test_a_self_signed_certificate_fails_the_handshake(edge: Edge) -> None:
    """Also with the pin that is registered."""
    key = load_pem_private_key(edge.police.partner.key.read_bytes(), None)
    own_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "selbst")])
    member = edge.pki.member("selbst", edge.public_url)
    member.partner.key.write_bytes(edge.police.partner.key.read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    built = (
        x509.CertificateBuilder(own_name, own_name, key.public_key(), 1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    member.partner.certificate.write_bytes(built.public_bytes(Encoding.PEM))
    assert member.pin == edge.police.pin

    refused(edge, client_context(edge, member))

    assert edge.handshakes == ["CERTIFICATE_VERIFY_FAILED: self-signed certificate"]


def test_a_certificate_renewed_with_the_same_key_needs_no_new_pin(edge: Edge) -> None:
    member = certified(edge, "erneuert")
    pins = a_snapshot(edge.police, member)
    renewed = certified(edge, "erneuert-zwei")
    renewed.partner.key.write_bytes(member.partner.key.read_bytes())
    again = x509.load_pem_x509_certificate(member.partner.certificate.read_bytes())
    issuer_key = load_pem_private_key(edge.pki.ca.private_key_pem.bytes(), None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)
    built = (
        x509.CertificateBuilder(again.issuer, again.subject, again.public_key(), 99)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=3))
        .sign(issuer_key, hashes.SHA256())
    )
    renewed.partner.certificate.write_bytes(built.public_bytes(Encoding.PEM))
    edge.units.current = pins

    with connected(edge, renewed) as connection:
        assert connection.post(signed(edge, signer=member.signer)).status == 201


def test_two_certificates_of_a_unit_are_both_served(edge: Edge) -> None:
    """While one key follows another, both are pinned."""
    second = edge.pki.member("polizei-neu", edge.public_url)
    both = {"pins": [*edge.police.document["pins"], second.pin]}
    edge.units.current = a_snapshot(edge.police, polizei=both)
    with connected(edge) as old, connected(edge, second) as new:
        assert [old.post(signed(edge)).status, new.post(signed(edge)).status] == [201, 201]


def test_no_session_is_resumed(edge: Edge) -> None:
    """Each connection proves its certificate anew."""
    with raw(edge) as client:
        client.send(a_get())
        client.read()
        session = client.socket.session  # type: ignore[attr-defined]

    assert session is None or not session.has_ticket


def test_tls_1_2_is_refused(edge: Edge) -> None:
    context = client_context(edge, edge.police)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    refused(edge, context)

    assert edge.handshakes == ["UNSUPPORTED_PROTOCOL"]


def test_failed_handshakes_are_counted(edge: Edge) -> None:
    import urllib.request

    refused(edge, client_context(edge, None))
    with urllib.request.urlopen(f"http://127.0.0.1:{edge.operations_port}/metrics") as answer:
        text = answer.read().decode()

    assert (
        'datenschleuse_tls_handshakes_failed_total{reason="PEER_DID_NOT_RETURN_A_CERTIFICATE"}'
        in text
    )
