"""Errors as answers, whatever raised them."""

import pytest

from gateway.errors import LogUnavailable, PolicyUnavailable
from tests.http.edge import Edge
from tests.http.wire import connected, signed


@pytest.mark.parametrize("error", [LogUnavailable("disk full"), PolicyUnavailable("late")])
def test_what_the_gateway_leans_on_is_503_and_may_be_tried_again(
    edge: Edge, error: Exception
) -> None:
    edge.answers = error
    with connected(edge) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == 503
    assert reply.headers["retry-after"] == "5"
    assert reply.json()["type"] == f"{edge.public_url}/problems/temporarily-unavailable"
    assert str(error) not in reply.body.decode()


def test_a_locked_registry_is_503(edge: Edge) -> None:
    edge.units.fails = True
    with connected(edge) as connection:
        assert connection.post(signed(edge)).status == 503


def test_an_unexpected_error_is_a_bare_500(edge: Edge) -> None:
    edge.answers = ValueError("KANARIE in einem Wert")
    with connected(edge) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert "detail" not in reply.json()
    assert b"KANARIE" not in reply.body


def test_nothing_at_an_address_is_a_problem_too(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", "/v1/nothing")

    assert reply.status == 404
    assert reply.json()["type"] == f"{edge.public_url}/problems/not-found"


def test_another_method_is_405_and_names_those_allowed(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("PUT", "/v1/exchanges")

    assert reply.status == 405
    assert reply.headers["allow"] == "GET, POST"
    assert reply.json()["type"] == f"{edge.public_url}/problems/method-not-allowed"


@pytest.mark.parametrize("path", ["/v1/nothing", "/problems/not-found", "/openapi.json"])
def test_no_answer_may_be_stored(edge: Edge, path: str) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", path)

    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "server" not in reply.headers


def test_pages_of_documentation_are_off_but_the_document_is_there(edge: Edge) -> None:
    with connected(edge) as connection:
        document = connection.request("GET", "/openapi.json").json()
        assert connection.request("GET", "/docs").status == 404
        assert connection.request("GET", "/redoc").status == 404

    assert "/v1/exchanges" in document["paths"]
    assert "/v1/log/checkpoint" in document["paths"]
