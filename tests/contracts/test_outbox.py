"""What every `Outbox` promises: who may take a delivery, when, and what becomes of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine, insert

from gateway.adapters import sql_effects
from gateway.adapters.memory.outbox import MemoryOutbox
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.tables.log import Entry, RecordKey
from gateway.model.evidence import (
    DeliveryState,
    Draft,
    EntryType,
    Lease,
    NewDelivery,
    Settle,
)
from gateway.ports import Outbox

NOW = 1_795_000_000
TODAY = 20_775
LIMIT = 10


class Office(Protocol):
    """An outbox with what the log does to it in its transactions."""

    outbox: Outbox

    def insert(self, index: int, delivery: NewDelivery) -> None: ...

    def apply(self, effect: Lease | Settle) -> bool: ...


class MemoryOffice:
    def __init__(self) -> None:
        self.outbox = MemoryOutbox()

    def insert(self, index: int, delivery: NewDelivery) -> None:
        self.outbox.insert(delivery, index, exchange_id(index), "bucket")

    def apply(self, effect: Lease | Settle) -> bool:
        return self.outbox.apply(effect)


class SqlOffice:
    def __init__(self, engine: Engine, outbox: SqlOutbox) -> None:
        self.outbox = outbox
        self._engine = engine

    def insert(self, index: int, delivery: NewDelivery) -> None:
        draft = Draft(EntryType.DECISION, exchange_id(index), b"", "", "", delivery=delivery)
        entry = {"id": draft.entry_id, "type": "decision", "leaf": b"", "leaf_hash": b""}
        with self._engine.begin() as connection:
            connection.execute(insert(Entry).values(index=index, size=index + 1, **entry))
            connection.execute(insert(RecordKey).values(index=index, bucket="bucket", wrapped=b""))
            sql_effects.insert_deliveries(connection, index, [draft])

    def apply(self, effect: Lease | Settle) -> bool:
        with self._engine.begin() as connection:
            return sql_effects.apply(connection, effect)


def exchange_id(index: int) -> str:
    return f"{index:032x}"


def a_delivery(delivery_id: str = "a", **changes: object) -> NewDelivery:
    plain = NewDelivery(
        id=delivery_id,
        recipient="ordnungsamt",
        sender="polizei",
        jwe=b"sealed",
        state=DeliveryState.QUEUED,
        due_at=NOW,
        expires_at=NOW + 72 * 3600,
        delete_at_day=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_lease(delivery_id: str = "a", token: str = "mine", now: int = NOW, attempt: int = 1) -> Lease:
    return Lease(delivery_id, attempt, token, now, now + 60)


def a_settle(state: DeliveryState, **changes: object) -> Settle:
    plain = Settle("a", "mine", DeliveryState.QUEUED, state, None, False)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["memory", "sql"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    if request.param == "memory":
        yield MemoryOffice()
        return
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engine = open_database(url)
    async with SqlOutbox(engine) as outbox:
        yield SqlOffice(engine, outbox)
    engine.dispose()


async def due(office: Office, now: int = NOW, **changes: object) -> list[str]:
    found = await office.outbox.due(now, LIMIT, **changes)  # type: ignore[arg-type]
    return [delivery.id for delivery in found]


async def test_a_delivery_names_its_decision(office: Office) -> None:
    """Entry, id and bucket of the decision come with it."""
    office.insert(7, a_delivery(delete_at_day=TODAY))

    (found,) = await office.outbox.due(NOW, LIMIT)

    assert (found.index, found.exchange_id, found.bucket) == (7, exchange_id(7), "bucket")
    assert (found.jwe, found.attempts, found.failures_logged) == (b"sealed", 0, False)
    assert (found.created_at, found.delete_at_day) == (NOW, TODAY)


async def test_a_queued_delivery_is_due_from_its_time_on(office: Office) -> None:
    office.insert(0, a_delivery())

    assert await due(office, NOW - 1) == []
    assert await due(office, NOW) == ["a"]


async def test_the_oldest_come_first_and_no_more_than_asked_for(office: Office) -> None:
    for index, delivery_id in enumerate("dcba"):
        office.insert(index, a_delivery(delivery_id, due_at=NOW - index))

    found = await office.outbox.due(NOW, 2)

    assert [delivery.id for delivery in found] == ["a", "b"]


async def test_deliveries_that_are_begun_already_are_not_due_again(office: Office) -> None:
    """Not even in the way of others."""
    for index in range(LIMIT):
        office.insert(index, a_delivery(f"begun-{index}"))
    office.insert(LIMIT, a_delivery("other"))

    assert await due(office, begun={f"begun-{index}" for index in range(LIMIT)}) == ["other"]


async def test_units_that_are_left_out_are_not_due(office: Office) -> None:
    """Not even in the way of others."""
    for index in range(LIMIT):
        office.insert(index, a_delivery(f"inbox-{index}", recipient="jugendamt"))
    office.insert(LIMIT, a_delivery("a"))

    assert await due(office, but_for={"jugendamt"}) == ["a"]


async def test_a_leased_delivery_is_not_due_until_the_lease_is_over(office: Office) -> None:
    office.insert(0, a_delivery())

    assert office.apply(a_lease())

    assert await due(office, NOW + 59) == []
    assert await due(office, NOW + 60) == ["a"]


async def test_nobody_takes_a_delivery_that_another_holds(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    assert not office.apply(a_lease(token="another", now=NOW + 59))
    assert await office.outbox.take([a_lease(token="another", now=NOW + 59, attempt=2)]) == []
    assert office.apply(a_lease(token="another", now=NOW + 60, attempt=2))


async def test_taking_leaves_out_what_is_gone_and_returns_the_rest(office: Office) -> None:
    office.insert(0, a_delivery("a"))
    office.insert(1, a_delivery("b"))
    office.apply(a_lease("a", token="another"))

    taken = await office.outbox.take([a_lease("a"), a_lease("b"), a_lease("unknown")])

    assert [(delivery.id, delivery.attempts) for delivery in taken] == [("b", 1)]


async def test_a_row_read_before_another_tried_it_is_not_leased(office: Office) -> None:
    """Whoever read the row before the other's attempt finds that it is another attempt now."""
    office.insert(0, a_delivery())
    office.apply(a_lease())
    office.apply(a_settle(DeliveryState.QUEUED, next_at=NOW, keep_payload=True))

    assert not office.apply(a_lease(token="late"))
    assert office.apply(a_lease(token="late", attempt=2))


async def test_what_is_parked_keeps_its_payload_until_it_is_given_up(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())
    office.apply(a_settle(DeliveryState.PARKED, keep_payload=True))

    assert await due(office, NOW + 1000) == []
    (lapsed,) = await office.outbox.lapsed(NOW + 1000, NOW, TODAY, LIMIT)
    assert (lapsed.state, lapsed.jwe) == (DeliveryState.PARKED, b"sealed")


async def test_each_lease_counts_as_an_attempt(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    (taken,) = await office.outbox.take([a_lease(token="next", now=NOW + 60, attempt=2)])

    assert taken.attempts == 2


async def test_a_held_delivery_cannot_be_leased(office: Office) -> None:
    office.insert(0, a_delivery(state=DeliveryState.HELD))

    assert not office.apply(a_lease())
    assert await due(office) == []


async def test_a_postponed_delivery_is_free_again_at_its_time(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    await office.outbox.postpone("a", "mine", NOW + 10)

    assert await due(office, NOW + 9) == []
    assert await due(office, NOW + 10) == ["a"]


async def test_only_the_holder_postpones(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    await office.outbox.postpone("a", "another", NOW)

    assert await due(office, NOW + 59) == []


async def test_what_is_put_off_waits_without_an_attempt(office: Office) -> None:
    office.insert(0, a_delivery())

    await office.outbox.put_off("a", NOW, NOW + 10)

    assert await due(office, NOW + 9) == []
    assert await due(office, NOW + 10) == ["a"]
    found = await office.outbox.find("a")
    assert found is not None
    assert (found.attempts, found.state) == (0, DeliveryState.QUEUED)


async def test_what_somebody_tries_or_has_ended_is_not_put_off(office: Office) -> None:
    office.insert(0, a_delivery())
    office.insert(1, a_delivery("b", state=DeliveryState.HELD))
    office.apply(a_lease())

    for delivery_id in ("a", "b", "nobody"):
        await office.outbox.put_off(delivery_id, NOW, NOW + 600)

    assert await due(office, NOW + 60) == ["a"]
    held = await office.outbox.find("b")
    assert held is not None
    assert held.next_at == NOW


async def test_a_settled_delivery_has_lost_its_payload(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    assert office.apply(a_settle(DeliveryState.DELIVERED))

    row = await office.outbox.of_exchange(0)
    assert row is not None
    assert (row.state, row.jwe) == (DeliveryState.DELIVERED, None)
    assert await due(office, NOW + 1000) == []


async def test_only_the_holder_settles_and_only_once(office: Office) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    assert not office.apply(a_settle(DeliveryState.DELIVERED, token="another"))
    assert office.apply(a_settle(DeliveryState.DELIVERED))
    assert not office.apply(a_settle(DeliveryState.PARKED))


async def test_a_failure_that_is_logged_keeps_the_payload_for_the_next_try(
    office: Office,
) -> None:
    office.insert(0, a_delivery())
    office.apply(a_lease())

    office.apply(
        a_settle(DeliveryState.QUEUED, next_at=NOW + 30, keep_payload=True, failure_logged=True)
    )

    (row,) = await office.outbox.due(NOW + 30, LIMIT)
    assert (row.jwe, row.failures_logged) == (b"sealed", True)
    assert await due(office, NOW + 29) == []


async def test_a_hold_is_overdue_when_its_hours_are_over(office: Office) -> None:
    office.insert(0, a_delivery(state=DeliveryState.HELD))
    office.insert(1, a_delivery("queued"))
    end = NOW + 72 * 3600

    assert await office.outbox.overdue_holds(end - 1, LIMIT) == []
    assert [held.id for held in await office.outbox.overdue_holds(end, LIMIT)] == ["a"]


async def test_what_is_too_old_or_past_its_delete_date_has_lapsed(office: Office) -> None:
    """Whenever it would be due, and to whomever."""
    office.insert(0, a_delivery("old", due_at=NOW - 100))
    office.insert(1, a_delivery("past", delete_at_day=TODAY - 1))
    office.insert(2, a_delivery("today", delete_at_day=TODAY))
    office.insert(3, a_delivery("held", due_at=NOW - 100, state=DeliveryState.HELD))
    office.insert(4, a_delivery("leased", due_at=NOW - 100))
    office.apply(a_lease("leased"))

    found = await office.outbox.lapsed(NOW, NOW - 100, TODAY, LIMIT)

    assert [delivery.id for delivery in found] == ["old", "past"]


async def test_an_entry_without_a_delivery_has_none(office: Office) -> None:
    assert await office.outbox.of_exchange(3) is None


# --- what a unit fetches itself -----------------------------------------------------


async def waiting(
    office: Office, after: int = -1, limit: int = LIMIT, max_bytes: int = 1000
) -> list[str]:
    found = await office.outbox.waiting_for("ordnungsamt", NOW, after, limit, max_bytes)
    return [delivery.id for delivery in found]


async def test_what_waits_for_a_unit_comes_in_the_order_of_its_decisions(office: Office) -> None:
    for index, name in ((9, "c"), (3, "a"), (5, "b")):
        office.insert(index, a_delivery(name))
    office.insert(4, a_delivery("d", recipient="jugendamt"))

    assert await waiting(office) == ["a", "b", "c"]
    assert await waiting(office, after=3) == ["b", "c"]
    assert await waiting(office, limit=1) == ["a"]


async def test_what_was_parked_waits_and_what_is_held_or_settled_does_not(office: Office) -> None:
    for index, name in enumerate("abcd"):
        office.insert(index, a_delivery(name))
    office.insert(7, a_delivery("e", state=DeliveryState.HELD))
    parked = a_settle(DeliveryState.PARKED, delivery_id="b", token=None, keep_payload=True)
    for settle in (
        parked,
        a_settle(DeliveryState.DELIVERED, delivery_id="c", token=None),
        a_settle(DeliveryState.WITHDRAWN, delivery_id="d", token=None),
    ):
        assert office.apply(settle)

    assert await waiting(office) == ["a", "b"]


async def test_what_somebody_has_leased_does_not_wait_until_the_lease_is_over(
    office: Office,
) -> None:
    office.insert(1, a_delivery())
    assert office.apply(a_lease())

    assert await waiting(office) == []
    later = await office.outbox.waiting_for("ordnungsamt", NOW + 60, -1, LIMIT, 1000)
    assert [delivery.id for delivery in later] == ["a"]


async def test_a_page_ends_before_it_is_too_large_but_is_never_empty(office: Office) -> None:
    for index, size in enumerate((40, 50, 20)):
        office.insert(index, a_delivery("abc"[index], jwe=b"x" * size))

    assert await waiting(office, max_bytes=90) == ["a", "b"]
    assert await waiting(office, max_bytes=89) == ["a"]
    assert await waiting(office, max_bytes=1) == ["a"]


async def test_a_delivery_is_found_by_its_id_in_whatever_state(office: Office) -> None:
    office.insert(1, a_delivery())
    office.apply(a_settle(DeliveryState.DELIVERED, token=None, acknowledged="d" * 64))

    found = await office.outbox.find("a")

    assert found is not None
    assert (found.state, found.jwe, found.acknowledged) == (DeliveryState.DELIVERED, None, "d" * 64)
    assert await office.outbox.find("b") is None
