"""The watch sees acknowledgements in the database, and deliveries that ended otherwise."""

import asyncio
import sqlite3

import pytest

from gateway.bench.figures import BenchFailed
from gateway.bench.outbox_watch import watch_outbox


@pytest.fixture
def outbox(tmp_path):
    """An outbox with three queued deliveries, and the way to change one's state."""
    path = tmp_path / "gateway.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute('CREATE TABLE delivery ("index" INTEGER, state TEXT)')
    database.executemany("INSERT INTO delivery VALUES (?, 'queued')", [(4,), (7,), (10,)])

    def put(index, state):
        database.execute('UPDATE delivery SET state = ? WHERE "index" = ?', (state, index))

    put.path = path
    yield put
    database.close()


def test_what_is_delivered_is_seen_once_also_out_of_order(outbox):
    with watch_outbox(outbox.path) as watch:
        outbox(10, "delivered")
        watch.look()
        assert list(watch.acknowledged) == [10]
        first_seen = watch.acknowledged[10]
        outbox(4, "delivered")
        outbox(7, "delivered")
        watch.look()
        assert sorted(watch.acknowledged) == [4, 7, 10]
        assert watch.acknowledged[10] == first_seen
        assert watch.count_acknowledged() == 3


def test_waiting_ends_with_the_last_acknowledgement(outbox):
    async def run():
        with watch_outbox(outbox.path) as watch:
            waiting = asyncio.create_task(watch.until(3))
            for index in (4, 7, 10):
                await asyncio.sleep(0.03)
                assert not waiting.done()
                outbox(index, "delivered")
            async with asyncio.timeout(5):
                await waiting
            return len(watch.acknowledged)

    assert asyncio.run(run()) == 3


@pytest.mark.parametrize("state", ["parked", "given_up", "withdrawn", "held", "expired"])
def test_a_delivery_that_ends_otherwise_ends_the_bench(outbox, state):
    outbox(7, state)
    with (
        watch_outbox(outbox.path) as watch,
        pytest.raises(BenchFailed, match=f"entry 7 is {state}"),
    ):
        watch.look()


def test_nobody_writes_through_the_watch(outbox):
    with watch_outbox(outbox.path) as watch, pytest.raises(sqlite3.OperationalError):
        watch._database.execute("DELETE FROM delivery")
