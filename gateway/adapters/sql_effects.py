"""What an entry changes beside the log, in the transaction of the entry."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from gateway.adapters.tables.outbox import DeliveryRow
from gateway.adapters.tables.registry import UnitRow
from gateway.model.evidence import DeliveryState, Draft, Effect, Lease, PutUnit, Settle

_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
WAITING = (DeliveryState.QUEUED.value, DeliveryState.PARKED.value)
"""States in which a sealed payload is still there and nobody has to release it."""
_unit: Any = UnitRow.__table__  # type: ignore[attr-defined]


def apply(connection: Connection, effect: Effect) -> bool:
    """Carry *effect* out; False means that another came first, so the entry must not be."""
    return _apply(effect, connection)


def insert_deliveries(connection: Connection, first: int, drafts: Sequence[Draft]) -> None:
    """Put the sealed payloads of a batch into the outbox."""
    rows = [
        {
            "id": draft.delivery.id,
            "index": first + offset,
            "recipient": draft.delivery.recipient,
            "sender": draft.delivery.sender,
            "jwe": draft.delivery.jwe,
            "state": draft.delivery.state.value,
            "lease_token": None,
            "lease_until": None,
            "next_at": draft.delivery.due_at,
            "attempts": 0,
            "failures_logged": False,
            "created_at": draft.delivery.due_at,
            "expires_at": draft.delivery.expires_at,
            "delete_at_day": draft.delivery.delete_at_day,
        }
        for offset, draft in enumerate(drafts)
        if draft.delivery is not None
    ]
    if rows:
        connection.execute(insert(_delivery), rows)


@singledispatch
def _apply(effect: Effect, connection: Connection) -> bool:
    raise TypeError(f"no way to apply {type(effect).__name__}")


@_apply.register
def _lease(effect: Lease, connection: Connection) -> bool:
    return take_lease(connection, effect)


@_apply.register
def _settle(effect: Settle, connection: Connection) -> bool:
    where = [_delivery.c.id == effect.delivery_id, _delivery.c.state == effect.from_state.value]
    if effect.token is not None:
        where.append(_delivery.c.lease_token == effect.token)
    values: dict[str, Any] = {
        "state": effect.state.value,
        "lease_token": None,
        "lease_until": None,
    }
    if effect.next_at is not None:
        values["next_at"] = effect.next_at
    if effect.failure_logged:
        values["failures_logged"] = True
    if not effect.keep_payload:
        values["jwe"] = None
    if effect.acknowledged is not None:
        values["acknowledged"] = effect.acknowledged
    return connection.execute(update(_delivery).where(*where).values(values)).rowcount == 1


@_apply.register
def _put_unit(effect: PutUnit, connection: Connection) -> bool:
    connection.execute(delete(_unit).where(_unit.c.id == effect.unit_id))
    connection.execute(insert(_unit).values(id=effect.unit_id, document=effect.document))
    return True


def take_lease(connection: Connection, lease: Lease) -> bool:
    """Lease one delivery that waits, unless another holds it or has tried it meanwhile."""
    free = (_delivery.c.lease_until.is_(None)) | (_delivery.c.lease_until <= lease.now)
    done = connection.execute(
        update(_delivery)
        .where(
            _delivery.c.id == lease.delivery_id,
            _delivery.c.state.in_(WAITING),
            _delivery.c.attempts == lease.attempt - 1,
            free,
        )
        .values(
            lease_token=lease.token,
            lease_until=lease.until,
            attempts=_delivery.c.attempts + 1,
        )
    )
    return done.rowcount == 1
