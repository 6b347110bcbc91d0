"""What the world does to a delivery while units read."""

from pathlib import Path

from gateway.delivery_entry import DeliveryEntries, Event, Happening
from gateway.model.evidence import Committed, DeliveryState, Effect, Lease, Settle
from gateway.ports import Delivery
from tests.gateways import Gateway, MemoryGateway, SqlGateway

_TOKEN = "worker"


async def deliver(gateway: Gateway, delivery: Delivery | None = None) -> Delivery:
    """Let one delivery be tried and acknowledged, as the worker does; the newest unless told."""
    chosen = delivery or (await gateway.deliveries())[-1]
    moment = gateway.clock.now()
    now = moment.evaluated_at
    entries = DeliveryEntries(gateway.ports.drafter, gateway.ports.log)
    lease = Lease(chosen.id, chosen.attempts + 1, _TOKEN, now, now + 60)
    settle = Settle(chosen.id, _TOKEN, DeliveryState.QUEUED, DeliveryState.DELIVERED, None, False)
    happenings: list[tuple[Event, Effect]] = [
        (Event.ATTEMPT, lease),
        (Event.ACKNOWLEDGED, settle),
    ]
    for event, effect in happenings:
        fate = await entries.write(chosen, Happening(event, moment, 1), [effect])
        assert isinstance(fate, Committed)
    return chosen


async def erase(gateway: Gateway) -> None:
    """Destroy the keys of every bucket, so that no record of the log opens any more."""
    buckets = {entry.bucket for entry in await gateway.entries()} - {None}
    for bucket in buckets:
        if isinstance(gateway, MemoryGateway):
            gateway.keys.destroy(str(bucket))
        else:
            assert isinstance(gateway, SqlGateway)
            key: Path = gateway.home / "keys" / "buckets" / f"{bucket}.key"
            key.unlink()
