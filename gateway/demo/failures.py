"""What must fail: each attempt as somebody would make it, and the answer that he saw."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges
from gateway.demo.cast import POLICE, YOUTH_OFFICE
from gateway.demo.certificates import Authority
from gateway.demo.stage import Stage
from gateway.errors import DependencyFailed
from gateway.signatures import RequestSigner

Json = Any
NO_ANSWER = 0
"""The handshake failed: there is no HTTP answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sender saw: the status, a line for people, and the answer's body."""

    status: int
    shown: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt with the status that it must get."""

    german: str
    english: str
    status: int
    attempt: Callable[[Stage], Awaitable[Seen]]


async def unknown_certificate(stage: Stage) -> Seen:
    """A certificate of an authority that the gateway does not know: no handshake."""
    folder = stage.folder / "stranger"
    Authority("Fremde CA").issue(folder, "fremd")
    partner = replace(stage.partner(POLICE), certificate=folder / "tls.pem", key=folder / "tls.key")
    return await _post(stage, partner=partner)


async def unregistered_certificate(stage: Stage) -> Seen:
    """A certificate that chains, but that no unit has registered."""
    folder = stage.folder / "unregistered"
    stage.authority.issue(folder, "nicht-eingetragen")
    partner = replace(stage.partner(POLICE), certificate=folder / "tls.pem", key=folder / "tls.key")
    return await _post(stage, partner=partner)


async def altered_body(stage: Stage) -> Seen:
    return await _post(stage, alter=lambda body: body.replace(b"80 G", b"81 G"))


async def other_signature(stage: Stage) -> Seen:
    """The police's certificate, the youth office's signature."""
    return await _post(stage, signer=RequestSigner.load(stage.partner(YOUTH_OFFICE).signing_key))


async def unknown_member(stage: Stage) -> Seen:
    exchange = exchanges.emergency_exits()
    exchange["payload"]["blood_type_of_guests"] = "0"
    return await _post(stage, exchange=exchange)


async def duplicate_member(stage: Stage) -> Seen:
    body = json.dumps(exchanges.emergency_exits(), ensure_ascii=False)
    twice = body.replace('"recipient":', '"recipient": "jugendamt-lueneburg", "recipient":', 1)
    return await _post(stage, body=twice.encode())


async def too_large(stage: Stage) -> Seen:
    exchange = exchanges.emergency_exits()
    exchange["justification"] = "x" * (11 << 20)
    return await _post(stage, exchange=exchange)


async def no_encryption_key(stage: Stage) -> Seen:
    return await _post(stage, exchange=exchanges.notice_to_fire_service())


async def _post(
    stage: Stage,
    *,
    partner: Any = None,
    exchange: dict[str, Json] | None = None,
    body: bytes | None = None,
    signer: RequestSigner | None = None,
    alter: Callable[[bytes], bytes] = lambda body: body,
) -> Seen:
    if body is None:
        document = exchanges.emergency_exits() if exchange is None else exchange
        body = json.dumps(document, ensure_ascii=False).encode()
    try:
        async with Sender(partner or stage.partner(POLICE), signer=signer) as sender:
            return _seen(await sender.send_bytes(alter(body), sender.sign(body)))
    except DependencyFailed as error:
        return Seen(NO_ANSWER, f"keine Verbindung ({type(error.__cause__).__name__})")


def _seen(answer: SentAnswer) -> Seen:
    problem = answer.json()
    faults = "; ".join(
        f"{fault['pointer']}: {fault['what']}" for fault in problem.get("faults", [])
    )
    return Seen(
        answer.status,
        f"{answer.status} {problem.get('title', '')}" + (f" – {faults}" if faults else ""),
        answer.body,
    )


ALL = (
    Failure("Unbekanntes Zertifikat", "unknown certificate", NO_ANSWER, unknown_certificate),
    Failure("Zertifikat keiner Stelle", "certificate of no unit", 401, unregistered_certificate),
    Failure("Veränderter Inhalt", "altered body", 401, altered_body),
    Failure("Unterschrift einer anderen Stelle", "another unit's signature", 401, other_signature),
    Failure("Unbekanntes Feld", "unknown member", 422, unknown_member),
    Failure("Doppeltes JSON-Feld", "duplicate JSON member", 400, duplicate_member),
    Failure("Zu groß", "over the size limit", 413, too_large),
    Failure("Empfänger ohne Schlüssel", "recipient without encryption key", 422, no_encryption_key),
)
