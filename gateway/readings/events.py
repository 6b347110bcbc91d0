"""The feed of everything that concerns a unit: decisions, refusals, deliveries."""

from typing import Any, Protocol

from gateway.model.concern import Concerned
from gateway.model.exchange import Caller
from gateway.ports import DecisionLog
from gateway.reading import part_of
from gateway.readings.arrivals import Arrivals

Json = Any


class EventPorts(Protocol):
    """The port that the feed needs."""

    @property
    def log(self) -> DecisionLog: ...


async def read_events(
    caller: Caller, after: int, limit: int, wait_s: int, arrivals: Arrivals, ports: EventPorts
) -> dict[str, Json]:
    """Return what came after position *after*, in the order of the log.

    With *wait_s* an empty answer waits for the first event, for no longer than that.
    """
    unit = caller.unit.id
    page = await ports.log.concerns(unit, after, limit)
    if wait_s and not page.found:
        await arrivals.newer(unit, page.seen, wait_s)
        page = await ports.log.concerns(unit, after, limit)
    return {
        "events": [_event(concerned) for concerned in page.found],
        "next": page.seen,
        "more": page.more,
    }


def _event(concerned: Concerned) -> dict[str, Json]:
    """Return the reader's part of an entry; of an erased one only that it is erased."""
    row = concerned.row
    if concerned.disclosure is None:
        return {"position": row.index, "erased": True}
    return {
        "position": row.index,
        "entry_id": row.entry_id,
        "type": row.type.value,
        "role": row.role.value,
        "at": concerned.at,
        "part": part_of(concerned.disclosure),
    }
