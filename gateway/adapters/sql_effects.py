"""What an entry changes beside the log, in the transaction of the entry."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, insert, text

from gateway.adapters.sql_statement import Statement
from gateway.adapters.tables.outbox import DeliveryRow
from gateway.adapters.tables.registry import UnitRow
from gateway.model.evidence import (
    CloseChange,
    DeliveryState,
    Draft,
    Effect,
    Lease,
    PutDocument,
    Settle,
)

WAITING = (DeliveryState.QUEUED.value, DeliveryState.PARKED.value)
"""States in which a sealed payload is still there and nobody has to release it."""

_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
_unit: Any = UnitRow.__table__  # type: ignore[attr-defined]

_INSERT_DELIVERY = Statement(insert(_delivery))
_TAKE_LEASE = Statement(
    text("""
    UPDATE delivery SET lease_token = :token, lease_until = :until, attempts = :attempt
    WHERE id = :id AND state IN ('queued', 'parked') AND attempts = :before
    AND (lease_until IS NULL OR lease_until <= :now)
    """)
)
_SETTLE = Statement(
    text("""
    UPDATE delivery SET state = :state, lease_token = NULL, lease_until = NULL,
        next_at = coalesce(:next_at, next_at),
        failures_logged = (failures_logged OR :failure_logged),
        jwe = CASE WHEN :keep_payload THEN jwe END,
        acknowledged = coalesce(:acknowledged, acknowledged)
    WHERE id = :id AND state = :from_state
    AND (CAST(:token AS VARCHAR) IS NULL OR lease_token = :token)
    """)
)
_DELETE_UNIT = Statement(text("DELETE FROM unit WHERE id = :id"))
_INSERT_UNIT = Statement(insert(_unit))
_CLOSE_CHANGE = Statement(
    text("""
    UPDATE change_set SET state = 'active'
    WHERE id = :id AND state = 'proposed' AND document = :document
    """)
)


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
            "acknowledged": None,
        }
        for offset, draft in enumerate(drafts)
        if draft.delivery is not None
    ]
    _INSERT_DELIVERY.run_each(connection, rows)


@singledispatch
def _apply(effect: Effect, connection: Connection) -> bool:
    raise TypeError(f"no way to apply {type(effect).__name__}")


@_apply.register
def _lease(effect: Lease, connection: Connection) -> bool:
    return take_lease(connection, effect)


@_apply.register
def _settle(effect: Settle, connection: Connection) -> bool:
    changed = _SETTLE.run(
        connection,
        {
            "id": effect.delivery_id,
            "token": effect.token,
            "from_state": effect.from_state.value,
            "state": effect.state.value,
            "next_at": effect.next_at,
            "keep_payload": effect.keep_payload,
            "failure_logged": effect.failure_logged,
            "acknowledged": effect.acknowledged,
        },
    )
    return changed == 1


@_apply.register
def _put_document(effect: PutDocument, connection: Connection) -> bool:
    _DELETE_UNIT.run(connection, {"id": effect.key})
    if effect.document is not None:
        _INSERT_UNIT.run(connection, {"id": effect.key, "document": effect.document})
    return True


@_apply.register
def _close_change(effect: CloseChange, connection: Connection) -> bool:
    values = {"id": effect.change_id, "document": effect.document}
    return _CLOSE_CHANGE.run(connection, values) == 1


def take_lease(connection: Connection, lease: Lease) -> bool:
    """Lease one delivery that waits, unless another holds it or has tried it meanwhile."""
    changed = _TAKE_LEASE.run(
        connection,
        {
            "id": lease.delivery_id,
            "attempt": lease.attempt,
            "before": lease.attempt - 1,
            "token": lease.token,
            "now": lease.now,
            "until": lease.until,
        },
    )
    return changed == 1
