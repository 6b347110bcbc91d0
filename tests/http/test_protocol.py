"""Bytes on the connection that are no request."""

from tests.http.edge import Edge
from tests.http.wire import BODY, connected, signed


def test_what_is_not_http_is_400_without_an_echo(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", "/", {"bad header": "KANARIE"})

    assert reply.status == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert b"KANARIE" not in reply.body


def test_two_statements_about_the_length_are_no_request(edge: Edge) -> None:
    """Content-Length beside Transfer-Encoding is how a second request is smuggled in."""
    headers = signed(edge) | {"content-length": "3", "transfer-encoding": "chunked"}
    with connected(edge) as connection:
        reply = connection.request("POST", "/v1/exchanges", headers, BODY)

    assert reply.status == 400
    assert edge.submitted == []


def test_a_folded_field_is_no_request(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.post(signed(edge) | {"x-note": "one\r\n two"})

    assert reply.status == 400
    assert edge.submitted == []
