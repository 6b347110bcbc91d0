"""Hazard notices to measure with: each of exactly one size, no two alike, all permitted."""

import json
import random
from datetime import date, timedelta
from typing import Any

Json = Any
BODY_BYTES = 4096
LARGE_BYTES = 20_480
_ROOM = {
    "hazard_facts": 3900,
    "justification": 3800,
    "danger_facts": 3900,
    "licensee_criminal_record": 3900,
    "purpose_text": 1900,
    "acting_official": 150,
    "officer_contact": 400,
    "premises_address": 400,
    "family_name": 150,
    "given_names": 150,
}
"""How much each text can take beside what stands there already, in characters."""
_WORDS = ("Notausgang", "Kette", "Rauchmelder", "Treppenhaus", "Keller", "Messwert", "Aufzug")


def notices(count: int, recipient: str, seed: int = 1, size: int = BODY_BYTES) -> list[bytes]:
    """Return *count* different requests to *recipient*, each of *size* bytes.

    The same *seed* gives the same ones.
    """
    source = random.Random(seed)  # noqa: S311  invented values, no secret
    return [_of_size(_notice(number, recipient, source), source, size) for number in range(count)]


def _of_size(notice: dict[str, Json], source: random.Random, size: int) -> bytes:
    """Fill the texts of the notice, one after the other, up to the size of the body."""
    places = (
        (notice["payload"], "hazard_facts"),
        (notice, "justification"),
        (notice["facts"], "danger_facts"),
        (notice["payload"], "licensee_criminal_record"),
        (notice, "purpose_text"),
        (notice, "acting_official"),
        (notice["payload"], "officer_contact"),
        (notice["payload"], "premises_address"),
        *((guest, "family_name") for guest in notice["payload"]["guest_names"]),
        *((guest, "given_names") for guest in notice["payload"]["guest_names"]),
    )
    for members, name in places:
        members[name] += _words(size - len(_encode(notice)), _ROOM[name], source)
    return _encode(notice)


def _words(lacking: int, room: int, source: random.Random) -> str:
    wanted, text = min(lacking, room), ""
    while len(text) < wanted:
        text += f" {source.choice(_WORDS)} {source.randint(1, 99)},"
    return text[:wanted]


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
