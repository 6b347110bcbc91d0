"""Makes a decision durable, with everything that must be durable with it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gateway.blind_index import subject_tokens
from gateway.drafting import Composed, Drafter, random_id
from gateway.groups import name_in
from gateway.model.decision import Action, Outcome, Reason, Verdict
from gateway.model.evidence import (
    Claim,
    Concern,
    DeliveryState,
    EntryType,
    NewDelivery,
    Part,
)
from gateway.model.exchange import Caller, Exchange
from gateway.obligations import bucket_of, delete_at_day, described, retention, travelling
from gateway.policies import Policies
from gateway.ports import SubjectKeys
from gateway.sealing import seal
from gateway.steps.redact import Ruling

Json = Any
STATUS = {Verdict.PERMIT: 201, Verdict.HOLD: 202, Verdict.DENY: 403}


def compose_record(
    exchange: Exchange,
    caller: Caller,
    ruling: Ruling,
    claim: Claim,
    policies: Policies,
    drafter: Drafter,
    keys: SubjectKeys,
    *,
    hold_s: int,
) -> Composed:
    """Return the draft of a decision: leaf, record, sealed payload, idempotency key, index.

    Raises:
        PolicyUnavailable: The decision does not say how long its record is kept, or gives a
            reason that has no sentence in the catalogue.
        KeysUnavailable: A key of bucket or index can be neither read nor made.
    """
    decision = ruling.decision
    exchange_id = ruling.exchange_id
    log_class, last_day = retention(decision)
    parts: dict[Part, Json] = {
        Part.SENDER: _sender_part(exchange_id, exchange, ruling, policies),
        Part.AUDIT: _audit_part(exchange_id, exchange, ruling, last_day),
        Part.INPUT: dict(ruling.asked),
        Part.PERSON: _person_part(exchange, caller),
    }
    delivery = None
    if ruling.verdict is not Verdict.DENY:
        delivery, parts[Part.RECIPIENT] = _sealed(
            exchange_id, exchange, ruling, policies, hold_s=hold_s
        )
    return drafter.compose(
        EntryType.DECISION,
        exchange.moment,
        decision.policy_digest,
        exchange.registry_digest,
        parts,
        bucket=bucket_of(exchange.sender.controller, log_class, last_day),
        entry_id=exchange_id,
        claim=replace(claim, status=STATUS[ruling.verdict]),
        delivery=delivery,
        subjects=_subjects(exchange, ruling, keys),
        concerns=(Concern(exchange.sender.id, Part.SENDER),),
    )


def _sealed(
    exchange_id: str, exchange: Exchange, ruling: Ruling, policies: Policies, *, hold_s: int
) -> tuple[NewDelivery, dict[str, Json]]:
    """Seal the released members to the recipient; return them with the part that travels."""
    key = exchange.recipient.encryption_key
    assert key is not None  # validate refuses a recipient without one
    plaintext = json.dumps(
        {
            "exchange_id": exchange_id,
            "exchange_kind": exchange.exchange_kind,
            "payload": ruling.released,
        },
        ensure_ascii=False,
    ).encode()
    now = exchange.moment.evaluated_at
    held = ruling.verdict is Verdict.HOLD
    delivery = NewDelivery(
        id=random_id(),
        recipient=exchange.recipient.id,
        sender=exchange.sender.id,
        jwe=seal(plaintext, key),
        state=DeliveryState.HELD if held else DeliveryState.QUEUED,
        due_at=now,
        expires_at=now + hold_s,
        delete_at_day=delete_at_day(ruling.decision),
    )
    return delivery, {
        "exchange_id": exchange_id,
        "delivery_id": delivery.id,
        "exchange_kind": exchange.exchange_kind,
        "sender": {
            "unit": exchange.sender.id,
            "name": exchange.sender.name,
            "kind": exchange.sender.kind,
            "controller": exchange.sender.controller,
        },
        "recipient": exchange.recipient.id,
        "purpose": exchange.purpose,
        "legal_basis": list(exchange.legal_basis),
        "decided_at": now,
        "accountable": ruling.decision.accountable,
        "payload_sha256": hashlib.sha256(plaintext).hexdigest(),
        **travelling(ruling.decision, exchange, policies.executors),
    }


def _sender_part(
    exchange_id: str, exchange: Exchange, ruling: Ruling, policies: Policies
) -> dict[str, Json]:
    """What the sender may see; it is also the body of the answer."""
    decision = ruling.decision
    return {
        "exchange_id": exchange_id,
        "exchange_kind": exchange.exchange_kind,
        "recipient": exchange.recipient.id,
        "verdict": ruling.verdict.value,
        "decided_at": exchange.moment.evaluated_at,
        "denials": [_said(reason, policies) for reason in decision.denials],
        "released": sorted(decision.released) if ruling.verdict is not Verdict.DENY else [],
        **_transformed(decision.outcomes, policies),
        "withheld": [
            _placed(outcome, policies)
            for outcome in decision.outcomes
            if outcome.action is Action.WITHHOLD
        ],
        "free_text": [{"member": hit.member, "withheld": hit.withheld} for hit in ruling.hits],
        "obligations": [described(item, policies.executors) for item in decision.obligations],
        "struck_out": list(decision.struck_out),
        "needs": [_needed(need, policies) for need in decision.needs],
        "regime": {"sender": decision.regime_sender, "recipient": decision.regime_recipient},
        "accountable": decision.accountable,
    }


def _audit_part(
    exchange_id: str, exchange: Exchange, ruling: Ruling, last_day: int
) -> dict[str, Json]:
    units = {"sender": exchange.sender, "recipient": exchange.recipient}
    return {
        "exchange_id": exchange_id,
        **{
            role: {"unit": unit.id, "kind": unit.kind, "controller": unit.controller}
            for role, unit in units.items()
        },
        "exchange_kind": exchange.exchange_kind,
        "in_reply_to": exchange.in_reply_to,
        "purpose": exchange.purpose,
        "original_purpose": exchange.original_purpose,
        "legal_basis": list(exchange.legal_basis),
        "partnership": exchange.partnership,
        "verdict": ruling.verdict.value,
        "decision": dict(ruling.decision.document),
        "free_text": [{"member": hit.member, "withheld": hit.withheld} for hit in ruling.hits],
        "log_class": ruling.decision.log_class,
        "erase_at": date.fromordinal(last_day + date(1970, 1, 1).toordinal()).isoformat(),
        "decided_at": exchange.moment.evaluated_at,
    }


def _person_part(exchange: Exchange, caller: Caller) -> dict[str, Json]:
    return {
        "justification": exchange.justification,
        "case_reference": exchange.case_reference,
        "acting_official": exchange.acting_official,
        "purpose_text": exchange.purpose_text,
        "facts": dict(exchange.stated_facts),
        "field_facts": {name: dict(row) for name, row in exchange.stated_member_facts.items()},
        "signature": dict(caller.signature),
    }


def _subjects(exchange: Exchange, ruling: Ruling, keys: SubjectKeys) -> tuple[Any, ...]:
    """Index the persons whose data are released, for sender and recipient (OB-RECIPIENT-INDEX)."""
    if ruling.decision.obligation("OB-RECIPIENT-INDEX") is None:
        return ()
    if ruling.verdict is Verdict.DENY:
        return ()
    controllers = {exchange.sender.controller, exchange.recipient.controller}
    released = ruling.decision.released
    persons = [
        person
        for person in exchange.persons
        if name_in(exchange.groups, person.member, person.place) in released
    ]
    return subject_tokens(persons, sorted(controllers), exchange.moment, keys)


def _said(reason: Reason, policies: Policies) -> dict[str, Json]:
    entry = policies.said(reason)
    return {
        "reason": reason.reason,
        "rule": reason.rule,
        "norm": entry.norm,
        "status": entry.status,
        "de": entry.de,
        "en": entry.en,
    }


def _needed(need: Mapping[str, Json], policies: Policies) -> dict[str, Json]:
    """What would take a reason away, with the evidence of each fact, and who gives it."""
    return {
        **need,
        "any_of": [[{**fact, **policies.evidence(fact)} for fact in row] for row in need["any_of"]],
    }


def _transformed(outcomes: Iterable[Outcome], policies: Policies) -> dict[str, Json]:
    """What leaves in another form than it was offered, if anything does."""
    changed = [
        {
            **_placed(outcome, policies),
            "action": outcome.action.value,
            "parameters": dict(outcome.parameters),
        }
        for outcome in outcomes
        if outcome.action in (Action.GENERALISE, Action.PSEUDONYMISE)
    ]
    return {"transformed": changed} if changed else {}


def _placed(outcome: Outcome, policies: Policies) -> dict[str, Json]:
    """The first reason is shown; the others stand in the record."""
    return {"members": list(outcome.members), **_said(outcome.reasons[0], policies)}
