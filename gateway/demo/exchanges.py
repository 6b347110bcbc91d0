"""The exchanges of the demonstration; every person, place, file number is invented."""

import base64
from datetime import date, timedelta
from typing import Any

from gateway.demo.cast import EXECUTIVE, FIRE_SERVICE, ORDER_OFFICE, POLICE, YOUTH_OFFICE

Json = Any

_JPEG = base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 64).decode()
_MP4 = base64.b64encode(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64).decode()
WITNESS_FAMILY_NAME = "Brockmann-Feldhus"


def _in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


def _person(family: str, given: str, born: str | None = None) -> dict[str, str]:
    person = {"family_name": family, "given_names": given}
    return person if born is None else {**person, "date_of_birth": born}


def emergency_exits() -> dict[str, Json]:
    """Case V01: a patrol finds locked emergency exits; the order office must act."""
    return {
        "recipient": ORDER_OFFICE.id,
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "DANGER_PREVENTION",
        "purpose_text": "Abwehr der Brandgefahr in der Gaststätte: Räumung und Auflagen prüfen",
        "legal_basis": ["NPOG-1-2", "NPOG-41"],
        "justification": "Notausgänge verschlossen, CO-Alarm, 80 Gäste. Das Ordnungsamt ist "
        "für die Anordnung gegen das Objekt zuständig.",
        "case_reference": "ESD-2026-11-4711",
        "acting_official": "PHK Demo",
        "partnership": "sicherheitspartnerschaft-lueneburg",
        "facts": {
            "request_mode": "spontaneous",
            "danger_level": "concrete",
            "danger_facts": "Notausgänge verschlossen, Kohlenmonoxid-Alarm, 80 Gäste",
            "criminal_proceedings": False,
            "is_periodic": False,
            "protected_interest_contra": False,
            "review_date": _in_days(180),
        },
        "field_facts": {
            "licensee_name": {"data_subject_role": "responsible_person"},
            "guest_names": {"data_subject_role": "bystander"},
            "licensee_criminal_record": {"data_subject_role": "responsible_person"},
            "assessment_clan_affinity": {
                "data_subject_role": "responsible_person",
                "is_assessment": True,
            },
            "witness_name": {"data_subject_role": "witness"},
            "hazard_facts": {"as_of": date.today().isoformat(), "reliability": "confirmed"},
        },
        "payload": {
            "premises_address": "Am Beispielufer 12, 21335 Lüneburg",
            "hazard_facts": "Beide Notausgänge mit Ketten verschlossen, CO-Melder in Alarm.",
            "time_of_finding": f"{date.today().isoformat()}T02:40:00+01:00",
            "licensee_name": _person("Musterwirt", "Jonas", "1979-03-02"),
            "photos_exits_no_persons": [{"media_type": "image/jpeg", "content": _JPEG}],
            "officer_contact": "PI Lüneburg, Einsatz- und Streifendienst, 04131 0000",
            "guest_names": [_person("Beispielgast", "Anna"), _person("Probegast", "Ole")],
            "licensee_criminal_record": "2019 Geldstrafe wegen einer Verkehrsstraftat",
            "assessment_clan_affinity": "gilt in Kreisen als „clan-nah“",
            "witness_name": _person(WITNESS_FAMILY_NAME, "Petra"),
        },
    }


def person_list() -> dict[str, Json]:
    """Case V02, sent unasked: a list of persons, and no basis but the partnership."""
    return {
        "recipient": ORDER_OFFICE.id,
        "exchange_kind": "PERSON_LIST_EXCHANGE",
        "purpose": "SITUATION_PICTURE",
        "original_purpose": "PROSECUTION",
        "purpose_text": "Lagebild",
        "legal_basis": ["PARTNERSHIP"],
        "justification": "Wie in der Sicherheitspartnerschaft vereinbart.",
        "case_reference": None,
        "acting_official": "PHK Demo",
        "partnership": "sicherheitspartnerschaft-lueneburg",
        "facts": {
            "request_mode": "spontaneous",
            "danger_level": "none",
            "selection_key": "surname",
            "criminal_proceedings": True,
            "prosecutor_decision": False,
            "is_periodic": False,
            "protected_interest_contra": False,
            "review_date": _in_days(180),
        },
        "field_facts": {},
        "payload": {
            "full_names": [_person(f"Mustername{number:02}", "Kim") for number in range(12)],
            "addresses": ["Am Beispielufer 1, 21335 Lüneburg"],
            "family_affiliation": ["Familie Mustername"],
            "offence_counts": [3],
        },
    }


def child_in_danger() -> dict[str, Json]:
    """Case V11: the youth office calls in the police at once."""
    return {
        "recipient": POLICE.id,
        "exchange_kind": "CHILD_ENDANGERMENT",
        "purpose": "CHILD_PROTECTION",
        "original_purpose": "YOUTH_WELFARE",
        "purpose_text": "Das verletzte Kind sofort aus der Wohnung holen und versorgen lassen",
        "legal_basis": ["SGB8-8A", "SGB10-71-1"],
        "justification": "Der Vater verweigert den Zutritt; das Kind soll verletzt sein.",
        "case_reference": "51-KWG-2026-0815",
        "acting_official": "Bezirkssozialdienst Demo",
        "partnership": None,
        "facts": {
            "request_mode": "spontaneous",
            "immediate_action": True,
            "guardians_cooperate": False,
            "weighty_indications": True,
            "danger_level": "present_life_limb_freedom",
            "danger_facts": "Schreie, verweigerter Zutritt, Verletzung gemeldet",
            "benefit_risk": False,
            "is_periodic": False,
            "protected_interest_contra": False,
            "review_date": _in_days(90),
        },
        "field_facts": {"child_identity": {"data_subject_role": "endangered_person"}},
        "payload": {
            "child_identity": _person("Beispielkind", "Mia", _in_days(-4 * 365 - 100)),
            "whereabouts": "Teststraße 5, 21337 Lüneburg, 3. OG links",
            "acute_danger_facts": "Nachbarn hören Schreie; laut Anruf blutet das Kind am Kopf.",
            "guardian_identity": _person("Beispielvater", "Tom", "1990-07-21"),
            "violence_risk_in_flat": "Der Vater hat mit einem Messer gedroht.",
            "therapy_notes_mother": "Der Therapeutin anvertraut: Angaben zur eigenen Kindheit",
            "benefit_history": "Hilfe zur Erziehung seit 2024",
        },
    }


def statistics() -> dict[str, Json]:
    """Municipal statistics, sent unasked: one table has a cell that singles a person out."""
    return {
        "recipient": EXECUTIVE.id,
        "exchange_kind": "STATISTICS",
        "purpose": "SITUATION_PICTURE",
        "original_purpose": "STATISTICS",
        "purpose_text": "Monatszahlen für die Planung der Straßenbeleuchtung in der Innenstadt",
        "legal_basis": [],
        "justification": "Die Stadt plant Beleuchtung und Präsenz nach Zahlen.",
        "case_reference": None,
        "acting_official": "Analysestelle Demo",
        "partnership": "sicherheitspartnerschaft-lueneburg",
        "facts": {
            "request_mode": "spontaneous",
            "is_periodic": True,
            "protected_interest_contra": False,
            "review_date": _in_days(365),
        },
        "payload": {
            "table_district_month_offencegroup": {
                "dimensions": ["district", "month", "offence_group"],
                "cells": [
                    {"keys": ["Altstadt", "2026-10", "Diebstahl"], "count": 41},
                    {"keys": ["Altstadt", "2026-10", "Raub"], "count": 2},
                    {"keys": ["Kaltenmoor", "2026-10", "Diebstahl"], "count": 17},
                ],
            },
            "trend_text": "Die Zahl der Diebstähle ist gegenüber dem Vormonat leicht gesunken.",
        },
    }


def suspicious_event() -> dict[str, Json]:
    """Case V22: a dispatcher forwards a driver's report, with company data attached."""
    return {
        "recipient": POLICE.id,
        "exchange_kind": "SUSPICIOUS_EVENT",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "CONTRACT_PERFORMANCE",
        "purpose_text": "Planenschlitzer auf dem Rastplatz: die Polizei soll einschreiten können",
        "legal_basis": ["BDSG-24"],
        "justification": "Der Fahrer sieht, wie Personen Planen aufschneiden.",
        "case_reference": "LEIT-2026-311",
        "acting_official": "Leitstand Demo",
        "partnership": None,
        "facts": {
            "request_mode": "spontaneous",
            "danger_level": "concrete",
            "danger_facts": "Personen öffnen Planen auf einem Autobahnparkplatz",
            "offence_class": "misdemeanour",
            "is_periodic": False,
            "protected_interest_contra": False,
            "review_date": _in_days(60),
        },
        "field_facts": {
            "vehicle_plate_observed": {"data_subject_role": "suspect"},
            "reporter_contact": {"data_subject_role": "witness"},
            "gps_tracks_all_drivers": {"data_subject_role": "bystander"},
            "driver_sick_notes": {"data_subject_role": "bystander"},
            "customer_list": {"data_subject_role": "bystander"},
        },
        "payload": {
            "time_place": "Rastplatz Musterheide (A 39), 02:15 Uhr",
            "observed_behaviour": "Drei Personen schneiden Planen auf und laden um.",
            "vehicle_plate_observed": ["XX-AB 1234"],
            "reporter_contact": {
                "family_name": "Musterfahrer",
                "given_names": "Ralf",
                "phone": "0000 000",
            },
            "dashcam_clip_of_event": {"media_type": "video/mp4", "content": _MP4},
            "gps_tracks_all_drivers": ["53.2464 N 10.4115 O", "53.3011 N 10.3902 O"],
            "driver_sick_notes": ["Fahrer 9 krankgemeldet", "Fahrer 12 krankgemeldet"],
            "customer_list": ["Kunde A GmbH", "Kunde B KG"],
        },
    }


def notice_to_fire_service() -> dict[str, Json]:
    """The hazard notice, addressed to a unit that nothing can be sealed to."""
    return {**emergency_exits(), "recipient": FIRE_SERVICE.id}


def notice_to_youth_office() -> dict[str, Json]:
    """A child endangerment notice by the police, for the recipient that is down."""
    notice = child_in_danger()
    return {
        **notice,
        "recipient": YOUTH_OFFICE.id,
        "original_purpose": "DANGER_PREVENTION",
        "legal_basis": ["NPOG-1-2", "NPOG-43"],
        "justification": "Ein Kind wird nachts allein auf der Straße angetroffen und gefährdet.",
        "payload": {
            name: value
            for name, value in notice["payload"].items()
            if name in {"child_identity", "whereabouts", "acute_danger_facts"}
        },
    }
