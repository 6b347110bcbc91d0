"""What is refused before a body is looked into."""

import json

import pytest

from tests.http.edge import MAX_BODY, Edge
from tests.http.wire import connected, signed


def test_an_announced_length_over_the_limit_is_413_before_the_body_comes(edge: Edge) -> None:
    headers = signed(edge) | {"content-length": str(MAX_BODY + 1)}
    with connected(edge) as connection:
        reply = connection.request("POST", "/v1/exchanges", headers)

    assert reply.status == 413
    assert reply.json()["type"] == f"{edge.public_url}/problems/request-too-large"


def test_a_body_of_unknown_length_over_the_limit_is_413(edge: Edge) -> None:
    pieces = [b"x" * 5000] * 5
    with connected(edge) as connection:
        reply = connection.request("POST", "/v1/exchanges", signed(edge), pieces, chunked=True)

    assert reply.status == 413
    assert edge.submitted == []


def test_a_body_just_at_the_limit_is_taken_in_pieces(edge: Edge) -> None:
    body = json.dumps({"text": "x" * (MAX_BODY - 12)}).encode()
    assert len(body) == MAX_BODY

    with connected(edge) as connection:
        reply = connection.request(
            "POST", "/v1/exchanges", signed(edge, body), [body[:7], body[7:]], chunked=True
        )

    assert reply.status == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json; charset=latin-1", "application/jsonx", ""]
)
def test_another_content_type_is_415(edge: Edge, content_type: str) -> None:
    with connected(edge) as connection:
        reply = connection.post(signed(edge) | {"content-type": content_type})

    assert reply.status == 415
    assert edge.submitted == []


def test_an_encoded_body_is_415(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.post(signed(edge) | {"content-encoding": "gzip"})

    assert reply.status == 415


@pytest.mark.parametrize("times", [0, 2])
def test_without_exactly_one_idempotency_key_it_is_422(edge: Edge, times: int) -> None:
    headers = signed(edge)
    key = headers.pop("idempotency-key")
    with connected(edge) as connection:
        reply = connection.post([*headers.items(), *[("idempotency-key", key)] * times])

    assert reply.status == 422
    assert reply.json()["faults"] == [
        {"pointer": "Idempotency-Key", "what": "one header with a UUID is needed"}
    ]
