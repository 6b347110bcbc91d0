"""A trial delivery to a unit's own endpoint: sent as a real one is, marked, and of no exchange."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from gateway.drafting import random_id
from gateway.errors import DeliveryFailed, TooManyRequests
from gateway.model.unit import Unit
from gateway.ports import Destination
from gateway.readings.self_test import Check
from gateway.sealing import seal

Json = Any
PAUSE_S = 10

_ADVICE: Mapping[str, tuple[str, str]] = {
    "connection": (
        "Läuft der Empfang, und lässt die Firewall die Datenschleuse zu ihm?",
        "Is the receiver running, and does the firewall let the gateway reach it?",
    ),
    "dns": (
        "Der Name in der eingetragenen Adresse lässt sich nicht auflösen.",
        "The name in the registered address cannot be resolved.",
    ),
    "tls": (
        "Passt das Zertifikat des Empfangs zum Namen der Adresse, ist es gültig und von einer "
        "Stelle ausgestellt, der die Datenschleuse vertraut? Nimmt er das Zertifikat der "
        "Datenschleuse an?",
        "Does the receiver's certificate fit the name of the address, is it valid and issued by "
        "someone whom the gateway trusts? Does it take the gateway's certificate?",
    ),
    "timeout": (
        "Der Empfang hat nicht rechtzeitig geantwortet.",
        "The receiver did not answer in time.",
    ),
    "address_refused": (
        "Der Name zeigt auf eine private Adresse; das muss im Verzeichnis erlaubt sein.",
        "The name leads to a private address; the registry must allow that.",
    ),
    "wrong_acknowledgement": (
        "Mit 200 antworten, und mit genau {delivery_id, jwe_sha256}; jwe_sha256 ist der "
        "SHA-256 des JWE, wie es kam.",
        "Answer 200 with exactly {delivery_id, jwe_sha256}; jwe_sha256 is the SHA-256 of the JWE "
        "as it came.",
    ),
    "http_401": (
        "Der Empfang hat die Signatur der Datenschleuse nicht angenommen; der Schlüssel steht in "
        "keys.jws unter transport.",
        "The receiver did not take the gateway's signature; its key is in keys.jws, use transport.",
    ),
    "http_422": (
        "Der Empfang konnte die Probe nicht prüfen oder nicht öffnen; sein Protokoll sagt warum.",
        "The receiver could not check or open the trial; its log says why.",
    ),
}
_ELSE = (
    "Das Protokoll des Empfangs zur Zeit dieser Probe ansehen.",
    "Look into the receiver's log at the time of this trial.",
)


class Trials:
    """Sends trials, one at a time to each unit and not too often."""

    def __init__(self, destination: Destination | None, now: Callable[[], int]) -> None:
        self._destination = destination
        self._now = now
        self._last: dict[str, int] = {}

    async def send(self, unit: Unit) -> Check:
        """Push a marked delivery to the unit's own endpoint, and say what came back.

        Raises:
            TooManyRequests: The last one was a moment ago.
        """
        if unit.endpoint is None or unit.encryption_key is None:
            return _no_way(unit)
        if self._destination is None:
            return _not_here()
        now = self._now()
        self._last = {name: at for name, at in self._last.items() if now - at < PAUSE_S}
        if unit.id in self._last:
            raise TooManyRequests("a trial was sent a moment ago", PAUSE_S)
        self._last[unit.id] = now
        delivery_id = random_id()
        plaintext = {"self_test": True, "delivery_id": delivery_id}
        jwe = seal(json.dumps(plaintext).encode(), unit.encryption_key)
        body = {"delivery_id": delivery_id, "jwe": jwe.decode("ascii"), "self_test": True}
        try:
            await self._destination.deliver(unit, delivery_id, json.dumps(body).encode(), jwe)
        except DeliveryFailed as error:
            return _failed(unit, error.reason)
        return Check(
            "delivery",
            True,
            f"Die Probe an {unit.endpoint.url} wurde richtig bestätigt.",
            f"The trial to {unit.endpoint.url} was acknowledged as it should be.",
        )


def _failed(unit: Unit, code: str) -> Check:
    assert unit.endpoint is not None
    return Check(
        "delivery",
        False,
        f"Die Probe an {unit.endpoint.url} kam nicht an: {code}.",
        f"The trial to {unit.endpoint.url} did not succeed: {code}.",
        *_ADVICE.get(code, _ELSE),
    )


def _no_way(unit: Unit) -> Check:
    if unit.endpoint is None:
        return Check(
            "delivery",
            None,
            "Für die Stelle ist keine Adresse eingetragen; Lieferungen liegen im Postfach.",
            "No address is registered for the unit; deliveries wait in the inbox.",
            "GET /v1/inbox aufrufen.",
            "Call GET /v1/inbox.",
        )
    return Check(
        "delivery",
        False,
        "Für die Stelle ist kein Schlüssel zum Verschlüsseln eingetragen.",
        "No encryption key is registered for the unit.",
        "Den öffentlichen Schlüssel eintragen lassen.",
        "Have the public key registered.",
    )


def _not_here() -> Check:
    return Check(
        "delivery",
        None,
        "Diese Datenschleuse verschickt keine Proben.",
        "This gateway sends no trials.",
    )
