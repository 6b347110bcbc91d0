"""The database locked by somebody else, removed or replaced: no answer that is not durable."""

import asyncio
import json
import shutil
import time
import uuid

import pytest

from gateway.client.sender import Sender
from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from tests.e2e.log_copy import log_copy
from tests.e2e.running import delivered, eventually, send, settled
from tests.faults.breakable import BUSY_S, Breakable
from tests.faults.locking import locked

pytestmark = pytest.mark.xdist_group("faults")


async def test_an_exchange_under_lock_is_not_answered_as_decided_and_succeeds_later_once(
    stage: Breakable,
) -> None:
    before = log_copy(stage)
    body = json.dumps(exchanges.emergency_exits(), ensure_ascii=False).encode()
    async with Sender(stage.partner(POLICE)) as sender:
        headers = sender.sign(body, str(uuid.uuid4()))
        with locked(stage):
            refused = [await sender.send_bytes(body, headers) for _ in range(2)]
            await asyncio.sleep(BUSY_S)
        later = [await sender.send_bytes(body, headers) for _ in range(2)]

    assert [answer.status for answer in refused] == [503, 503]
    assert all("receipt" not in answer.json() for answer in refused)
    assert [answer.status for answer in later] == [201, 201]
    assert later[0].body == later[1].body
    exchange_id = later[0].json()["exchange_id"]
    await settled(stage, POLICE, exchange_id, "delivered")
    after = log_copy(stage)
    assert after.decisions.keys() - before.decisions.keys() == {exchange_id}
    assert after.refusals() == before.refusals()
    assert stage.pushes(ORDER_OFFICE, exchange_id) == ["new"]


async def test_many_at_once_under_lock_are_refused_and_none_is_half_stored(
    stage: Breakable,
) -> None:
    """Nobody waits for the others: one wait for the lock, or two, is enough for all."""
    before, begun = log_copy(stage), time.monotonic()
    with locked(stage):
        answers = await asyncio.gather(
            *(send(stage, POLICE, exchanges.emergency_exits()) for _ in range(12))
        )
    assert [answer.status for answer in answers] == [503] * 12
    assert time.monotonic() - begun < 9 * BUSY_S
    assert log_copy(stage).decisions.keys() == before.decisions.keys()


async def test_what_can_be_read_is_served_under_lock(stage: Breakable) -> None:
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    await settled(stage, POLICE, exchange_id, "delivered")
    with locked(stage):
        async with Sender(stage.partner(POLICE)) as sender:
            view = await sender.status(exchange_id)
            checkpoint = await sender.get("/v1/log/checkpoint")
    assert (view.status, checkpoint.status) == (200, 200)


async def test_the_worker_waits_out_a_lock_and_delivers_once(stage: Breakable) -> None:
    """The lock comes after the decision and before the delivery's first entry."""
    stage.stop("worker")
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    waited = len(stage.events("worker", "worker_waits"))
    with locked(stage):
        stage.start_worker()
        await eventually(lambda: len(stage.events("worker", "worker_waits")) > waited)
        assert stage.inbox_of(ORDER_OFFICE, exchange_id) == []

    await delivered(stage, ORDER_OFFICE, exchange_id)
    await settled(stage, POLICE, exchange_id, "delivered")
    assert stage.pushes(ORDER_OFFICE, exchange_id) == ["new"]


@pytest.mark.parametrize("with_a_copy", [False, True], ids=["removed", "replaced by a copy"])
async def test_while_another_file_lies_in_its_place_nothing_is_answered_as_decided(
    stage: Breakable, *, with_a_copy: bool
) -> None:
    """The open file could still be written, and all that is in it would be lost with it."""
    stage.settle()
    before = log_copy(stage)
    key, exchange = str(uuid.uuid4()), exchanges.emergency_exits()
    database, aside = stage.home / "gateway.db", stage.home / "aside.db"
    database.rename(aside)
    try:
        if with_a_copy:
            shutil.copy(aside, database)
        refused = await send(stage, POLICE, exchange, key)
    finally:
        aside.replace(database)
    answers = [await send(stage, POLICE, exchange, key) for _ in range(2)]

    assert (refused.status, "receipt" in refused.json()) == (503, False)
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    exchange_id = answers[0].json()["exchange_id"]
    await delivered(stage, ORDER_OFFICE, exchange_id)
    await settled(stage, POLICE, exchange_id, "delivered")
    after = log_copy(stage)
    assert after.decisions.keys() - before.decisions.keys() == {exchange_id}
    assert stage.pushes(ORDER_OFFICE, exchange_id) == ["new"]
