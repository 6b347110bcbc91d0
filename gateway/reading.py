"""What a caller may read back: his part of an exchange, and receipts for it."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from gateway.errors import MalformedLeaf, NotFound
from gateway.model.evidence import Answer, DeliveryState, EntryType, Part, Receipt, StoredEntry
from gateway.model.exchange import Caller
from gateway.model.exchange_state import state_of
from gateway.model.stop import Way
from gateway.ports import DecisionLog, Delivery, Outbox, UnitRegistry
from gateway.tlog.encoding import decode_base64url
from gateway.tlog.entry import present
from gateway.tlog.jws import decode_json
from gateway.tlog.proof import LogProof

Json = Any


_MAY_LEAVE = frozenset({DeliveryState.QUEUED, DeliveryState.PARKED, DeliveryState.HELD})


class ReadingPorts(Protocol):
    """The ports that reading needs."""

    @property
    def log(self) -> DecisionLog: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def registry(self) -> UnitRegistry: ...


def part_of(disclosure: str) -> dict[str, Json]:
    """Return the value inside a disclosure of our own making."""
    value: dict[str, Json] = decode_json(
        decode_base64url(disclosure, MalformedLeaf), MalformedLeaf
    )[2]
    return value


def receipt_from(
    leaf: bytes, disclosures: Iterable[str], index: int, proof: tuple[bytes, ...], note: str
) -> Receipt:
    """Put a reader's receipt together: the leaf, his disclosures, and the proof."""
    return Receipt(present(leaf.decode(), disclosures), LogProof(index, proof, note).format())


def answer_from(
    status: int, exchange_id: str, sender_part: dict[str, Json], receipt: Receipt
) -> Answer:
    """Return the answer to a submission; a replay gets the very same."""
    return Answer(status, exchange_id, {**sender_part, "receipt": receipt.document()})


async def receipt_for(entry: StoredEntry, parts: Iterable[Part], log: DecisionLog) -> Receipt:
    """Return the receipt with *parts*, against the checkpoint signed with the entry.

    Raises:
        NotFound: A part is gone: the record was erased.
    """
    wanted = list(parts)
    if any(part not in entry.parts for part in wanted):
        raise NotFound("the record of this entry was erased")
    note, proof = await log.receipt_proof(entry.index, entry.size)
    return receipt_from(
        entry.leaf, [entry.parts[part] for part in wanted], entry.index, proof, note
    )


async def stored_answer(status: int, index: int, log: DecisionLog) -> Answer:
    """Return the answer that the entry at *index* gave, byte for byte.

    Raises:
        NotFound: The record was erased.
    """
    entry = await log.entry(index)
    if entry is None:
        raise NotFound("no such entry")
    receipt = await receipt_for(entry, [Part.SENDER], log)
    return answer_from(status, entry.entry_id, part_of(entry.parts[Part.SENDER]), receipt)


async def exchange_view(caller: Caller, exchange_id: str, ports: ReadingPorts) -> dict[str, Json]:
    """Return what *caller* may see of an exchange: the sender its decision, the recipient what
    was delivered. What a stop holds shows the stop.

    Raises:
        NotFound: There is none, or it is none of the caller's.
    """
    entry, part = await _entry_for(caller, exchange_id, ports)
    receipt = await receipt_for(entry, [part], ports.log)
    delivery = await ports.outbox.of_exchange(entry.index)
    return {
        **part_of(entry.parts[part]),
        "state": state_of(None if delivery is None else delivery.state).value,
        **await _stop_shown(entry, delivery, ports),
        "receipt": receipt.document(),
    }


async def _stop_shown(
    entry: StoredEntry, delivery: Delivery | None, ports: ReadingPorts
) -> dict[str, Json]:
    """Return the stop that keeps a released payload from leaving, if one does."""
    if delivery is None or delivery.state not in _MAY_LEAVE:
        return {}
    way = way_of(part_of(entry.parts[Part.AUDIT]))
    stop = (await ports.registry.snapshot()).stop_on(way)
    return {} if stop is None else {"stop": stop.shown()}


def way_of(audit: Mapping[str, Json]) -> Way:
    """Return the way of an exchange, as the auditor's part of its decision tells it."""
    sender, recipient = audit["sender"], audit["recipient"]
    return Way(
        audit["exchange_kind"],
        *(sender["unit"], sender["kind"], recipient["unit"], recipient["kind"]),
    )


async def receipt_view(caller: Caller, exchange_id: str, ports: ReadingPorts) -> dict[str, Json]:
    """Return the caller's receipt alone.

    Raises:
        NotFound: There is none, or it is none of the caller's.
    """
    entry, part = await _entry_for(caller, exchange_id, ports)
    return (await receipt_for(entry, [part], ports.log)).document()


async def _entry_for(
    caller: Caller, exchange_id: str, ports: ReadingPorts
) -> tuple[StoredEntry, Part]:
    index = await ports.log.index_of(exchange_id)
    entry = None if index is None else await ports.log.entry(index)
    if entry is None or entry.type is not EntryType.DECISION or Part.AUDIT not in entry.parts:
        raise NotFound("no such exchange")
    audit = part_of(entry.parts[Part.AUDIT])
    if audit["sender"]["unit"] == caller.unit.id:
        return entry, Part.SENDER
    if audit["recipient"]["unit"] == caller.unit.id and Part.RECIPIENT in entry.parts:
        delivery = await ports.outbox.of_exchange(entry.index)
        if delivery is not None and delivery.state is DeliveryState.DELIVERED:
            return entry, Part.RECIPIENT
    raise NotFound("no such exchange")
