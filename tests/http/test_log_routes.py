"""The log over HTTP, for registered units."""

import base64

import pytest

from tests.http.edge import Edge
from tests.http.wire import connected

PATHS = [
    "/v1/log/checkpoint",
    "/v1/log/tile/0/000.p/3",
    "/v1/log/proof/0",
    "/v1/log/consistency?from=1&to=3",
]


def get(edge: Edge, path: str) -> tuple[int, bytes, str]:
    with connected(edge) as connection:
        reply = connection.request("GET", path)
    return reply.status, reply.body, reply.headers["content-type"]


def test_the_checkpoint_is_the_note_of_the_head(edge: Edge) -> None:
    assert get(edge, "/v1/log/checkpoint") == (200, b"note\n", "text/plain; charset=utf-8")


def test_a_hash_tile_is_its_bytes(edge: Edge) -> None:
    assert get(edge, "/v1/log/tile/0/000.p/3") == (
        200,
        b"\x02" * 96,
        "application/octet-stream",
    )


@pytest.mark.parametrize(
    "path", ["0/001", "0/000", "0/000.p/4", "0/0", "00/000", "0/000.p/0", "64/000", "x", "0/x000"]
)
def test_what_is_no_tile_of_this_log_is_404(edge: Edge, path: str) -> None:
    assert get(edge, f"/v1/log/tile/{path}")[0] == 404


@pytest.mark.parametrize("path", ["entries/000", "entries/000.p/3"])
def test_entry_bundles_do_not_exist_for_a_partner(edge: Edge, path: str) -> None:
    assert get(edge, f"/v1/log/tile/{path}")[0] == 404


def test_a_proof_is_a_tlog_proof_under_the_newest_checkpoint(edge: Edge) -> None:
    status, body, _ = get(edge, "/v1/log/proof/2")

    hashed = base64.b64encode(b"\x02" * 32).decode()
    assert status == 200
    assert body.decode() == f"c2sp.org/tlog-proof@v1\nindex 2\n{hashed}\n\nnote of 3\n"


@pytest.mark.parametrize("index", ["3", "03", "-1", "x", "1" * 30])
def test_there_is_no_proof_beyond_the_log(edge: Edge, index: str) -> None:
    assert get(edge, f"/v1/log/proof/{index}")[0] == 404


def test_a_consistency_proof_names_both_sizes(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", "/v1/log/consistency?from=1&to=3")

    assert reply.json() == {
        "from": 1,
        "to": 3,
        "hashes": [base64.b64encode(bytes([n]) * 32).decode() for n in (1, 3)],
    }


@pytest.mark.parametrize(
    "query", ["", "from=1", "from=0&to=3", "from=3&to=1", "from=1&to=4", "from=1&from=1&to=3"]
)
def test_sizes_that_the_log_does_not_have_are_422(edge: Edge, query: str) -> None:
    assert get(edge, f"/v1/log/consistency?{query}")[0] == 422


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_registered_reads_nothing_of_the_log(edge: Edge, path: str) -> None:
    stranger = edge.pki.member("zaungast", "https://localhost")
    with connected(edge, stranger) as connection:
        assert connection.request("GET", path).status == 401
