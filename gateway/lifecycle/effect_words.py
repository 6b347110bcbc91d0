"""The sentences of an effect, in German and English."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from gateway.lifecycle.effect import Why
from gateway.lifecycle.two_sets import Answer
from gateway.policy.changed_places import Place

Json = Any

_EXAMPLES = 5
_MORE = {
    "verdict": ("das Ergebnis ist günstiger", "a better verdict"),
    "member": ("Felder werden zusätzlich weitergegeben", "more members are released"),
    "transformation": ("Felder werden anders verändert", "members are changed otherwise"),
    "obligation_gone": ("eine Auflage entfällt", "an obligation is gone"),
    "obligation_otherwise": ("eine Auflage lautet anders", "an obligation is otherwise"),
    "log_class": ("eine andere Protokollklasse", "another log class"),
    "neutral": ("die Antwort ist nicht mehr neutral", "no longer answered neutrally"),
    "regime": ("ein anderes Rechtsregime", "another regime"),
    "accountable": ("ein anderer Verantwortlicher", "someone else is accountable"),
}
_PLACES = {
    "effect_not_shown": (
        "keine Probe, kein Fall und keine frühere Entscheidung zeigt, dass es verschärft",
        "no probe, case or past decision shows that it tightens",
    ),
    "loosens": ("gibt mehr frei", "releases more"),
    "tightens": ("verschärft", "tightens"),
    "otherwise": (
        "entscheidet anders; dass es verschärft, zeigt keine Probe",
        "decides otherwise; no probe shows that it tightens",
    ),
    "wording": ("nur Wortlaut, keine Regel liest ihn", "wording only, no rule reads it"),
}
_WHOLE = {
    "undecided": (
        "Nicht jede Probe wird unter dem Entwurf entschieden",
        "Not every probe is decided under the draft",
    ),
    "layout": ("Nur die Schreibweise der Tabellen", "Only how the tables are written"),
    "nothing": ("Kein Unterschied", "No difference"),
}


def whole(code: str) -> Why:
    """Say something of the change as a whole."""
    return Why(code, *_WHOLE[code])


def of_file(path: str) -> Why:
    """Say that a file that no comparison of decisions covers is otherwise."""
    return Why(
        "rules_changed",
        f"{path}: geänderter Text zählt immer als mehr",
        f"{path}: changed text always counts as more",
    )


def of_place(code: str, place: Place) -> Why:
    """Say what one place of the tables shows."""
    de, en = _PLACES[code]
    return Why(code, f"{place}: {de}", f"{place}: {en}")


def of_answers(code: str, answers: Iterable[Answer]) -> Iterator[Why]:
    """Say for the first ways and cases in which more or less is released."""
    said = dict.fromkeys(_of_answer(code, answer) for answer in answers)
    yield from islice(said, _EXAMPLES)
    if len(said) > _EXAMPLES:
        rest = len(said) - _EXAMPLES
        yield Why(code, f"und {rest} weitere Wege oder Fälle", f"and {rest} more ways or cases")


def _of_answer(code: str, answer: Answer) -> Why:
    given = answer.given
    way = f"{given['exchange_kind']}: {given['sender_kind']} → {given['recipient_kind']}"
    if answer.name:
        de, en = f"Fall {answer.name}, {way}", f"case {answer.name}, {way}"
    else:
        de = en = way
    if not answer.found.more:
        return Why(code, f"{de}: es wird weniger weitergegeben", f"{en}: less is released")
    german, english = zip(*(_MORE[each] for each in sorted(answer.found.more)), strict=True)
    return Why(code, f"{de}: {', '.join(german)}", f"{en}: {', '.join(english)}")


def of_history(code: str, rows: Mapping[tuple[str, ...], int]) -> Iterator[Why]:
    """Say how many past decisions of whom would release more or less."""
    word = ("mehr", "more") if code == "history_loosened" else ("weniger", "less")
    for (kind, sender, controller), count in sorted(rows.items()):
        yield Why(
            code,
            f"{count} frühere Entscheidungen zu {kind} von {controller} ({sender})"
            f" gäben {word[0]} weiter",
            f"{count} past decisions on {kind} of {controller} ({sender}) would release {word[1]}",
        )
