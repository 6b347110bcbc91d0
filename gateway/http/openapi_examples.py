"""Examples in the OpenAPI document, of invented persons, places and file numbers."""

from collections.abc import Mapping
from typing import Any

from gateway.http import problems

Json = Any

_ID = "4f2a90c17be84d0f9c3be1d2a6075813"
_RECEIPT = {
    "sd_jwt": "eyJhbGciOiJFZDI1NTE5In0.eyJ0eXBlIjoiZGVjaXNpb24ifQ.c2ln~WyJzIl0~",
    "proof": "c2sp.org/tlog-proof@v1\nindex 7\n\ngateway.example/2026\n8\nroot\n",
}
_EXCHANGE = {
    "recipient": "ordnungsamt-lueneburg",
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "purpose": "DANGER_PREVENTION",
    "original_purpose": "DANGER_PREVENTION",
    "purpose_text": "Abwehr der Brandgefahr in der Gaststätte: Räumung und Auflagen prüfen",
    "legal_basis": ["NPOG-1-2", "NPOG-41"],
    "justification": "Notausgänge verschlossen; das Ordnungsamt ist zuständig.",
    "case_reference": "ESD-2026-11-4711",
    "acting_official": "PHK Beispiel",
    "facts": {
        "request_mode": "spontaneous",
        "danger_level": "concrete",
        "danger_facts": "Notausgänge verschlossen, Alarm, 80 Gäste",
        "review_date": "2027-05-01",
    },
    "field_facts": {"licensee_name": {"data_subject_role": "responsible_person"}},
    "payload": {
        "premises_address": "Am Beispielufer 12, 21335 Lüneburg",
        "hazard_facts": "Beide Notausgänge sind mit Ketten verschlossen.",
        "licensee_name": {"family_name": "Musterwirt", "given_names": "Jonas"},
    },
}
_DECISION = {
    "exchange_id": _ID,
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "recipient": "ordnungsamt-lueneburg",
    "verdict": "permit",
    "decided_at": 1_795_000_000,
    "denials": [],
    "released": ["hazard_facts", "licensee_name", "premises_address"],
    "withheld": [],
    "free_text": [],
    "obligations": [
        {
            "code": "OB-DELETE-AT",
            "rule": "GDPR-5-1E",
            "executor": "recipient",
            "parameters": {"delete_at_day": 20_939},
            "de": "Die Daten sind zum genannten Tag zu löschen.",
            "en": "The data must be erased by the day given.",
        }
    ],
    "struck_out": [],
    "needs": [],
    "regime": {"sender": "JI", "recipient": "DSGVO"},
    "accountable": "sender",
    "receipt": _RECEIPT,
}
_DENIED = {
    **problems.members_of(problems.DENIED, "https://gateway.example"),
    "instance": f"/v1/exchanges/{_ID}",
    **_DECISION,
    "verdict": "deny",
    "released": [],
    "obligations": [],
    "denials": [
        {
            "reason": "purpose_missing_or_vague",
            "rule": "GDPR-5-1B",
            "norm": "Art. 5 Abs. 1 Buchst. b DSGVO",
            "status": "V",
            "de": "Der Zweck fehlt oder ist nicht bestimmt genug.",
            "en": "The purpose is missing or not specific enough.",
        }
    ],
}

EXAMPLES: Mapping[str, Json] = {
    "ExchangeRequest": _EXCHANGE,
    "permitted": _DECISION,
    "held": {
        **_DECISION,
        "verdict": "hold",
        "free_text": [{"member": "hazard_facts", "withheld": "guest_names"}],
    },
    "denied": _DENIED,
    "DataRequest": {
        "holder": "meldebehoerde-lueneburg",
        "exchange_kind": "REGISTER_REQUEST",
        "purpose": "DANGER_PREVENTION",
        "legal_basis": ["BMG-34"],
        "justification": "Anschrift von Jonas Musterwirt; seine Gaststätte ist zu räumen.",
        "case_reference": "GEW-2026-311",
        "acting_official": "Erika Beispiel",
        "facts": {
            "recipient_collection_basis": "NPOG-30-2",
            "third_party_collection_reason": "task_endangered_otherwise",
        },
    },
    "Decline": {"because": "no_data"},
    "Acknowledgement": {"delivery_id": _ID, "jwe_sha256": "5e" * 32},
    "ChallengeAnswer": {"expires": 1_795_000_120, "answer": "3q2-7w"},
    "Nothing": {},
}
