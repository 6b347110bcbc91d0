"""What is looked at again before a released payload leaves (DESIGN 8)."""

from gateway.model.exchange import Moment
from gateway.model.unit import Unit
from gateway.ports import Delivery
from gateway.sealing import SealingFailed, sealed_to


def withdrawal(delivery: Delivery, unit: Unit | None, moment: Moment) -> str | None:
    """Return why *delivery* must not reach its recipient *unit* any more, or None.

    The code stands in the entry of type `delivery`.
    """
    if unit is None:
        return "recipient_unknown"
    if not unit.active:
        return "recipient_suspended"
    if not unit.may_receive:
        return "recipient_may_not_receive"
    if delivery.bucket is None or delivery.jwe is None:
        return "record_erased"
    if unit.encryption_key is None or unit.encryption_key.kid != _kid(delivery.jwe):
        return "encryption_key_changed"
    if delivery.delete_at_day is not None and delivery.delete_at_day < moment.evaluated_on:
        return "delete_date_passed"
    return None


def _kid(jwe: bytes) -> str | None:
    try:
        return sealed_to(jwe)
    except SealingFailed:
        return None
