"""Running servers for the whole room; every test finds them as new."""

from collections.abc import Iterator

import pytest

from tests.http.edge import Edge, a_limits, running_edge

HURRY_S = 0.4


@pytest.fixture(scope="session")
def _edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


@pytest.fixture
def edge(_edge: Edge) -> Edge:
    """A server with the limits that the settings have by default."""
    _edge.reset()
    return _edge


@pytest.fixture(scope="session")
def _hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    limits = a_limits(
        handshake_deadline_s=HURRY_S,
        header_deadline_s=HURRY_S,
        body_deadline_s=HURRY_S,
        answer_deadline_s=HURRY_S,
        keep_alive_s=HURRY_S,
        connection_requests=3,
        pipelined_requests=1,
        header_fields=16,
        header_bytes=4096,
        header_field_bytes=1024,
        bodies_bytes=30_000,
    )
    with running_edge(tmp_path_factory.mktemp("hurried"), limits) as edge:
        yield edge


@pytest.fixture
def hurried(_hurried: Edge) -> Edge:
    """A server that has no patience, and little of everything."""
    _hurried.reset()
    return _hurried
