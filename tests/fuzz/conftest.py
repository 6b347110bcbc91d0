"""One running gateway with its real rules for all who send requests to one."""

from collections.abc import Iterator

import pytest

from tests.e2e.running import Running
from tests.fuzz.over_https import a_target


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_target(tmp_path_factory.mktemp("target")) as stage:
        yield stage
