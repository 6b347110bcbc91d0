"""One running server for the whole room; every test finds it as new."""

from collections.abc import Iterator

import pytest

from tests.http.edge import Edge, running_edge


@pytest.fixture(scope="session")
def _edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


@pytest.fixture
def edge(_edge: Edge) -> Edge:
    _edge.reset()
    return _edge
