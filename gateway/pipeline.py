"""The way of an exchange: seven steps, whose order is the guarantee."""

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.brake import refuse_stopped
from gateway.drafting import Drafter
from gateway.errors import (
    CallerError,
    Fault,
    IdempotencyConflict,
    InvalidRequest,
    PolicyUnavailable,
    StaleDigest,
    Stopped,
)
from gateway.model.evidence import Answer, Claim, Committed, Lost, Part, Stale
from gateway.model.exchange import Caller, Document, Message, Moment
from gateway.policies import Policies
from gateway.ports import (
    Clock,
    DecisionLog,
    Destination,
    Outbox,
    PolicyEngine,
    SubjectKeys,
    UnitRegistry,
)
from gateway.reading import answer_from, receipt_from, stored_answer
from gateway.readings.data_requests import asked_by
from gateway.refusals import Refusals
from gateway.steps.authenticate import authenticate
from gateway.steps.decide import decide
from gateway.steps.receive import receive
from gateway.steps.record import STATUS, compose_record
from gateway.steps.redact import redact
from gateway.steps.validate import validate

_TRIES = 3
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    max_body: int
    max_body_attachments: int
    max_depth: int
    signature_skew_s: int
    hold_s: int


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the way of an exchange asks of the world."""

    clock: Clock
    registry: UnitRegistry
    policies: Callable[[], Policies]
    """The rules in force; raises PolicyUnavailable while they are not loaded here."""
    engine: PolicyEngine
    log: DecisionLog
    outbox: Outbox
    drafter: Drafter
    subject_keys: SubjectKeys
    idempotency_key: bytes
    limits: Limits
    refusals: Refusals
    admit: Callable[[str], None]
    """Counts a call of the unit; raises TooManyRequests when its rate is used up."""
    destination: Destination | None = None
    """Where trials of the self-test go; deliveries go out from the worker."""


Act = Callable[[Message, Document, Caller, Claim, Ports], Awaitable[Answer]]
"""What a signed call does once it is known whose it is, and that it is no repeat."""


async def submit(message: Message, ports: Ports) -> Answer:
    """Carry one exchange from its bytes to its receipt.

    Nothing leaves before its decision is durable in the log: the delivery worker sees only
    what `record` committed. A denial is recorded exactly as a permit is, and a refusal of an
    authenticated unit is an entry too.

    Raises:
        CallerError: The message is at fault; where the unit is known, that is recorded.
        Stopped: A stop in force covers it, also one placed while it was decided; recorded.
        DependencyFailed: Nothing was decided, or it is not known to be durable.
    """
    return await admit(message, ports, _decide)


async def admit(message: Message, ports: Ports, act: Act) -> Answer:
    """Receive and authenticate a signed call; a repeat gets the answer of the first.

    Raises:
        CallerError: The message is at fault; where the unit is known, that is recorded.
        Stopped: A stop in force covers it; that is recorded.
        DependencyFailed: Nothing was done, or it is not known to be durable.
    """
    moment = ports.clock.now()
    received = _receive(message, moment, ports)
    caller = await authenticate(
        message, ports.registry, moment, ports.limits.signature_skew_s, signed=True
    )
    try:
        ports.admit(caller.unit.id)
        if isinstance(received, CallerError):
            raise received
        claim = _claim(message, caller, ports.idempotency_key)
        return await replay(claim, ports) or await act(message, received, caller, claim, ports)
    except (CallerError, PolicyUnavailable, Stopped) as error:
        await ports.refusals.record(error, caller.unit, moment, at_hand(ports))
        raise


def at_hand(ports: Ports) -> Policies | None:
    """Return the rules in force, or None while this process has not loaded them yet."""
    try:
        return ports.policies()
    except PolicyUnavailable:
        return None


async def _decide(
    message: Message, document: Document, caller: Caller, claim: Claim, ports: Ports
) -> Answer:
    """Decide and record; once more when rules or registry changed on the way."""
    for _ in range(_TRIES):
        answer = await _decide_once(message, document, caller, claim, ports)
        if answer is not None:
            return answer
        caller = await authenticate(
            message,
            ports.registry,
            document.moment,
            ports.limits.signature_skew_s,
            signed=True,
        )
    raise StaleDigest("rules or registry changed while the decision was made")


async def _decide_once(
    message: Message, document: Document, caller: Caller, claim: Claim, ports: Ports
) -> Answer | None:
    registry = await ports.registry.snapshot()
    policies = ports.policies()
    exchange = validate(
        document,
        caller,
        registry,
        policies,
        len(message.body),
        ports.limits.max_body,
        await asked_by(document, caller, ports.log),
    )
    refuse_stopped(exchange.way, registry)
    try:
        decision, asked = await decide(exchange, ports.engine, policies)
    except PolicyUnavailable:
        if ports.policies().digest != policies.digest:
            return None
        raise
    ruling = redact(exchange, decision, asked, policies, ports.subject_keys)
    composed = compose_record(
        exchange,
        caller,
        ruling,
        claim,
        policies,
        ports.drafter,
        ports.subject_keys,
        hold_s=ports.limits.hold_s,
    )
    match await ports.log.append(composed.draft):
        case Committed(index, checkpoint, proof):
            shown = [composed.leaf.disclosures[Part.SENDER]]
            receipt = receipt_from(composed.leaf.entry, shown, index, proof, checkpoint)
            return answer_from(
                STATUS[ruling.verdict],
                composed.draft.entry_id,
                composed.parts[Part.SENDER],
                receipt,
            )
        case Lost():
            return await replay(claim, ports)
        case Stale():
            return None


async def replay(claim: Claim, ports: Ports) -> Answer | None:
    """Return the stored answer of an idempotency key that was used before.

    Raises:
        IdempotencyConflict: It was used for another request.
    """
    known = await ports.log.claimed(claim.unit, claim.key)
    if known is None:
        return None
    earlier, index = known
    if not hmac.compare_digest(earlier.body_hmac, claim.body_hmac):
        raise IdempotencyConflict("the idempotency key stands for another request")
    return await stored_answer(earlier.status, index, ports.log)


def _receive(message: Message, moment: Moment, ports: Ports) -> Document | CallerError:
    """Receive; a fault waits until it is known whose it is, so that it can be recorded."""
    limits = ports.limits
    try:
        return receive(message.body, moment, limits.max_body_attachments, limits.max_depth)
    except CallerError as error:
        return error


def _claim(message: Message, caller: Caller, key: bytes) -> Claim:
    """Return the idempotency key with a keyed digest of all that it stands for.

    Raises:
        InvalidRequest: The header is missing or no UUID.
    """
    given = message.header("idempotency-key")
    if given is None or not _UUID.fullmatch(given):
        raise InvalidRequest([Fault("Idempotency-Key", "one header with a UUID is needed")])
    request = b"\x00".join([message.method.encode(), message.target_uri.encode(), message.body])
    return Claim(caller.unit.id, given, hmac.digest(key, request, "sha256"), 0)
