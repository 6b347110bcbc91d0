"""Makes the change that places a stop, and the one that lifts it (DESIGN 8)."""

from collections.abc import Mapping
from typing import Any

from gateway.drafting import random_id
from gateway.errors import RegistryRefused
from gateway.lifecycle.registry_change import Documents
from gateway.lifecycle.registry_effect import Routes
from gateway.model.exchange import Moment
from gateway.model.stop import Stop
from gateway.model.unit import RegistrySnapshot
from gateway.stops import parse_stop, stop_key

Json = Any


def new_stop(
    scope: Mapping[str, Json],
    registry: RegistrySnapshot,
    routes: Routes,
    moment: Moment,
    *,
    by: str,
    reason: str,
) -> tuple[Stop, Documents]:
    """Return a stop of *scope*, with the change that places it.

    Raises:
        RegistryRefused: It does not have its form, or names a unit, a kind or a route that
            there is not: it would stop nothing.
    """
    document = {
        "id": random_id(),
        "reason": reason,
        "by": by,
        "since": moment.evaluated_at,
        **scope,
    }
    stop = parse_stop(document)
    if stop.unit is not None and registry.unit(stop.unit) is None:
        raise RegistryRefused(f"there is no unit {stop.unit} to be stopped")
    if stop.exchange_kind is not None and stop.exchange_kind not in routes:
        raise RegistryRefused(f"there is no exchange kind {stop.exchange_kind} to be stopped")
    if stop.sender_kind is not None:
        recipients = routes[str(stop.exchange_kind)].get(stop.sender_kind, {})
        if stop.recipient_kind not in recipients:
            raise RegistryRefused(
                f"{stop.exchange_kind} has no route from {stop.sender_kind} "
                f"to {stop.recipient_kind} to be stopped"
            )
    return stop, {stop_key(stop.id): document}


def lifted(stop_id: str, registry: RegistrySnapshot) -> tuple[Stop, Documents]:
    """Return the stop whose id begins so, with the change that lifts it.

    Raises:
        RegistryRefused: There is none in force, or more than one.
    """
    found = [stop for name, stop in registry.stops.items() if stop_id and name.startswith(stop_id)]
    if len(found) != 1:
        raise RegistryRefused(f"{len(found) or 'no'} stops in force begin with {stop_id or '?'}")
    return found[0], {stop_key(found[0].id): None}
