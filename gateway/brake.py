"""Holds what is to be decided or delivered against the stops in force (DESIGN 8).

No rule of law: the rules are not asked whether they like a stop, and a stop releases nothing.
"""

from gateway.errors import Stopped
from gateway.model.evidence import Part
from gateway.model.stop import Stop, Way
from gateway.model.unit import RegistrySnapshot
from gateway.ports import DecisionLog, Delivery
from gateway.reading import part_of, way_of


def refuse_stopped(way: Way, registry: RegistrySnapshot) -> None:
    """Refuse what a stop in force covers.

    Raises:
        Stopped: It names the oldest stop that does.
    """
    stop = registry.stop_on(way)
    if stop is not None:
        raise Stopped(stop)


async def stop_on(delivery: Delivery, registry: RegistrySnapshot, log: DecisionLog) -> Stop | None:
    """Return the stop that holds *delivery*, or None if none does.

    Its kind stands in the record alone, which is opened only where a stop asks for a kind.
    Where it cannot be read, such a stop holds it.
    """
    if not registry.stops:
        return None
    oldest = sorted(registry.stops.values(), key=lambda stop: (stop.since, stop.id))
    for stop in oldest:
        if stop.between(delivery.sender, delivery.recipient):
            return stop
    of_kinds = [stop for stop in oldest if stop.exchange_kind is not None]
    if not of_kinds:
        return None
    found = await log.proven(delivery.index, Part.AUDIT)
    if found is None or Part.AUDIT not in found.entry.parts:
        return of_kinds[0]
    return registry.stop_on(way_of(part_of(found.entry.parts[Part.AUDIT])))
