"""The outbox on SQL, beyond what every outbox promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from gateway.errors import LogUnavailable
from gateway.model.evidence import Lease
from tests.delivery.world import NOON, StoppedClock, World, a_unit, make_home, open_world


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    make_home(tmp_path)
    async with open_world(tmp_path, StoppedClock()) as opened:
        await opened.register(a_unit())
        yield opened


async def test_of_two_processes_one_takes_a_delivery(world: World) -> None:
    """Each has connections of its own; whoever commits first has it."""
    ids = [await world.queue() for _ in range(10)]
    async with open_world(world.home, world.clock) as other:
        taken = await asyncio.gather(
            *(
                opened.outbox.take([Lease(delivery_id, 1, f"{number}", NOON, NOON + 60)])
                for delivery_id in ids
                for number, opened in enumerate((world, other))
            )
        )

    assert sorted(delivery.id for found in taken for delivery in found) == sorted(ids)


async def test_a_delivery_whose_record_was_erased_has_no_bucket(world: World) -> None:
    await world.queue()
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM record_key")

    (delivery,) = await world.outbox.due(NOON, 10)

    assert delivery.bucket is None


async def test_a_database_that_is_gone_is_a_failed_dependency(world: World) -> None:
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE delivery")

    with pytest.raises(LogUnavailable):
        await world.outbox.due(NOON, 10)
    with pytest.raises(LogUnavailable):
        await world.outbox.postpone("a", "b", NOON)


async def test_what_is_due_is_found_by_its_index_and_in_the_order_of_it(world: World) -> None:
    """Neither what was settled long ago nor a long queue slows the worker down."""
    asked: list[tuple[str, Any]] = []
    event.listen(
        world.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, values, *_: asked.append((statement, values)),
    )
    await world.outbox.due(NOON, 10, ["inbox"], ["begun"])
    (query,) = (said for said in asked if said[0].startswith("SELECT"))

    with world.engine.connect() as connection:
        statement, values = query
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()

    assert any("delivery_due" in row.detail for row in plan)
    assert not any("TEMP B-TREE" in row.detail for row in plan)
