"""A request for data as its two sides read it.

What the requester reads after the fixed time depends on nothing that the holder did: neither on a
denial nor on a decline, and not on whether there was anything. Data that go to it come as a
delivery.
"""

from typing import Any, Protocol

from gateway.errors import NotFound
from gateway.model.data_request import Asked
from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.model.exchange import Caller, Document, Moment
from gateway.policies import Policies
from gateway.ports import Clock, DecisionLog
from gateway.reading import part_of

Json = Any


class RequestPorts(Protocol):
    """The ports that reading a request needs."""

    @property
    def clock(self) -> Clock: ...

    @property
    def log(self) -> DecisionLog: ...


async def asked_by(document: Document, caller: Caller, log: DecisionLog) -> Asked | None:
    """Return the request that an exchange of *caller* answers, or None if it answers none.

    It answers one that its recipient made to this very unit, about this kind.
    """
    named, recipient = (document.value.get(key) for key in ("in_reply_to", "recipient"))
    entry = await request_entry(named, log) if isinstance(named, str) else None
    if entry is None:
        return None
    audit = part_of(entry.parts[Part.AUDIT])
    sides = (audit["requester"]["unit"], audit["holder"]["unit"], audit["exchange_kind"])
    if sides != (recipient, caller.unit.id, document.value.get("exchange_kind")):
        return None
    age = {"request_age_days": document.moment.evaluated_on - audit["asked_on"]}
    return Asked(entry.entry_id, {**audit["facts"], **age})


async def request_entry(request_id: str, log: DecisionLog) -> StoredEntry | None:
    """Return the entry of a request whose record lives."""
    index = await log.index_of(request_id)
    entry = None if index is None else await log.entry(index)
    if entry is None or entry.type is not EntryType.REQUEST or Part.AUDIT not in entry.parts:
        return None
    return entry if part_of(entry.parts[Part.AUDIT])["event"] == "asked" else None


async def request_view(
    caller: Caller, request_id: str, ports: RequestPorts, policies: Policies
) -> dict[str, Json]:
    """Return a request as *caller* may see it: what it asked, or what it is asked for.

    Raises:
        NotFound: There is none, or it is none of the caller's.
    """
    entry = await request_entry(request_id, ports.log)
    audit = {} if entry is None else part_of(entry.parts[Part.AUDIT])
    if entry is None or caller.unit.id not in (
        audit["requester"]["unit"],
        audit["holder"]["unit"],
    ):
        raise NotFound("no such request")
    if audit["holder"]["unit"] == caller.unit.id:
        return part_of(entry.parts[Part.RECIPIENT])
    return _as_asked(part_of(entry.parts[Part.SENDER]), ports.clock.now(), policies)


async def list_requests(
    caller: Caller, after: int, limit: int, ports: RequestPorts, policies: Policies
) -> dict[str, Json]:
    """Return a page of requests that *caller* made or was asked, and of what was declined."""
    now = ports.clock.now()
    page = await ports.log.concerns(
        caller.unit.id, after, limit, lambda row: row.type is EntryType.REQUEST
    )
    items: list[dict[str, Json]] = []
    for concerned in page.found:
        if concerned.disclosure is None:
            items.append({"position": concerned.row.index, "erased": True})
            continue
        part = part_of(concerned.disclosure)
        if concerned.row.role is Part.SENDER and part["event"] == "asked":
            part = _as_asked(part, now, policies)
        items.append({"position": concerned.row.index, "request": part})
    return {"requests": items, "next": page.seen, "more": page.more}


def _as_asked(part: dict[str, Json], now: Moment, policies: Policies) -> dict[str, Json]:
    return {**part, **answer_at(part["answer_at"], now, policies)}


def answer_at(due: int, now: Moment, policies: Policies) -> dict[str, Json]:
    """Return what a requester is told at a time: nothing before *due*, then always the same."""
    if now.evaluated_at < due:
        return {"state": "open", "answer": None}
    return {"state": "answered", "answer": dict(policies.data["neutral"]["answer"])}
