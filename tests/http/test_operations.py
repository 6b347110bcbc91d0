"""The operations port: plain HTTP on loopback."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.http.edge import Edge
from tests.http.wire import connected, signed


def get(edge: Edge, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{edge.operations_port}{path}") as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_process_that_answers_lives(edge: Edge) -> None:
    assert get(edge, "/livez") == (200, "ok\n")


def test_it_is_ready_when_every_check_is_well(edge: Edge) -> None:
    status, body = get(edge, "/readyz")

    assert status == 200
    assert json.loads(body) == {"ready": True, "checks": {"registry": "ok"}}


def test_it_is_not_ready_when_one_check_fails(edge: Edge) -> None:
    edge.units.fails = True

    status, body = get(edge, "/readyz")

    assert status == 503
    assert json.loads(body) == {"ready": False, "checks": {"registry": "RegistryUnavailable"}}


def test_metrics_count_by_route_and_never_by_address(edge: Edge) -> None:
    with connected(edge) as connection:
        connection.post(signed(edge))
        connection.request("GET", "/v1/log/proof/77777")

    status, text = get(edge, "/metrics")

    assert status == 200
    assert 'datenschleuse_http_answers_total{route="/v1/exchanges",status="201"}' in text
    assert 'route="/v1/log/proof/{index}",status="404"' in text
    assert "77777" not in text


def test_there_is_nothing_else(edge: Edge) -> None:
    assert get(edge, "/v1/exchanges")[0] == 404
