"""One gateway that can be broken, for the whole room."""

from collections.abc import Iterator

import pytest

from tests.faults.breakable import Breakable, breakable


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    with breakable(tmp_path_factory.mktemp("faults")) as stage:
        yield stage
