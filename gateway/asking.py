"""One unit asks another for data: the request is an entry that both may read.

What the requester learns of it is in `readings/data_requests.py`. A holder that has nothing, or
will not answer, declines; the requester is told so only where the answer need not be neutral.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.brake import refuse_stopped
from gateway.drafting import random_id
from gateway.errors import Fault, InvalidRequest, NotFound, StaleDigest
from gateway.facts import take_facts
from gateway.model.evidence import (
    Answer,
    Claim,
    Committed,
    Concern,
    EntryType,
    Lost,
    Part,
    Stale,
)
from gateway.model.exchange import Caller, Document, Message, Moment, way_between
from gateway.model.unit import Unit
from gateway.obligations import bucket_of
from gateway.pipeline import Ports, admit, replay
from gateway.policies import Policies
from gateway.reading import answer_from, part_of, receipt_from, way_of
from gateway.readings.data_requests import request_entry
from gateway.schemas import faults_of

Json = Any
BECAUSE = ("declined", "no_data")
_CREATED = 201
_TRIES = 3
Once = Callable[[Document, Caller, Claim, Ports], Awaitable[Answer | None]]
"""One try; None when rules or registry changed before it was recorded."""


async def ask(message: Message, ports: Ports) -> Answer:
    """Record a request for data, and return its id with the time at which it is answered.

    Raises:
        CallerError: The message is at fault; where the unit is known, that is recorded.
        Stopped: A stop in force covers it; that is recorded.
        DependencyFailed: It is not known to be durable.
    """
    return await admit(message, ports, partial(_until_recorded, _ask))


async def decline(message: Message, request_id: str, ports: Ports) -> Answer:
    """Record that the holder of the data does not answer a request.

    Raises:
        CallerError: The message is at fault, or the request is none to the caller.
        Stopped: A stop in force covers it; that is recorded.
        DependencyFailed: It is not known to be durable.
    """
    return await admit(message, ports, partial(_until_recorded, partial(_decline, request_id)))


async def _until_recorded(
    once: Once, _: Message, document: Document, caller: Caller, claim: Claim, ports: Ports
) -> Answer:
    """Do it again when rules or registry changed on the way: an entry names what made it."""
    for _try in range(_TRIES):
        answer = await once(document, caller, claim, ports)
        if answer is not None:
            return answer
    raise StaleDigest("rules or registry changed while the request was recorded")


async def _ask(document: Document, caller: Caller, claim: Claim, ports: Ports) -> Answer | None:
    registry, policies = await ports.registry.snapshot(), ports.policies()
    body, moment = document.value, document.moment
    faults = list(faults_of(policies.schemas.data_request, body, ""))
    if faults:
        raise InvalidRequest(faults)
    stated = body.get("facts", {})
    facts, faults = take_facts(stated, policies.schemas.facts, "/facts", "requester")
    holder = registry.unit(body["holder"])
    if holder is None or not holder.active or holder.id == caller.unit.id:
        faults.append(Fault("/holder", "no other active unit of this id is registered"))
    if faults or holder is None:
        raise InvalidRequest(faults)
    request_id = random_id()
    answer_at = moment.evaluated_at + policies.answer_after_s
    seen = {
        "event": "asked",
        "request_id": request_id,
        "exchange_kind": body["exchange_kind"],
        "purpose": body["purpose"],
        "legal_basis": body["legal_basis"],
        "asked_at": moment.evaluated_at,
        "answer_at": answer_at,
    }
    words = {key: body.get(key) for key in ("justification", "case_reference", "acting_official")}
    named = {**_party(caller.unit), "name": caller.unit.name}
    parts = {
        Part.SENDER: {**seen, "holder": holder.id},
        Part.RECIPIENT: {**seen, "requester": named, **words, "facts": dict(stated)},
        Part.AUDIT: {
            **seen,
            "requester": _party(caller.unit),
            "holder": _party(holder),
            "asked_on": moment.evaluated_on,
            "facts": facts,
        },
        Part.PERSON: {**words, "signature": dict(caller.signature)},
    }
    concerns = (Concern(caller.unit.id, Part.SENDER), Concern(holder.id, Part.RECIPIENT))
    way = way_between(body["exchange_kind"], holder, caller.unit)
    refuse_stopped(way, registry)
    made = policies, registry.digest
    return await _record(request_id, made, parts, concerns, caller, claim, moment, ports)


async def _decline(
    request_id: str, document: Document, caller: Caller, claim: Claim, ports: Ports
) -> Answer | None:
    registry, policies = await ports.registry.snapshot(), ports.policies()
    body = document.value
    entry = await request_entry(request_id, ports.log)
    audit = {} if entry is None else part_of(entry.parts[Part.AUDIT])
    if not audit or audit["holder"]["unit"] != caller.unit.id:
        raise NotFound("no such request")
    if body.keys() != {"because"} or body["because"] not in BECAUSE:
        raise InvalidRequest([Fault("/because", f"one of {', '.join(BECAUSE)}, and nothing else")])
    moment, decline_id = document.moment, random_id()
    requester, kind = audit["requester"]["unit"], audit["exchange_kind"]
    known = {"event": "declined", "request_id": request_id, "at": moment.evaluated_at}
    seen = {**known, "because": body["because"]}
    parts = {
        Part.SENDER: seen,
        Part.AUDIT: {**seen, "requester": audit["requester"], "holder": audit["holder"]},
        Part.PERSON: {"signature": dict(caller.signature)},
    }
    concerns: tuple[Concern, ...] = (Concern(caller.unit.id, Part.SENDER),)
    if not policies.is_neutral(kind, caller.unit.kind):
        parts[Part.RECIPIENT] = seen
        concerns += (Concern(requester, Part.RECIPIENT),)
    way = way_of({**audit, "sender": audit["holder"], "recipient": audit["requester"]})
    refuse_stopped(way, registry)
    made = policies, registry.digest
    return await _record(decline_id, made, parts, concerns, caller, claim, moment, ports)


async def _record(
    entry_id: str,
    made: tuple[Policies, str],
    parts: dict[Part, dict[str, Json]],
    concerns: tuple[Concern, ...],
    caller: Caller,
    claim: Claim,
    moment: Moment,
    ports: Ports,
) -> Answer | None:
    """Append the entry, and answer with the caller's part of it and the receipt.

    None means that the rules or the registry by which it was *made* are no longer in force.
    """
    policies, registry_digest = made
    retention = policies.request_retention(moment.evaluated_on)
    composed = ports.drafter.compose(
        EntryType.REQUEST,
        moment,
        policies.digest,
        registry_digest,
        parts,
        bucket=bucket_of(caller.unit.controller, *retention),
        entry_id=entry_id,
        claim=replace(claim, status=_CREATED),
        concerns=concerns,
    )
    match await ports.log.append(composed.draft):
        case Committed(index, checkpoint, proof):
            shown = [composed.leaf.disclosures[Part.SENDER]]
            receipt = receipt_from(composed.leaf.entry, shown, index, proof, checkpoint)
            return answer_from(_CREATED, entry_id, parts[Part.SENDER], receipt)
        case Lost():
            return await replay(claim, ports)
        case Stale():
            return None


def _party(unit: Unit) -> dict[str, Json]:
    return {"unit": unit.id, "kind": unit.kind, "controller": unit.controller}
