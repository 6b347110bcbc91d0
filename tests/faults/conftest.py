"""One gateway that can be broken, for the whole room; every test finds it whole."""

from collections.abc import Iterator

import pytest

from tests.faults.breakable import Breakable, breakable


@pytest.fixture(scope="session")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    with breakable(tmp_path_factory.mktemp("faults")) as stage:
        yield stage


@pytest.fixture
def stage(_stage: Breakable) -> Breakable:
    """The gateway, with whatever a test before left broken put right."""
    _stage.mend()
    return _stage
