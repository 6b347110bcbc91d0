"""Whether the worker can deliver now."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.adapters.memory.destination import MemoryDestination
from gateway.delivery.readiness import readiness_of
from tests.delivery.world import StoppedClock, World, make_home, open_world


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    make_home(tmp_path)
    async with open_world(tmp_path, StoppedClock()) as opened:
        yield opened


async def test_a_worker_with_all_that_it_needs_is_ready(world: World) -> None:
    checks = await readiness_of(world.ports(MemoryDestination()), world.home)()

    assert set(checks.values()) == {"ok"}
    assert checks.keys() == {"log", "registry", "outbox", "disk"}


async def test_an_outbox_that_cannot_be_reached_is_named(world: World) -> None:
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE delivery")

    checks = await readiness_of(world.ports(MemoryDestination()), world.home)()

    assert (checks["outbox"], checks["log"]) == ("LogUnavailable", "ok")
