"""The worker killed at each point of a delivery: delivered again, recognisable, kept once."""

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from gateway.model.evidence import Part
from tests.e2e.log_copy import log_copy
from tests.e2e.running import delivered, send, settled
from tests.faults.breakable import LEASE_S, Breakable

pytestmark = pytest.mark.xdist_group("faults")

PUSHES = {
    "attempt written, not committed": ["new"],
    "attempt committed, not told": ["new"],
    "nothing sent": ["new"],
    "delivered, acknowledgement not recorded": ["new", "repeat"],
    "outcome recorded, not told": ["new"],
}
"""Where the worker dies, with how the recipient took each push of the one delivery."""


@pytest.mark.parametrize("point", PUSHES)
async def test_a_worker_killed_there_loses_nothing_and_doubles_nothing(
    stage: Breakable, point: str
) -> None:
    """G8: the same delivery id again, known as a repeat; one document at the recipient."""
    stage.settle()
    stage.kill_at("worker", point)
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    assert stage.died("worker") < 0
    stage.spare("worker")
    row = stage.outbox(exchange_id)
    assert (row["state"] == "delivered") == (point == "outcome recorded, not told")

    stage.start_worker()
    document = await delivered(stage, ORDER_OFFICE, exchange_id)
    await settled(stage, POLICE, exchange_id, "delivered")

    assert document["delivery_id"] == row["id"]
    assert stage.pushes(ORDER_OFFICE, exchange_id) == PUSHES[point]
    assert len(stage.inbox_of(ORDER_OFFICE, exchange_id)) == 1
    log = log_copy(stage)
    events = log.events_of(exchange_id)
    happened = [entry.parts[Part.AUDIT]["event"] for entry in events]
    assert happened == ["attempt", "acknowledged"]
    assert {entry.parts[Part.AUDIT]["delivery_id"] for entry in events} == {row["id"]}
    assert log.decisions[exchange_id].index < events[0].index
    if row["lease_until"] is not None:
        assert events[-1].claims.time >= row["lease_until"]
        assert row["lease_until"] - events[0].claims.time == LEASE_S
    assert stage.outbox(exchange_id)["jwe"] is None
