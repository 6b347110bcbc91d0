"""What counts as releasing more: whatever is not surely the same or less."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from gateway.lifecycle.loosening import loosening, withdrawn

Json = Any
Change = Callable[[dict[str, Json]], None]
RETENTION = {"log_class": "decision_log_JI", "erase_at_day": 21_183}


def a_permit() -> dict[str, Json]:
    return {
        "verdict": "permit",
        "denials": [],
        "outcomes": [
            {"action": "release", "parameters": {}, "reasons": [], "members": ["a", "b"]},
            {"action": "generalise", "parameters": {"to": "year"}, "members": ["c"]},
            {"action": "withhold", "parameters": {}, "members": ["d"]},
        ],
        "obligations": [
            {"code": "OB-LOG-RETENTION", "rule": "LOG-1", "parameters": RETENTION},
            {"code": "OB-MARK", "rule": "NPOG-38", "parameters": {}},
        ],
        "regime": {"sender": "JI", "recipient": "DSGVO"},
        "accountable": "sender",
        "neutral": True,
        "log_class": "decision_log_JI",
    }


def a_denial() -> dict[str, Json]:
    members = ["a", "b", "c", "d"]
    return {
        **a_permit(),
        "verdict": "deny",
        "outcomes": [{"action": "withhold", "parameters": {}, "members": members}],
        "obligations": a_permit()["obligations"][:1],
    }


def verdict(word: str) -> Change:
    return lambda decision: decision.update(verdict=word)


def acted(place: int, action: str, **parameters: Json) -> Change:
    return lambda it: it["outcomes"][place].update(action=action, parameters=parameters)


def with_part(name: str, value: Json) -> Change:
    return lambda decision: decision.update({name: value})


def without_the_mark(decision: dict[str, Json]) -> None:
    decision["obligations"].pop()


def erased(day: int) -> Change:
    return lambda it: it["obligations"][0].update(parameters={**RETENTION, "erase_at_day": day})


def changed(change: Change) -> dict[str, Json]:
    decision = deepcopy(a_permit())
    change(decision)
    return decision


def test_equal_decisions_are_neither_more_nor_less() -> None:
    found = loosening(a_permit(), a_permit())
    assert (found.more, found.less, found.loosens) == (frozenset(), False, False)


MORE: dict[str, tuple[Change, str]] = {
    "a withheld member is generalised": (acted(2, "generalise", to="year"), "member"),
    "a withheld member is released": (acted(2, "release"), "member"),
    "a generalised member is released": (acted(1, "release"), "member"),
    "a member is generalised otherwise": (acted(1, "generalise", to="band"), "transformation"),
    "a member has a pseudonym instead": (acted(1, "pseudonymise", to="year"), "transformation"),
    "a duty is gone": (without_the_mark, "obligation_gone"),
    "the record is erased later": (erased(21_184), "obligation_otherwise"),
    "the record is erased earlier": (erased(21_182), "obligation_otherwise"),
    "another log class": (with_part("log_class", "decision_log_DSGVO"), "log_class"),
    "no longer answered neutrally": (with_part("neutral", False), "neutral"),
    "someone else answers for it": (with_part("accountable", "recipient"), "accountable"),
    "another regime": (with_part("regime", {"sender": "JI", "recipient": "JI"}), "regime"),
}


@pytest.mark.parametrize(("change", "code"), MORE.values(), ids=MORE)
def test_more_is_what_is_released_further_or_guarded_less(change: Change, code: str) -> None:
    found = loosening(a_permit(), changed(change))
    assert (found.more, found.loosens) == ({code}, True)


@pytest.mark.parametrize(("low", "high"), [("deny", "hold"), ("hold", "permit")])
def test_a_verdict_nearer_to_a_permit_is_more(low: str, high: str) -> None:
    was, now = changed(verdict(low)), changed(verdict(high))
    assert loosening(was, now).more == {"verdict"}
    assert loosening(now, was).more == set()
    assert loosening(now, was).less


LESS: dict[str, Change] = {
    "a released member is withheld": acted(0, "withhold"),
    "a released member is generalised": acted(0, "generalise", to="year"),
    "a generalised member is withheld": acted(1, "withhold"),
    "the exchange is held": verdict("hold"),
}


@pytest.mark.parametrize("change", LESS.values(), ids=LESS)
def test_less_is_what_is_withheld_or_held(change: Change) -> None:
    found = loosening(a_permit(), changed(change))
    assert (found.more, found.less) == (frozenset(), True)


def test_a_denial_needs_no_duties_of_a_release() -> None:
    found = loosening(a_permit(), a_denial())
    assert (found.more, found.less) == (frozenset(), True)


def test_a_denial_with_fewer_duties_than_a_denial_is_more() -> None:
    assert loosening(a_denial(), {**a_denial(), "obligations": []}).more == {"obligation_gone"}


def test_a_permit_in_place_of_a_denial_is_more_in_verdict_and_members() -> None:
    assert loosening(a_denial(), a_permit()).more == {"verdict", "member"}


def test_another_reason_for_the_same_is_neither() -> None:
    other = {"reason": "not_necessary", "rule": "GDPR-5-1C"}
    found = loosening(a_permit(), changed(lambda it: it["outcomes"][2].update(reasons=[other])))
    assert (found.more, found.less) == (frozenset(), False)


def test_an_added_duty_is_neither() -> None:
    found = loosening(changed(without_the_mark), a_permit())
    assert (found.more, found.less) == (frozenset(), False)


def test_a_duty_that_may_have_gone_with_its_members_is_told_apart() -> None:
    """Whether it did can only be seen by asking once more, without them."""

    def less(decision: dict[str, Json]) -> None:
        acted(0, "withhold")(decision)
        without_the_mark(decision)

    found = loosening(a_permit(), changed(less))
    assert (found.more, found.perhaps_with_members, found.loosens) == (
        {"obligation_gone"},
        True,
        False,
    )


def test_a_neutral_answer_does_not_go_with_members() -> None:
    def less(decision: dict[str, Json]) -> None:
        acted(0, "withhold")(decision)
        decision["neutral"] = False

    assert loosening(a_permit(), changed(less)).loosens


def test_withdrawn_are_the_members_of_which_nothing_leaves_any_more() -> None:
    assert withdrawn(a_permit(), changed(acted(0, "withhold"))) == {"a", "b"}
    assert withdrawn(a_permit(), changed(acted(0, "generalise"))) == set()
    assert withdrawn(a_denial(), a_permit()) == set()
