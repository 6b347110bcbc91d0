"""One gateway that can be broken, for the whole room; every test finds it whole."""

from collections.abc import Iterator

import pytest

from tests.e2e.running import scratch
from tests.faults.breakable import Breakable, breakable


@pytest.fixture(scope="session")
def _stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Breakable]:
    with scratch(request, tmp_path_factory, "faults") as folder, breakable(folder) as stage:
        yield stage


@pytest.fixture
def stage(_stage: Breakable) -> Breakable:
    """The gateway, with whatever a test before left broken put right."""
    _stage.mend()
    return _stage
