"""The sentences of an effect: few examples, German and English."""

from typing import Any

from gateway.lifecycle import effect_words as words
from gateway.lifecycle.loosening import Loosening
from gateway.lifecycle.two_sets import Answer, Shown
from gateway.policy.changed_places import Place

Json = Any
PLACE = Place(("necessity", "NOTE", "OFFICE", "name"), {"need": ("needed", "withhold")})


def an_answer(sender: str = "POLICE", *codes: str, name: str = "") -> Answer:
    given = {"exchange_kind": "NOTE", "sender_kind": sender, "recipient_kind": "OFFICE"}
    shown = Shown.MORE if codes else Shown.LESS
    return Answer(given, {}, {}, Loosening(frozenset(codes), less=not codes), shown, name)


def test_a_way_says_what_is_more() -> None:
    (why,) = words.of_answers("probe_loosened", [an_answer("POLICE", "member", "verdict")])
    assert why.de == (
        "NOTE: POLICE → OFFICE: Felder werden zusätzlich weitergegeben, das Ergebnis ist günstiger"
    )
    assert why.en == "NOTE: POLICE → OFFICE: more members are released, a better verdict"


def test_a_way_says_that_less_leaves() -> None:
    (why,) = words.of_answers("probe_tightened", [an_answer()])
    assert (why.code, why.en) == ("probe_tightened", "NOTE: POLICE → OFFICE: less is released")


def test_a_case_is_named() -> None:
    (why,) = words.of_answers("case_tightened", [an_answer(name="C07")])
    assert why.de.startswith("Fall C07, NOTE: ")


def test_a_way_is_said_once_and_many_are_counted() -> None:
    answers = [an_answer(f"SENDER_{number}") for number in range(8)] * 2
    found = list(words.of_answers("probe_tightened", answers))
    assert len(found) == 6
    assert found[-1].de == "und 3 weitere Wege oder Fälle"


def test_a_place_and_a_file_are_named() -> None:
    assert words.of_place("wording", PLACE).de.startswith("necessity.NOTE.OFFICE.name.need: ")
    assert words.of_file("policies/a.rego").en.startswith("policies/a.rego: ")


def test_history_counts_whose_decisions_would_be_otherwise() -> None:
    rows = {("NOTE", "POLICE", "polizei"): 3, ("NOTE", "FIRE", "feuerwehr"): 1}
    first, second = words.of_history("history_loosened", rows)
    assert "1 frühere Entscheidungen zu NOTE von feuerwehr (FIRE) gäben mehr weiter" in first.de
    assert "3 past decisions on NOTE of polizei (POLICE) would release more" in second.en
    (less,) = words.of_history("history_tightened", {("NOTE", "POLICE", "polizei"): 3})
    assert "weniger" in less.de
