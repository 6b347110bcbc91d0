"""The self-test of a unit: each thing that a call needs, and what to do where it is wanting."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from cryptography.x509 import load_der_x509_certificate

from gateway.errors import AuthenticationFailed, KeyRefused
from gateway.model.exchange import Message, Moment
from gateway.model.unit import Unit
from gateway.ports import Clock, UnitRegistry
from gateway.signatures import is_signed, verify_request
from gateway.steps.authenticate import pin_of

Json = Any
_SOON_S = 30 * 86_400
_CREATED = re.compile(r";created=([0-9]{1,15})(?:;|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `ok` is None if it could not be.

    The sentence and what to do stand there in German, then in English.
    """

    name: str
    ok: bool | None
    de: str
    en: str
    todo: str = ""
    todo_en: str = ""

    def document(self) -> dict[str, Json]:
        return {
            "check": self.name,
            "ok": self.ok,
            "de": self.de,
            "en": self.en,
            "todo": self.todo,
            "todo_en": self.todo_en,
        }


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was found; `unit` is the one that every other call would take the caller for.

    Without it every other call would be answered 401, for the reason `why`.
    """

    checks: tuple[Check, ...]
    unit: Unit | None
    why: str = ""


class SelfTestPorts(Protocol):
    """The ports that the self-test needs."""

    @property
    def clock(self) -> Clock: ...

    @property
    def registry(self) -> UnitRegistry: ...


async def look(
    message: Message, clock_said: int | None, skew_s: int, ports: SelfTestPorts
) -> SelfTest:
    """Look at a request as every other call would, but tell the caller what is wrong.

    All that is told is about the caller's own certificate and its own entry in the registry.
    *clock_said* is the caller's time, if it gave one.

    Raises:
        RegistryUnavailable: The registry cannot be read.
    """
    moment = ports.clock.now()
    if message.certificate is None:
        why = "no client certificate"
        return SelfTest((_no_certificate(),), None, why)
    try:
        pin = pin_of(message.certificate)
    except AuthenticationFailed as error:
        return SelfTest((_no_certificate(),), None, str(error))
    unit = (await ports.registry.snapshot()).unit_by_pin(pin)
    first = (_certificate(message.certificate, moment), _pin(pin, unit))
    if unit is None:
        return SelfTest(first, None, f"no unit registered the certificate with pin {pin}")
    signature, fault = _signature(message, unit, moment, skew_s)
    checks = (
        *first,
        _status(unit),
        signature,
        _clock(_created(message) or clock_said, moment, skew_s),
        _encryption_key(unit),
        _way(unit),
    )
    if not unit.active:
        return SelfTest(checks, None, f"unit {unit.id} is suspended")
    if message.proxied and signature.ok is not True:
        return SelfTest(checks, None, f"unit {unit.id}: {fault or 'not signed behind a proxy'}")
    return SelfTest(checks, unit)


def _no_certificate() -> Check:
    return Check(
        "certificate",
        False,
        "Es kam kein lesbares Zertifikat an.",
        "No readable certificate arrived.",
        "Im Programm Zertifikat und Schlüssel der Stelle für TLS eintragen; davor geschaltete "
        "Server müssen es im Feld Client-Cert weitergeben.",
        "Set the unit's certificate and key for TLS; a server in between must hand it on in the "
        "field Client-Cert.",
    )


def _certificate(der: bytes, moment: Moment) -> Check:
    ends = load_der_x509_certificate(der).not_valid_after_utc
    left_s = int(ends.timestamp()) - moment.evaluated_at
    day = ends.date().isoformat()
    renew = (
        "Rechtzeitig ein neues Zertifikat ausstellen lassen; die Prüfsumme seines Schlüssels "
        "vorher als zweite eintragen lassen.",
        "Have a new certificate issued in time; have the digest of its key registered before, as "
        "the second one.",
    )
    return Check(
        "certificate",
        left_s > 0,
        f"Das Zertifikat gilt bis {day}.",
        f"The certificate is valid until {day}.",
        *(renew if left_s < _SOON_S else ("", "")),
    )


def _pin(pin: str, unit: Unit | None) -> Check:
    if unit is None:
        return Check(
            "pin",
            False,
            f"Der Schlüssel des Zertifikats (SHA-256 des SPKI: {pin}) ist für keine Stelle "
            "eingetragen.",
            f"The key of the certificate (SHA-256 of the SPKI: {pin}) is registered for no unit.",
            "Diese Prüfsumme der Betreiberin nennen, damit sie sie einträgt.",
            "Give this digest to the operator, to have it registered.",
        )
    place = unit.pins.index(pin) + 1
    return Check(
        "pin",
        True,
        f"Der Schlüssel des Zertifikats ist die {place}. von {len(unit.pins)} eingetragenen "
        f"Prüfsummen der Stelle {unit.id}.",
        f"The key of the certificate is number {place} of {len(unit.pins)} registered digests of "
        f"unit {unit.id}.",
    )


def _status(unit: Unit) -> Check:
    if unit.active:
        return Check("unit", True, "Die Stelle ist aktiv.", "The unit is active.")
    return Check(
        "unit",
        False,
        "Die Stelle ist gesperrt.",
        "The unit is suspended.",
        "Die Betreiberin nach dem Grund fragen; aufheben können nur zwei Personen.",
        "Ask the operator why; only two people together can lift it.",
    )


def _signature(message: Message, unit: Unit, moment: Moment, skew_s: int) -> tuple[Check, str]:
    """Verify the signature, if there is one; return also why it is not right."""
    if not is_signed(message):
        return (
            Check(
                "signature",
                None,
                "Die Anfrage ist nicht signiert.",
                "The request is not signed.",
                "Diese Anfrage signiert wiederholen (RFC 9421), um die Signatur zu prüfen.",
                "Repeat this request with a signature (RFC 9421) to have it checked.",
            ),
            "",
        )
    try:
        verify_request(message, unit.signing_key, now=moment.evaluated_at, skew_s=skew_s)
    except (AuthenticationFailed, KeyRefused) as error:
        return (
            Check(
                "signature",
                False,
                f"Die Signatur wird nicht angenommen: {error}.",
                f"The signature is not taken: {error}.",
                "Schlüssel, Verfahren und Bestandteile mit der Beschreibung vergleichen; keyid "
                f"muss {unit.signing_key.kid} sein, alg {unit.signing_key.alg}.",
                "Compare key, algorithm and components with the description; keyid must be "
                f"{unit.signing_key.kid}, alg {unit.signing_key.alg}.",
            ),
            str(error),
        )
    return Check("signature", True, "Die Signatur stimmt.", "The signature is right."), ""


def _created(message: Message) -> int | None:
    found = _CREATED.search(message.header("signature-input") or "")
    return None if found is None else int(found[1])


def _clock(theirs: int | None, moment: Moment, skew_s: int) -> Check:
    now = datetime.fromtimestamp(moment.evaluated_at, UTC).isoformat()
    if theirs is None:
        return Check(
            "clock",
            None,
            f"Die Datenschleuse hat {now}; die Zeit der Stelle ist nicht bekannt.",
            f"The gateway has {now}; the unit's time is not known.",
            "Die Anfrage signieren, oder die eigene Zeit als ?at=SEKUNDEN seit 1970 angeben.",
            "Sign the request, or give your own time as ?at=SECONDS since 1970.",
        )
    ahead = theirs - moment.evaluated_at
    return Check(
        "clock",
        abs(ahead) <= skew_s,
        f"Die Uhr der Stelle geht {abs(ahead)} s {'vor' if ahead > 0 else 'nach'}; zulässig sind "
        f"{skew_s} s.",
        f"The unit's clock is {abs(ahead)} s {'fast' if ahead > 0 else 'slow'}; {skew_s} s are "
        "allowed.",
        *(
            ("", "")
            if abs(ahead) <= skew_s // 2
            else ("Die Uhr über NTP stellen lassen.", "Set the clock by NTP.")
        ),
    )


def _encryption_key(unit: Unit) -> Check:
    if unit.encryption_key is None:
        return Check(
            "encryption_key",
            None if not unit.may_receive else False,
            "Für die Stelle ist kein Schlüssel zum Verschlüsseln eingetragen; sie kann nichts "
            "empfangen.",
            "No encryption key is registered for the unit; it cannot receive anything.",
            "Den öffentlichen Schlüssel (P-256, X25519 oder RSA) eintragen lassen.",
            "Have the public key (P-256, X25519 or RSA) registered.",
        )
    return Check(
        "encryption_key",
        None,
        f"Eingetragen ist {unit.encryption_key.alg}, Schlüssel {unit.encryption_key.kid}.",
        f"Registered is {unit.encryption_key.alg}, key {unit.encryption_key.kid}.",
        "challenge.jwe öffnen und das Element answer an challenge.answer_to senden.",
        "Open challenge.jwe and send its member answer to challenge.answer_to.",
    )


def _way(unit: Unit) -> Check:
    if unit.endpoint is None:
        return Check(
            "deliveries",
            True,
            "Lieferungen liegen im Postfach: GET /v1/inbox.",
            "Deliveries wait in the inbox: GET /v1/inbox.",
        )
    return Check(
        "deliveries",
        None,
        f"Lieferungen gehen an {unit.endpoint.url}.",
        f"Deliveries are pushed to {unit.endpoint.url}.",
        "POST /v1/self-test/delivery schickt eine Probe dorthin.",
        "POST /v1/self-test/delivery sends a test there.",
    )
