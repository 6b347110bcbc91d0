"""Carries one delivery from the outbox to its recipient; the outcome is an entry too."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from gateway.brake import stop_on
from gateway.delivery_entry import DeliveryEntries, Event, Happening
from gateway.drafting import random_id
from gateway.errors import DeliveryFailed
from gateway.model.evidence import DeliveryState, Fate, Lease, Lost, Part, Settle, Stale
from gateway.model.exchange import Moment
from gateway.model.stop import Stop
from gateway.model.unit import Unit
from gateway.ports import Clock, DecisionLog, Delivery, Destination, Outbox, UnitRegistry
from gateway.reading import receipt_from
from gateway.withdrawal import withdrawal

_CHECKS = 3
_STOPPED_S = 30
"""When a delivery that a stop holds is looked at again."""

_STATES = {
    Event.ACKNOWLEDGED: DeliveryState.DELIVERED,
    Event.PARKED: DeliveryState.PARKED,
    Event.GIVEN_UP: DeliveryState.GIVEN_UP,
    Event.WITHDRAWN: DeliveryState.WITHDRAWN,
}


class Schedule(Protocol):
    """When to try again."""

    def next_at(self, now: int, attempt: int, retry_after_s: int | None) -> int:
        """Return the epoch second of the try after *attempt* (from 1) failed at *now*."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lease runs, an attempt may take, and a delivery is tried; in seconds."""

    lease_s: int
    attempt_s: float
    give_up_after_s: int


@dataclass(frozen=True, slots=True)
class ForwardPorts:
    """What the step asks of the world.

    `objection` returns a code if the delivery is no longer lawful, else None.
    """

    clock: Clock
    registry: UnitRegistry
    log: DecisionLog
    outbox: Outbox
    destination: Destination
    entries: DeliveryEntries
    schedule: Schedule
    patience: Patience
    objection: Callable[[Delivery], str | None] = lambda _delivery: None
    new_token: Callable[[], str] = random_id


class Result(StrEnum):
    """How one call of `forward` ended."""

    DELIVERED = "delivered"
    RETRY = "retry"
    PARKED = "parked"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"
    WAITS = "waits"
    STOPPED = "stopped"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result, with the code that the entry gives as its reason."""

    result: Result
    code: str | None = None


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why a delivery must not be tried any more."""

    event: Event
    code: str


async def forward(delivery: Delivery, ports: ForwardPorts) -> Outcome:
    """Try one delivery that was due.

    Recipient, key, delete date, policy and stops are looked at again; the first attempt's
    entry and the lease are one transaction, and only then is anything sent. A delivery that
    another worker holds is left alone, one that a stop holds waits. No stop stops the clock:
    what must be dropped, or has waited too long, ends under a stop as well.

    Raises:
        LogUnavailable, RegistryUnavailable, KeysUnavailable, StaleDigest: The lease lapses
            by itself; what was sent may be sent again.
    """
    for _ in range(_CHECKS):
        snapshot = await ports.registry.snapshot()
        moment = ports.clock.now()
        unit = snapshot.unit(delivery.recipient)
        stop = await stop_on(delivery, snapshot, ports.log)
        obstacle = _obstacle(delivery, unit, moment, stop, ports)
        if obstacle is not None:
            fate = await _end_untried(delivery, obstacle, moment, snapshot.digest, ports)
            if isinstance(fate, Stale):
                continue
            return _ended(fate, obstacle.event, obstacle.code)
        assert unit is not None  # else there is an obstacle
        if stop is not None:
            now = moment.evaluated_at
            await ports.outbox.put_off(delivery.id, now, now + _STOPPED_S)
            return Outcome(Result.STOPPED, "stopped")
        if unit.endpoint is None:
            return Outcome(Result.WAITS)
        lease = _lease(delivery, moment, ports)
        if delivery.attempts > 0:
            taken = await ports.outbox.take([lease])
            return await _attempt(taken[0], lease, unit, ports) if taken else Outcome(Result.LOST)
        happening = Happening(Event.ATTEMPT, moment, 1)
        fate = await ports.entries.write(
            delivery, happening, [lease], registry_digest=snapshot.digest
        )
        if isinstance(fate, Lost):
            return Outcome(Result.LOST)
        if not isinstance(fate, Stale):
            tried = replace(delivery, attempts=1)
            return await _attempt(tried, lease, unit, ports)
    return Outcome(Result.LOST)


async def expire(delivery: Delivery, ports: ForwardPorts) -> Fate:
    """End a delivery that nobody released in time; its payload is dropped."""
    happening = Happening(Event.EXPIRED, ports.clock.now(), 0, "not_released")
    settle = Settle(
        delivery_id=delivery.id,
        token=None,
        from_state=DeliveryState.HELD,
        state=DeliveryState.EXPIRED,
        next_at=None,
        keep_payload=False,
    )
    return await ports.entries.write(delivery, happening, [settle])


def _obstacle(
    delivery: Delivery,
    unit: Unit | None,
    moment: Moment,
    stop: Stop | None,
    ports: ForwardPorts,
) -> _Obstacle | None:
    """Look again at everything that a delivery depends on (DESIGN 8)."""
    code = withdrawal(delivery, unit, moment) or ports.objection(delivery)
    if code is not None:
        return _Obstacle(Event.WITHDRAWN, code)
    if moment.evaluated_at - delivery.created_at >= ports.patience.give_up_after_s:
        why = "not_acknowledged_in_time" if stop is None else "stopped"
        return _Obstacle(Event.GIVEN_UP, why)
    return None


async def _end_untried(
    delivery: Delivery,
    obstacle: _Obstacle,
    moment: Moment,
    registry_digest: str,
    ports: ForwardPorts,
) -> Fate:
    """End a delivery that nobody is trying: lease and end are one transaction."""
    lease = _lease(delivery, moment, ports)
    happening = Happening(obstacle.event, moment, delivery.attempts, obstacle.code)
    return await ports.entries.write(
        delivery,
        happening,
        [lease, replace(_settle(delivery, lease, obstacle.event), from_state=delivery.state)],
        registry_digest=registry_digest,
    )


async def _attempt(delivery: Delivery, lease: Lease, unit: Unit, ports: ForwardPorts) -> Outcome:
    """Push under a lease that we hold, for no longer than it runs.

    *delivery* counts this attempt already.
    """
    try:
        body, jwe = await _body(delivery, ports)
        left_s = lease.until - ports.clock.now().evaluated_at - 1
        async with asyncio.timeout(min(ports.patience.attempt_s, left_s)):
            await ports.destination.deliver(unit, delivery.id, body, jwe)
    except TimeoutError:
        failure = DeliveryFailed("timeout")
    except DeliveryFailed as error:
        failure = error
    else:
        return await _end(delivery, lease, Event.ACKNOWLEDGED, None, ports)
    if failure.final:
        return await _end(delivery, lease, Event.PARKED, failure.reason, ports)
    moment = ports.clock.now()
    if moment.evaluated_at - delivery.created_at >= ports.patience.give_up_after_s:
        return await _end(delivery, lease, Event.GIVEN_UP, failure.reason, ports)
    next_at = ports.schedule.next_at(moment.evaluated_at, delivery.attempts, failure.retry_after_s)
    if delivery.failures_logged:
        await ports.outbox.postpone(delivery.id, lease.token, next_at)
        return Outcome(Result.RETRY, failure.reason)
    fate = await ports.entries.write(
        delivery,
        Happening(Event.FAILED, moment, delivery.attempts, failure.reason),
        [_settle(delivery, lease, Event.FAILED, next_at)],
    )
    return Outcome(Result.LOST if isinstance(fate, Lost) else Result.RETRY, failure.reason)


async def _body(delivery: Delivery, ports: ForwardPorts) -> tuple[bytes, bytes]:
    """Return the push's body (DESIGN 11) with the JWE in it."""
    found = await ports.log.proven(delivery.index, Part.RECIPIENT)
    if found is None or delivery.jwe is None or Part.RECIPIENT not in found.entry.parts:
        raise DeliveryFailed("record_unreadable")
    entry = found.entry
    receipt = receipt_from(
        entry.leaf, entry.parts.values(), entry.index, found.proof, found.checkpoint
    )
    document = {
        "delivery_id": delivery.id,
        "jwe": delivery.jwe.decode("ascii"),
        "receipt": receipt.document(),
    }
    return json.dumps(document, separators=(",", ":")).encode(), delivery.jwe


async def _end(
    delivery: Delivery, lease: Lease, event: Event, code: str | None, ports: ForwardPorts
) -> Outcome:
    happening = Happening(event, ports.clock.now(), delivery.attempts, code)
    fate = await ports.entries.write(delivery, happening, [_settle(delivery, lease, event)])
    return _ended(fate, event, code)


def _ended(fate: Fate, event: Event, code: str | None) -> Outcome:
    if isinstance(fate, Lost):
        return Outcome(Result.LOST, code)
    return Outcome(Result(_STATES[event].value), code)


def _lease(delivery: Delivery, moment: Moment, ports: ForwardPorts) -> Lease:
    now = moment.evaluated_at
    return Lease(
        delivery_id=delivery.id,
        attempt=delivery.attempts + 1,
        token=ports.new_token(),
        now=now,
        until=now + ports.patience.lease_s,
    )


def _settle(delivery: Delivery, lease: Lease, event: Event, next_at: int | None = None) -> Settle:
    """End the attempt. What may still be delivered keeps its payload: also what is parked,
    until it is given up."""
    return Settle(
        delivery_id=delivery.id,
        token=lease.token,
        from_state=DeliveryState.QUEUED,
        state=_STATES.get(event, DeliveryState.QUEUED),
        next_at=next_at,
        keep_payload=event in (Event.FAILED, Event.PARKED),
        failure_logged=event is Event.FAILED,
    )
