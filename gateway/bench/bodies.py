"""Hazard notices to measure with: each of exactly 4 KiB, no two alike, all permitted."""

import json
import random
from datetime import date, timedelta
from typing import Any

Json = Any
BODY_BYTES = 4096
_WORDS = ("Notausgang", "Kette", "Rauchmelder", "Treppenhaus", "Keller", "Messwert", "Aufzug")


def notices(count: int, recipient: str, seed: int = 1) -> list[bytes]:
    """Return *count* different requests to *recipient*; the same *seed* gives the same ones."""
    source = random.Random(seed)  # noqa: S311  invented values, no secret
    return [_of_size(_notice(number, recipient, source), source) for number in range(count)]


def _of_size(notice: dict[str, Json], source: random.Random) -> bytes:
    """Fill the description of the hazard up to the size of the body."""
    lacking = BODY_BYTES - len(_encode(notice))
    text = ""
    while len(text) < lacking:
        text += f" {source.choice(_WORDS)} {source.randint(1, 99)},"
    notice["payload"]["hazard_facts"] += text[:lacking]
    return _encode(notice)


def _encode(notice: dict[str, Json]) -> bytes:
    return json.dumps(notice, ensure_ascii=False).encode()


def _notice(number: int, recipient: str, source: random.Random) -> dict[str, Json]:
    today = date.today()
    house = source.randint(1, 200)
    return {
        "recipient": recipient,
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "DANGER_PREVENTION",
        "purpose_text": "Abwehr der Brandgefahr in der Gaststätte: Räumung und Auflagen prüfen",
        "legal_basis": ["NPOG-1-2", "NPOG-41"],
        "justification": "Notausgänge verschlossen. Das Ordnungsamt ist für die Anordnung "
        "gegen das Objekt zuständig.",
        "case_reference": f"BENCH-{number:06}",
        "acting_official": f"PHK Messung {number % 17}",
        "partnership": None,
        "facts": {
            "request_mode": "spontaneous",
            "danger_level": "concrete",
            "danger_facts": f"Notausgänge verschlossen, {source.randint(20, 300)} Gäste",
            "criminal_proceedings": False,
            "is_periodic": False,
            "protected_interest_contra": False,
            "review_date": (today + timedelta(days=180)).isoformat(),
        },
        "field_facts": {
            "licensee_name": {"data_subject_role": "responsible_person"},
            "guest_names": {"data_subject_role": "bystander"},
            "licensee_criminal_record": {"data_subject_role": "responsible_person"},
            "witness_name": {"data_subject_role": "witness"},
            "hazard_facts": {"as_of": today.isoformat(), "reliability": "confirmed"},
        },
        "payload": {
            "premises_address": f"Am Beispielufer {house}, 21335 Lüneburg",
            "hazard_facts": "Festgestellt:",
            "time_of_finding": f"{today.isoformat()}T{source.randint(10, 23)}:40:00+01:00",
            "licensee_name": _person(source, "Wirt", "1979-03-02"),
            "officer_contact": f"PI Lüneburg, Streifendienst, 04131 {source.randint(1000, 9999)}",
            "guest_names": [_person(source, "Gast") for _ in range(source.randint(2, 6))],
            "licensee_criminal_record": f"Geldstrafe, Az. {source.getrandbits(40):010x}",
            "witness_name": _person(source, "Zeugin"),
        },
    }


def _person(source: random.Random, role: str, born: str | None = None) -> dict[str, str]:
    person = {"family_name": f"{role}-{source.getrandbits(32):08x}", "given_names": "Kim"}
    return person if born is None else {**person, "date_of_birth": born}
