"""One delivery on its way from the outbox to its recipient."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.memory.destination import MemoryDestination, Pushed
from gateway.errors import DeliveryFailed, LogUnavailable
from gateway.model.evidence import Committed, DeliveryState, Lease, Part, Receipt
from gateway.steps.forward import ForwardPorts, Outcome, Patience, Result, expire, forward
from gateway.verify import verify_receipt
from tests.delivery.world import (
    DAY,
    NOON,
    ORIGIN,
    PRIVATE_KEYS,
    StoppedClock,
    World,
    a_unit,
    key_list,
    make_home,
    open_world,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def world(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[World]:
    make_home(tmp_path)
    async with open_world(tmp_path, clock) as opened:
        await opened.register(a_unit("ordnungsamt"))
        yield opened


@pytest.fixture
def recipient() -> MemoryDestination:
    return MemoryDestination()


async def deliver(world: World, delivery_id: str, ports: ForwardPorts) -> Outcome:
    return await forward(await world.delivery(delivery_id), ports)


async def test_an_acknowledged_delivery_leaves_two_entries_and_no_payload(
    world: World, recipient: MemoryDestination
) -> None:
    """First attempt and acknowledgement are entries; the sealed payload is gone."""
    delivery_id = await world.queue()

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    row = await world.delivery(delivery_id)
    assert outcome == Outcome(Result.DELIVERED)
    assert world.events() == ["attempt", "acknowledged"]
    assert (row.state, row.jwe) == (DeliveryState.DELIVERED, None)
    assert [pushed.delivery_id for pushed in recipient.acknowledged] == [delivery_id]


async def test_the_push_carries_the_jwe_and_a_receipt_of_the_recipients_part(
    world: World, recipient: MemoryDestination
) -> None:
    """The receipt verifies under the log's keys and shows the recipient's part alone."""
    delivery_id = await world.queue()
    sealed = (await world.delivery(delivery_id)).jwe

    await deliver(world, delivery_id, world.ports(recipient))

    body = json.loads(recipient.acknowledged[0].body)
    verified = verify_receipt(Receipt(**body["receipt"]), key_list(world.home), ORIGIN)
    assert body.keys() == {"delivery_id", "jwe", "receipt"}
    assert body["jwe"].encode() == sealed
    assert verified.parts.keys() == {Part.RECIPIENT}
    assert verified.parts[Part.RECIPIENT]["delivery_id"] == delivery_id


async def test_the_first_attempt_is_in_the_log_before_anything_is_sent(
    world: World, recipient: MemoryDestination
) -> None:
    """When the push arrives, its entry is committed."""
    seen: list[list[str]] = []

    async def look(_: Pushed) -> None:
        seen.append(world.events())

    recipient.before_answer = look
    await deliver(world, await world.queue(), world.ports(recipient))

    assert seen == [["attempt"]]


async def test_nothing_is_sent_when_the_first_attempt_cannot_be_logged(
    world: World, recipient: MemoryDestination
) -> None:
    delivery = await world.delivery(await world.queue())
    ports = world.ports(recipient)
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(FAIL, 'full'); END"
        )

    with pytest.raises(LogUnavailable):
        await forward(delivery, ports)

    assert recipient.arrived == []


async def test_a_failed_attempt_is_logged_once_then_tried_without_entries(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    """Two failures and a success: first attempt, first failure, acknowledgement."""
    recipient.failures = [DeliveryFailed("http_500"), DeliveryFailed("timeout")]
    delivery_id = await world.queue()
    ports = world.ports(recipient)

    outcomes = []
    for _ in range(3):
        outcomes.append((await deliver(world, delivery_id, ports)).result)
        clock.at = (await world.delivery(delivery_id)).next_at

    assert outcomes == [Result.RETRY, Result.RETRY, Result.DELIVERED]
    assert world.events() == ["attempt", "failed", "acknowledged"]
    assert [part["attempt"] for part in world.parts()] == [1, 1, 3]
    assert [part["code"] for part in world.parts()] == [None, "http_500", None]


async def test_a_failed_delivery_is_due_again_only_after_its_pause(
    world: World, recipient: MemoryDestination
) -> None:
    recipient.failures = [DeliveryFailed("http_503", retry_after_s=120)]
    delivery_id = await world.queue()

    await deliver(world, delivery_id, world.ports(recipient))

    assert (await world.delivery(delivery_id)).next_at == NOON + 120
    assert await world.outbox.due(NOON + 119, 10) == []
    assert len(await world.outbox.due(NOON + 120, 10)) == 1


async def test_a_final_failure_parks_the_delivery(
    world: World, recipient: MemoryDestination
) -> None:
    recipient.failures = [DeliveryFailed("http_404", final=True)]
    delivery_id = await world.queue()

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    row = await world.delivery(delivery_id)
    assert outcome == Outcome(Result.PARKED, "http_404")
    assert row.state is DeliveryState.PARKED
    assert row.jwe is not None
    assert world.parts(Part.SENDER)[-1]["code"] == "http_404"


async def test_a_delivery_is_given_up_when_its_time_is_over(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    delivery_id = await world.queue()
    clock.at += 14 * DAY

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    row = await world.delivery(delivery_id)
    assert outcome.result is Result.GIVEN_UP
    assert (row.state, row.jwe) == (DeliveryState.GIVEN_UP, None)
    assert recipient.arrived == []


async def test_an_attempt_that_fails_after_the_time_is_over_gives_the_delivery_up(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    delivery_id = await world.queue()

    async def two_weeks_pass(_: Pushed) -> None:
        clock.at += 14 * DAY

    recipient.before_answer = two_weeks_pass
    recipient.failures = [DeliveryFailed("http_500")]
    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome == Outcome(Result.GIVEN_UP, "http_500")
    assert world.events() == ["attempt", "given_up"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "suspended"}, "recipient_suspended"),
        ({"may_receive": False}, "recipient_may_not_receive"),
        ({"encryption_key": None}, "encryption_key_changed"),
        (
            {
                "encryption_key": {
                    "alg": "ECDH-ES",
                    "jwk": PRIVATE_KEYS["ecdh-x25519"].as_dict(private=False),
                }
            },
            "encryption_key_changed",
        ),
    ],
)
async def test_a_recipient_that_changed_gets_nothing_any_more(
    world: World, recipient: MemoryDestination, changes: dict[str, Any], code: str
) -> None:
    """Status, permission and key are looked at again before each attempt."""
    delivery_id = await world.queue()
    await world.register(a_unit("ordnungsamt", **changes))

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    row = await world.delivery(delivery_id)
    assert outcome == Outcome(Result.WITHDRAWN, code)
    assert (row.state, row.jwe) == (DeliveryState.WITHDRAWN, None)
    assert world.parts(Part.SENDER)[-1]["code"] == code
    assert recipient.arrived == []


async def test_a_recipient_suspended_between_two_attempts_gets_no_second_one(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    recipient.failures = [DeliveryFailed("http_500")]
    delivery_id = await world.queue()
    ports = world.ports(recipient)
    await deliver(world, delivery_id, ports)
    clock.at = (await world.delivery(delivery_id)).next_at
    await world.register(a_unit("ordnungsamt", status="suspended"))

    outcome = await deliver(world, delivery_id, ports)

    assert outcome.result is Result.WITHDRAWN
    assert len(recipient.arrived) == 1
    assert world.events() == ["attempt", "failed", "withdrawn"]


async def test_a_suspension_that_commits_during_the_check_is_seen(
    world: World, recipient: MemoryDestination
) -> None:
    """The registry that was looked at must be in force when the attempt's entry commits."""
    delivery_id = await world.queue()
    real = world.registry

    class SlowRegistry:
        first = True

        async def snapshot(self) -> Any:
            seen = await real.snapshot()
            if self.first:
                self.first = False
                await world.register(a_unit("ordnungsamt", status="suspended"))
            return seen

    outcome = await deliver(world, delivery_id, world.ports(recipient, registry=SlowRegistry()))

    assert outcome == Outcome(Result.WITHDRAWN, "recipient_suspended")
    assert recipient.arrived == []


async def test_a_delivery_whose_delete_date_has_passed_is_withdrawn(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    last_day = clock.now().evaluated_on
    delivery_id = await world.queue(delete_at_day=last_day)
    on_the_day = await world.queue(delete_at_day=last_day)
    ports = world.ports(recipient)

    assert (await deliver(world, on_the_day, ports)).result is Result.DELIVERED
    clock.at += DAY

    assert await deliver(world, delivery_id, ports) == Outcome(
        Result.WITHDRAWN, "delete_date_passed"
    )


async def test_a_delivery_to_which_the_policy_objects_is_withdrawn(
    world: World, recipient: MemoryDestination
) -> None:
    ports = world.ports(recipient, objection=lambda _: "policy_revoked")

    outcome = await deliver(world, await world.queue(), ports)

    assert outcome == Outcome(Result.WITHDRAWN, "policy_revoked")
    assert recipient.arrived == []


async def test_a_delivery_whose_record_was_erased_is_withdrawn(
    world: World, recipient: MemoryDestination
) -> None:
    delivery_id = await world.queue()
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM record_key")

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome == Outcome(Result.WITHDRAWN, "record_erased")
    assert (await world.delivery(delivery_id)).jwe is None


async def test_a_unit_without_an_endpoint_is_left_to_its_inbox(
    world: World, recipient: MemoryDestination
) -> None:
    await world.register(a_unit("jugendamt", endpoint=None))
    delivery_id = await world.queue("jugendamt")

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome == Outcome(Result.WAITS)
    assert (await world.delivery(delivery_id)).state is DeliveryState.QUEUED
    assert (world.events(), recipient.arrived) == ([], [])


async def test_a_delivery_that_another_worker_holds_is_left_alone(
    world: World, recipient: MemoryDestination
) -> None:
    delivery_id = await world.queue()
    delivery = await world.delivery(delivery_id)
    await world.outbox.take([Lease(delivery_id, 1, "another", NOON, NOON + 60)])

    outcome = await forward(delivery, world.ports(recipient))

    assert outcome.result is Result.LOST
    assert (world.events(), recipient.arrived) == ([], [])


async def test_two_workers_at_once_push_a_delivery_once(
    world: World, recipient: MemoryDestination
) -> None:
    """Whoever commits the lease sends; the other finds it taken."""
    delivery = await world.delivery(await world.queue())
    ports = world.ports(recipient)

    outcomes = await asyncio.gather(*(forward(delivery, ports) for _ in range(8)))

    assert sorted(outcome.result for outcome in outcomes) == ["delivered", *["lost"] * 7]
    assert len(recipient.arrived) == 1
    assert world.events() == ["attempt", "acknowledged"]


async def test_a_delivery_cut_off_after_its_acknowledgement_is_sent_again_under_the_same_id(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    """Killed between acknowledgement and its entry: once the lease is over it goes again."""
    delivery_id = await world.queue()
    delivery = await world.delivery(delivery_id)
    ports = world.ports(recipient)

    async def never_returns(_: Pushed) -> None:
        await asyncio.Event().wait()

    recipient.before_answer = never_returns
    killed = asyncio.create_task(forward(delivery, ports))
    while not recipient.arrived:
        await asyncio.sleep(0.01)
    killed.cancel()
    await asyncio.wait([killed])
    recipient.before_answer = None
    assert await world.outbox.due(NOON + 59, 10) == []
    clock.at += 60
    (again,) = await world.outbox.due(clock.at, 10)

    outcome = await forward(again, ports)

    assert outcome.result is Result.DELIVERED
    assert [pushed.delivery_id for pushed in recipient.arrived] == [delivery_id, delivery_id]
    assert world.events() == ["attempt", "acknowledged"]


async def test_an_outcome_that_comes_after_the_lease_ran_out_is_not_recorded(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    """Another worker holds the delivery by then; only its outcome counts."""
    delivery_id = await world.queue()

    async def another_takes_over(_: Pushed) -> None:
        clock.at += 60
        await world.outbox.take([Lease(delivery_id, 2, "another", clock.at, clock.at + 60)])

    recipient.before_answer = another_takes_over
    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome.result is Result.LOST
    assert (await world.delivery(delivery_id)).state is DeliveryState.QUEUED
    assert world.events() == ["attempt"]


async def test_an_attempt_never_outlasts_its_deadline(
    world: World, recipient: MemoryDestination
) -> None:
    async def never_returns(_: Pushed) -> None:
        await asyncio.Event().wait()

    recipient.before_answer = never_returns
    ports = world.ports(recipient, patience=Patience(60, 0.05, 14 * DAY))

    outcome = await deliver(world, await world.queue(), ports)

    assert outcome == Outcome(Result.RETRY, "timeout")


async def test_a_policy_change_meanwhile_does_not_lose_an_acknowledgement(
    world: World, recipient: MemoryDestination
) -> None:
    """The entry is drafted again under the digests that are in force now."""
    delivery_id = await world.queue()

    async def registry_changes(_: Pushed) -> None:
        await world.register(a_unit("jugendamt"))

    recipient.before_answer = registry_changes
    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome.result is Result.DELIVERED
    assert world.events() == ["attempt", "acknowledged"]


async def test_a_hold_that_nobody_released_expires_with_an_entry(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    delivery_id = await world.queue(state=DeliveryState.HELD)
    ports = world.ports(recipient)
    clock.at += 72 * 3600
    (held,) = await world.outbox.overdue_holds(clock.at, 10)

    fate = await expire(held, ports)

    row = await world.delivery(delivery_id)
    assert isinstance(fate, Committed)
    assert (row.state, row.jwe) == (DeliveryState.EXPIRED, None)
    assert world.events() == ["expired"]
    assert world.parts(Part.RECIPIENT) == []


async def test_the_recipient_is_not_told_the_gateways_reasons(
    world: World, recipient: MemoryDestination
) -> None:
    recipient.failures = [DeliveryFailed("tls")]

    await deliver(world, await world.queue(), world.ports(recipient))

    assert world.parts(Part.AUDIT)[-1]["code"] == "tls"
    assert "code" not in world.parts(Part.RECIPIENT)[-1]
    assert "attempt" not in world.parts(Part.SENDER)[-1]


async def test_entries_lie_in_the_bucket_of_their_decision(
    world: World, recipient: MemoryDestination
) -> None:
    """They are erased with it."""
    delivery_id = await world.queue()
    await deliver(world, delivery_id, world.ports(recipient))

    with world.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            'SELECT bucket FROM record_key JOIN entry USING ("index") WHERE type = ?',
            ("delivery",),
        ).all()
    assert [row.bucket for row in rows] == [(await world.delivery(delivery_id)).bucket] * 2


# --- stops

HAZARD = {
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "sender_kind": "POLICE_INSPECTION",
    "recipient_kind": "MUNICIPAL_ORDER",
}
SCOPES: list[dict[str, Any]] = [
    {"all": True},
    {"unit": "ordnungsamt"},
    {"unit": "polizei"},
    {"exchange_kind": "PREMISES_HAZARD_NOTICE"},
    HAZARD,
]


@pytest.mark.parametrize("scope", SCOPES, ids=["all", "recipient", "sender", "kind", "route"])
async def test_what_a_stop_holds_waits_and_leaves_when_it_is_lifted(
    world: World, recipient: MemoryDestination, clock: StoppedClock, scope: dict[str, Any]
) -> None:
    """No attempt, no entry; then the first attempt, as if there had been no stop."""
    await world.register(a_unit("ordnungsamt", kind="MUNICIPAL_ORDER"))
    await world.register(a_unit("polizei", kind="POLICE_INSPECTION"))
    delivery_id = await world.queue()
    stop_id = await world.stop(**scope)
    ports = world.ports(recipient)

    assert await deliver(world, delivery_id, ports) == Outcome(Result.STOPPED, "stopped")

    row = await world.delivery(delivery_id)
    assert (row.state, row.attempts) == (DeliveryState.QUEUED, 0)
    assert row.jwe is not None
    assert recipient.arrived == []
    assert world.events() == []
    assert await world.outbox.due(clock.at + 29, 10) == []
    clock.at += 30
    (due,) = await world.outbox.due(clock.at, 10)
    await world.lift(stop_id)
    assert (await forward(due, ports)).result is Result.DELIVERED
    assert world.events() == ["attempt", "acknowledged"]


@pytest.mark.parametrize(
    "scope",
    [
        {"unit": "jugendamt"},
        {"exchange_kind": "REGISTER_REQUEST"},
        {**HAZARD, "sender_kind": "FIRE_SERVICE"},
    ],
    ids=["unit", "kind", "route"],
)
async def test_what_no_stop_holds_leaves(
    world: World, recipient: MemoryDestination, scope: dict[str, Any]
) -> None:
    await world.register(a_unit("jugendamt"))
    delivery_id = await world.queue()
    await world.stop(**scope)
    assert (await deliver(world, delivery_id, world.ports(recipient))).result is Result.DELIVERED


async def test_a_delivery_that_failed_before_is_not_tried_again_under_a_stop(
    world: World, recipient: MemoryDestination
) -> None:
    recipient.failures = [DeliveryFailed("http_500")]
    delivery_id, ports = await world.queue(), world.ports(recipient)
    await deliver(world, delivery_id, ports)
    await world.stop(all=True)
    assert (await deliver(world, delivery_id, ports)).result is Result.STOPPED
    assert (await world.delivery(delivery_id)).attempts == 1
    assert len(recipient.arrived) == 1


async def test_a_stop_placed_just_before_the_first_attempt_is_seen(
    world: World, recipient: MemoryDestination
) -> None:
    """The entry of the attempt holds under the registry that was looked at, or not at all."""
    delivery_id = await world.queue()
    snapshot, seen = world.registry.snapshot, []

    class Late:
        async def snapshot(self) -> Any:
            known = await snapshot()
            if not seen:
                seen.append(known.digest)
                await world.stop(all=True)
            return known

    outcome = await deliver(world, delivery_id, world.ports(recipient, registry=Late()))

    assert outcome.result is Result.STOPPED
    assert recipient.arrived == []
    assert world.events() == []


async def test_a_record_that_nobody_can_read_is_held_by_a_stop_of_any_kind(
    world: World, recipient: MemoryDestination
) -> None:
    delivery_id = await world.queue()
    await world.stop(exchange_kind="REGISTER_REQUEST")
    delivery = await world.delivery(delivery_id)
    (world.home / "keys" / "buckets" / f"{delivery.bucket}.key").unlink()
    assert (await deliver(world, delivery_id, world.ports(recipient))).result is Result.STOPPED


async def test_no_stop_stops_the_clock(
    world: World, recipient: MemoryDestination, clock: StoppedClock
) -> None:
    """What has waited too long is given up, and the entry says that it was stopped."""
    delivery_id = await world.queue()
    await world.stop(all=True)
    clock.at += 14 * DAY

    outcome = await deliver(world, delivery_id, world.ports(recipient))

    assert outcome == Outcome(Result.GIVEN_UP, "stopped")
    assert (await world.delivery(delivery_id)).jwe is None
    assert world.parts(Part.SENDER)[-1]["code"] == "stopped"


async def test_what_must_be_dropped_is_dropped_under_a_stop_too(
    world: World, recipient: MemoryDestination
) -> None:
    delivery_id = await world.queue()
    await world.stop(all=True)
    await world.register(a_unit("ordnungsamt", status="suspended"))
    outcome = await deliver(world, delivery_id, world.ports(recipient))
    assert outcome == Outcome(Result.WITHDRAWN, "recipient_suspended")
