"""What the demonstration prints of a decision."""

from typing import Any

import pytest

from gateway.demo.say import Narrator

DENIAL = {
    "de": "Eine Sicherheitspartnerschaft ist keine Rechtsgrundlage.",
    "en": "A security partnership is no legal basis.",
    "norm": "§ 40 NPOG",
    "reason": "partnership_is_no_basis",
    "rule": "PARTNERSHIP-1",
    "status": "V",
}


def said(capsys: pytest.CaptureFixture[str], status: int, body: dict[str, Any]) -> str:
    Narrator().verdict(status, body)
    return capsys.readouterr().out


def test_a_denial_is_told_with_sentence_norm_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, 403, {"denials": [DENIAL], "withheld": [{"members": ["x"], **DENIAL}]})
    assert "nicht zulässig" in text
    assert DENIAL["de"] in text
    assert "§ 40 NPOG" in text
    assert "– x" not in text  # in a denial everything is withheld


def test_a_permit_is_told_with_what_goes_and_why_the_rest_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = {"released": ["anschrift"], "withheld": [{"members": ["zeuge"], **DENIAL}]}
    text = said(capsys, 201, body)
    assert "weitergegeben: anschrift" in text
    assert "– zeuge" in text
    assert "§ 40 NPOG" in text


def test_an_attachment_is_shown_by_its_type_and_a_long_text_is_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    photo = {"media_type": "image/jpeg", "content": "QUJD"}
    Narrator().received("Das Amt", {"foto": photo, "text": "lang " * 100})
    text = capsys.readouterr().out
    assert "<image/jpeg>" in text
    assert "QUJD" not in text
    assert "…" in text
