"""One running gateway with its partners for the whole room."""

from collections.abc import Iterator

import pytest

from gateway.demo.cast import EXECUTIVE, ORDER_OFFICE, POLICE, YOUTH_OFFICE
from tests.e2e.running import Running, running, scratch

RECEIVING = (POLICE, ORDER_OFFICE, YOUTH_OFFICE, EXECUTIVE)
HOLD_S = 8


@pytest.fixture(scope="session")
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Gateway, worker and four partners; whatever is held expires after eight seconds."""
    with (
        scratch(request, tmp_path_factory, "e2e") as folder,
        running(folder, receivers=RECEIVING, settings={"hold_s": HOLD_S}) as stage,
    ):
        yield stage
