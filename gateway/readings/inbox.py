"""Pull delivery: what was released to a unit waits in its inbox until it acknowledges.

A unit with an endpoint has no inbox: what is released to it is pushed. A fetch hands out what
a push would carry; the first fetch is the first attempt. What is not acknowledged is handed
out again, until it is given up.
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gateway.brake import stop_on
from gateway.delivery_entry import DeliveryEntries, Event, Happening, concerns_of, parts_of
from gateway.drafting import Drafter, random_id
from gateway.errors import Fault, InvalidRequest, NotFound, StaleDigest
from gateway.model.evidence import (
    Committed,
    DeliveryState,
    Draft,
    Effect,
    EntryType,
    Lease,
    Lost,
    Part,
    Settle,
    Stale,
    StoredEntry,
)
from gateway.model.exchange import Caller, Moment
from gateway.model.stop import Stop
from gateway.ports import Clock, DecisionLog, Delivery, Head, Outbox, UnitRegistry
from gateway.reading import receipt_for
from gateway.withdrawal import withdrawal

Json = Any
LARGEST_PAGE = 50
_PAGE_BYTES = 16 << 20
_TRIES = 3
_WAITING = (DeliveryState.QUEUED, DeliveryState.PARKED)
_SHA256 = re.compile("[0-9a-f]{64}")


class InboxPorts(Protocol):
    """The ports that the inbox needs."""

    @property
    def clock(self) -> Clock: ...

    @property
    def log(self) -> DecisionLog: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def drafter(self) -> Drafter: ...

    @property
    def registry(self) -> UnitRegistry: ...


async def fetch(caller: Caller, after: int, limit: int, ports: InboxPorts) -> dict[str, Json]:
    """Return what waits for the caller after position *after*, oldest first.

    Everything is looked at again, as before a push. The entries of all first attempts of a
    page share a transaction, and only then is anything handed out. What a stop holds is left
    out, and the stops that hold something are named.

    Raises:
        NotFound: The caller has no inbox.
        StaleDigest: The registry changed since the caller was authenticated; nothing was
            handed out.
        LogUnavailable: An entry may or may not be stored; nothing was handed out.
    """
    if caller.unit.endpoint is not None:
        raise NotFound("deliveries are pushed to this unit")
    moment = ports.clock.now()
    waiting = await ports.outbox.waiting_for(
        caller.unit.id, moment.evaluated_at, after, limit, _PAGE_BYTES
    )
    stops = await _stops(waiting, caller, ports)
    records = await asyncio.gather(*(_record(each, stops, ports.log) for each in waiting))
    gone = await _write(waiting, records, caller, moment, ports)
    items = await asyncio.gather(
        *(
            _item(delivery, record, ports.log)
            for delivery, record in zip(waiting, records, strict=True)
            if record is not None
            and delivery.id not in gone
            and withdrawal(delivery, caller.unit, moment) is None
        )
    )
    return {
        "deliveries": items,
        "next": waiting[-1].index if waiting else after,
        "more": bool(waiting),
        **_shown(stops),
    }


async def _stops(
    waiting: Sequence[Delivery], caller: Caller, ports: InboxPorts
) -> Mapping[str, Stop]:
    """Return the stops that hold deliveries, by their ids, as of the caller's registry.

    Raises:
        StaleDigest: Another one is in force.
    """
    registry = await ports.registry.snapshot()
    if registry.digest != caller.registry_digest:
        raise StaleDigest("the registry changed while the inbox was read")
    found = await asyncio.gather(*(stop_on(each, registry, ports.log) for each in waiting))
    return {
        delivery.id: stop for delivery, stop in zip(waiting, found, strict=True) if stop is not None
    }


def _shown(stops: Mapping[str, Stop]) -> dict[str, Json]:
    distinct = {stop.id: stop.shown() for stop in stops.values()}
    return {"stops": list(distinct.values())} if distinct else {}


async def acknowledge(
    caller: Caller,
    delivery_id: str,
    said: Mapping[str, Json],
    ports: InboxPorts,
    entries: DeliveryEntries,
) -> dict[str, Json]:
    """Take an acknowledgement: an entry, and the payload is dropped. A repeat is answered alike.

    Raises:
        InvalidRequest: It is no acknowledgement of this delivery.
        NotFound: The caller has fetched no such delivery, or it was withdrawn or given up.
        LogUnavailable: The entry may or may not be stored.
    """
    digest = _digest(said, delivery_id)
    for _ in range(_TRIES):
        delivery = await ports.outbox.find(delivery_id)
        if delivery is None or delivery.recipient != caller.unit.id or delivery.attempts == 0:
            raise NotFound("the unit has fetched no such delivery")
        if not hmac.compare_digest(_expected(delivery), digest):
            raise InvalidRequest([Fault("/jwe_sha256", "not the SHA-256 of what was delivered")])
        if delivery.state is DeliveryState.DELIVERED or isinstance(
            await entries.write(
                delivery,
                Happening(Event.ACKNOWLEDGED, ports.clock.now(), delivery.attempts),
                [_settle(delivery, DeliveryState.DELIVERED, None, digest)],
            ),
            Committed,
        ):
            return {
                "delivery_id": delivery_id,
                "jwe_sha256": digest,
                "state": DeliveryState.DELIVERED.value,
            }
    raise StaleDigest("the delivery changed again and again")


def _digest(said: Mapping[str, Json], delivery_id: str) -> str:
    """Return the digest of an acknowledgement that has its form (DESIGN 11)."""
    if said.keys() != {"delivery_id", "jwe_sha256"}:
        raise InvalidRequest([Fault("", "exactly delivery_id and jwe_sha256 are needed")])
    if said["delivery_id"] != delivery_id:
        raise InvalidRequest([Fault("/delivery_id", "not the delivery of the address")])
    digest = said["jwe_sha256"]
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise InvalidRequest([Fault("/jwe_sha256", "64 lower-case hex digits")])
    return digest


def _expected(delivery: Delivery) -> str:
    if delivery.state in _WAITING and delivery.jwe is not None:
        return hashlib.sha256(delivery.jwe).hexdigest()
    if delivery.state is DeliveryState.DELIVERED and delivery.acknowledged is not None:
        return delivery.acknowledged
    raise NotFound("the delivery is not waiting for an acknowledgement")


async def _record(
    delivery: Delivery, stops: Mapping[str, Stop], log: DecisionLog
) -> StoredEntry | None:
    """Return the decision with the recipient's part, or None if that cannot be read now.

    Nor is one that a stop holds.
    """
    if delivery.id in stops:
        return None
    entry = await log.entry(delivery.index)
    return entry if entry is not None and Part.RECIPIENT in entry.parts else None


async def _write(
    waiting: Sequence[Delivery],
    records: Sequence[StoredEntry | None],
    caller: Caller,
    moment: Moment,
    ports: InboxPorts,
) -> set[str]:
    """Make the entries of first attempts, and of what must not be handed out any more.

    All drafts are queued at once, so that the log commits them together. Returns the ids of
    deliveries that somebody else took at the same moment, and that wait no longer.
    """
    head = await ports.log.head()
    if head.registry_digest != caller.registry_digest:
        raise StaleDigest("the registry changed while the inbox was read")
    drafts = {
        delivery.id: draft
        for delivery, record in zip(waiting, records, strict=True)
        if (draft := _draft(delivery, record, caller, moment, head, ports.drafter)) is not None
    }
    fates = await asyncio.gather(*(ports.log.append(draft) for draft in drafts.values()))
    if any(isinstance(fate, Stale) for fate in fates):
        raise StaleDigest("rules or registry changed while the inbox was read")
    lost = [name for name, fate in zip(drafts, fates, strict=True) if isinstance(fate, Lost)]
    return {name for name in lost if not await _still_waits(name, ports.outbox)}


async def _still_waits(delivery_id: str, outbox: Outbox) -> bool:
    """Say whether a delivery that somebody else took may still be handed out.

    Another fetch of the same unit may have been first, or the worker may have withdrawn it.
    """
    now = await outbox.find(delivery_id)
    return now is not None and now.state in _WAITING and now.attempts > 0


def _draft(
    delivery: Delivery,
    record: StoredEntry | None,
    caller: Caller,
    moment: Moment,
    head: Head,
    drafter: Drafter,
) -> Draft | None:
    code = withdrawal(delivery, caller.unit, moment)
    now, attempt = moment.evaluated_at, delivery.attempts + 1
    lease = Lease(delivery.id, attempt, random_id(), now, now)  # over at once: a fetch holds none
    effects: tuple[Effect, ...] = (lease,)
    if code is not None:
        happening = Happening(Event.WITHDRAWN, moment, delivery.attempts, code)
        effects = (lease, _settle(delivery, DeliveryState.WITHDRAWN, lease.token))
    elif delivery.attempts == 0 and record is not None:
        happening = Happening(Event.ATTEMPT, moment, attempt)
    else:
        return None
    return drafter.draft(
        EntryType.DELIVERY,
        moment,
        head.policy_digest,
        head.registry_digest,
        parts_of(delivery, happening),
        bucket=delivery.bucket,
        effects=effects,
        concerns=concerns_of(delivery, happening),
    )


def _settle(
    delivery: Delivery, state: DeliveryState, token: str | None, acknowledged: str | None = None
) -> Settle:
    return Settle(
        delivery_id=delivery.id,
        token=token,
        from_state=delivery.state,
        state=state,
        next_at=None,
        keep_payload=False,
        acknowledged=acknowledged,
    )


async def _item(delivery: Delivery, record: StoredEntry, log: DecisionLog) -> dict[str, Json]:
    """Return a delivery as the body of a push has it (DESIGN 11)."""
    assert delivery.jwe is not None  # else it is withdrawn
    receipt = await receipt_for(record, [Part.RECIPIENT], log)
    return {
        "delivery_id": delivery.id,
        "jwe": delivery.jwe.decode("ascii"),
        "receipt": receipt.document(),
    }
