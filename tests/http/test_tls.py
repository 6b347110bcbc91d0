"""Who reaches the partner API at all."""

import ssl

import pytest

from tests.http.edge import Edge
from tests.http.wire import Connection, client_context, connected, signed


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
