"""A sealed question that only the holder of a unit's decryption key can answer.

Nothing is kept: the answer is a keyed digest of the unit and the end of its time, so that
every process of the gateway can check it.
"""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from gateway.model.unit import Unit
from gateway.readings.self_test import Check
from gateway.sealing import seal

Json = Any
LASTS_S = 600
_PURPOSE = b"datenschleuse self-test v1"


@dataclass(frozen=True, slots=True)
class Challenge:
    """The sealed question, good until `expires` (epoch seconds)."""

    jwe: str
    expires: int

    def document(self, answer_to: str) -> dict[str, Json]:
        return {"jwe": self.jwe, "expires": self.expires, "answer_to": answer_to}


def challenge(unit: Unit, now: int, key: bytes) -> Challenge | None:
    """Seal a question to the unit's key; None if it has none."""
    if unit.encryption_key is None:
        return None
    expires = now + LASTS_S
    plaintext = {"self_test": True, "answer": _answer(unit, expires, key)}
    jwe = seal(json.dumps(plaintext).encode(), unit.encryption_key)
    return Challenge(jwe.decode("ascii"), expires)


def check_answer(unit: Unit, expires: int, answer: str, now: int, key: bytes) -> Check:
    """Say whether *answer* is what stood in a question of this unit that is still good."""
    if not now <= expires <= now + LASTS_S:
        return Check(
            "decryption",
            False,
            "Die Zeit für diese Antwort ist vorbei.",
            "The time for this answer is over.",
            "GET /v1/self-test noch einmal aufrufen und gleich antworten.",
            "Call GET /v1/self-test again and answer at once.",
        )
    expected = _answer(unit, expires, key)
    if hmac.compare_digest(expected.encode(), answer.encode("utf-8", "replace")):
        return Check(
            "decryption",
            True,
            "Die Stelle kann öffnen, was an sie verschlüsselt ist.",
            "The unit can open what is sealed to it.",
        )
    return Check(
        "decryption",
        False,
        "Die Antwort ist nicht die, die verschlüsselt war.",
        "The answer is not the one that was sealed.",
        "Prüfen, ob zum Öffnen der Schlüssel dient, dessen öffentlicher Teil eingetragen ist; "
        "kid im Kopf des JWE ist sein Fingerabdruck (RFC 7638).",
        "See whether the key that opens is the one whose public part is registered; kid in the "
        "header of the JWE is its thumbprint (RFC 7638).",
    )


def _answer(unit: Unit, expires: int, key: bytes) -> str:
    assert unit.encryption_key is not None
    own = hmac.digest(key, _PURPOSE, "sha256")
    said = json.dumps([unit.id, unit.encryption_key.kid, expires]).encode()
    return hmac.digest(own, said, "sha256").hex()
