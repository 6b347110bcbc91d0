"""The exchanges that a unit sent or received."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.delivery_entry import Event
from gateway.model.concern import Concerned, ConcernRow
from gateway.model.evidence import EntryType, Part
from gateway.model.exchange import Caller
from gateway.model.exchange_state import ExchangeState, state_of
from gateway.ports import DecisionLog
from gateway.reading import part_of

Json = Any
_CLOCK_S = 600
"""Entries are made in the order of their times, give or take less than this."""


class ListingPorts(Protocol):
    """The port that listing needs."""

    @property
    def log(self) -> DecisionLog: ...


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which exchanges: of one state, since a time (epoch seconds), after a position."""

    state: ExchangeState | None
    since: int | None
    after: int
    limit: int


async def list_exchanges(caller: Caller, query: ListQuery, ports: ListingPorts) -> dict[str, Json]:
    """Return a page of the caller's exchanges, newest last.

    One that it sent stands at the position of its decision; one that it received at that of
    its acknowledgement, so that no cursor passes it before the unit may know of it.
    """
    after = query.after
    if query.since is not None:
        after = max(after, await ports.log.index_at(query.since - _CLOCK_S) - 1)
    page = await ports.log.concerns(
        caller.unit.id, after, query.limit, lambda row: _wanted(row, query.state)
    )
    items = await asyncio.gather(
        *(
            _item(concerned, query, caller.unit.id, ports.log)
            for concerned in page.found
            if query.since is None or concerned.at >= query.since
        )
    )
    return {
        "exchanges": [item for item in items if item is not None],
        "next": page.seen,
        "more": page.more,
    }


def _wanted(row: ConcernRow, state: ExchangeState | None) -> bool:
    if row.type is EntryType.DECISION and row.role is Part.SENDER:
        return state in (None, state_of(row.delivery))
    if row.type is EntryType.DELIVERY and row.role is Part.RECIPIENT:
        return state in (None, ExchangeState.DELIVERED)
    return False


async def _item(
    concerned: Concerned, query: ListQuery, unit: str, log: DecisionLog
) -> dict[str, Json] | None:
    """Return one line of the list, or None for an entry that is none."""
    row = concerned.row
    if concerned.disclosure is None:
        return _erased(row, query)
    part = part_of(concerned.disclosure)
    if row.role is Part.SENDER:
        return _line(concerned, part, unit, part["recipient"], state_of(row.delivery))
    if part["event"] != Event.ACKNOWLEDGED:
        return None
    received = await _received(part["exchange_id"], log)
    if received is None:
        return _erased(row, query)
    return _line(concerned, received, received["sender"]["unit"], unit, ExchangeState.DELIVERED)


def _line(
    concerned: Concerned,
    part: dict[str, Json],
    sender: str,
    recipient: str,
    state: ExchangeState,
) -> dict[str, Json]:
    return {
        "position": concerned.row.index,
        "role": concerned.row.role.value,
        "exchange_id": part["exchange_id"],
        "exchange_kind": part["exchange_kind"],
        "sender": sender,
        "recipient": recipient,
        "state": state.value,
        "decided_at": part["decided_at"],
        "at": concerned.at,
    }


def _erased(row: ConcernRow, query: ListQuery) -> dict[str, Json] | None:
    """Say of an erased decision that it is erased, where no state was asked for.

    Of an erased entry of type `delivery` nobody can tell any more whether it made one.
    """
    if query.state is not None or row.type is not EntryType.DECISION:
        return None
    return {"position": row.index, "erased": True}


async def _received(exchange_id: str, log: DecisionLog) -> dict[str, Json] | None:
    """Return the recipient's part of a decision, or None once it is erased."""
    index = await log.index_of(exchange_id)
    entry = None if index is None else await log.entry(index)
    if entry is None or Part.RECIPIENT not in entry.parts:
        return None
    return part_of(entry.parts[Part.RECIPIENT])
