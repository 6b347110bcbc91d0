"""What a person reads about an answer."""

import json
from typing import Any

from gateway.client.sender import SentAnswer
from gateway.client.wording import describe

SAID = {"norm": "Art. 5 Abs. 1 Buchst. b DSGVO", "de": "Der Zweck fehlt.", "en": "No purpose."}


def described(status: int, body: Any) -> str:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return describe(SentAnswer(status, {}, data))


def test_a_permit_names_what_goes_and_what_stays_with_norm_and_sentence() -> None:
    text = described(
        201,
        {
            "verdict": "permit",
            "exchange_id": "ab" * 16,
            "released": ["address", "name"],
            "withheld": [{"members": ["religion"], **SAID}],
            "obligations": [{"code": "OB-PURPOSE"}],
        },
    )

    assert text.splitlines() == [
        f"Zulässig (permitted) – Vorgang {'ab' * 16}",
        "  Übermittelt: address, name",
        "  Zurückbehalten: religion – Art. 5 Abs. 1 Buchst. b DSGVO: Der Zweck fehlt.",
        "  Auflage: OB-PURPOSE",
    ]


def test_a_denial_names_its_reasons_and_does_not_repeat_them_for_each_member() -> None:
    text = described(
        403,
        {
            "verdict": "deny",
            "exchange_id": "ab" * 16,
            "denials": [SAID],
            "withheld": [{"members": ["a", "b"], **SAID}],
        },
    )

    assert text.splitlines() == [
        f"Nicht zulässig, nichts wurde übermittelt (denied) – Vorgang {'ab' * 16}",
        "  Grund: Art. 5 Abs. 1 Buchst. b DSGVO: Der Zweck fehlt.",
    ]


def test_what_would_change_a_denial_stands_under_it_with_its_evidence() -> None:
    order = {"label_de": "Anordnung", "de": "mit Aktenzeichen"}
    danger = {"label_de": "Gefahr", "de": "Tatsachen"}
    need = {"reason": "order_missing", "members": ["name"], "any_of": [[order, danger], [danger]]}

    lines = described(403, {"verdict": "deny", "denials": [SAID], "needs": [need]}).splitlines()

    assert lines[-3:] == [
        "  Was daran etwas ändert (needs): order_missing für name",
        "    – Anordnung: mit Aktenzeichen; Gefahr: Tatsachen",
        "    – Gefahr: Tatsachen",
    ]


def test_a_hold_says_in_which_text_what_was_found() -> None:
    text = described(
        202, {"verdict": "hold", "free_text": [{"member": "note", "withheld": "religion"}]}
    )

    assert "Wartet auf einen benannten Menschen" in text
    assert "Freitext note enthält Zurückbehaltenes aus religion" in text


def test_a_problem_names_each_fault_and_the_page_that_helps() -> None:
    text = described(
        422,
        {
            "title": "Die Anfrage hat nicht die verlangte Form",
            "title_en": "The request does not have the form required",
            "detail": "Was zu ändern ist, steht unter faults.",
            "detail_en": "What must change is given under faults.",
            "faults": [{"pointer": "/facts/x", "what": "an integer is needed"}],
            "type": "https://schleuse.example/problems/invalid-request",
        },
    )

    assert "/facts/x: an integer is needed" in text
    assert text.splitlines()[-1].endswith("https://schleuse.example/problems/invalid-request")


def test_a_stop_is_named_with_its_reason() -> None:
    body = {"title": "Das ist zurzeit angehalten", "stop": {"id": "ab", "reason": "Verdacht"}}
    assert "Sperre (stop) ab: Verdacht" in described(503, body)
    assert "Sperre (stop) ab: Verdacht" in described(200, {**body, "verdict": "permit"})


def test_an_answer_of_something_else_is_no_decision() -> None:
    assert described(502, b"<html>") == "502 Keine Entscheidung ()"
