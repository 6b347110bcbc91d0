"""Only who opens what is sealed to a unit can answer, and only for a while."""

import json

import pytest

from gateway.model.unit import Unit
from gateway.readings.challenge import LASTS_S, Challenge, challenge, check_answer
from gateway.registry import parse_unit
from gateway.sealing import unseal
from tests.builders import NOW, a_unit, keys_of

KEY = b"k" * 32
UNIT = parse_unit(a_unit())


def asked(unit: Unit = UNIT) -> Challenge:
    question = challenge(unit, NOW, KEY)
    assert question is not None
    return question


def opened(question: Challenge, unit_id: str = "ordnungsamt") -> str:
    sealed = unseal(question.jwe.encode(), keys_of(unit_id).decryption)
    document = json.loads(sealed)
    assert document.keys() == {"self_test", "answer"}
    return str(document["answer"])


def test_the_holder_of_the_key_answers() -> None:
    question = asked()
    check = check_answer(UNIT, question.expires, opened(question), NOW + 1, KEY)
    assert (check.name, check.ok) == ("decryption", True)


@pytest.mark.parametrize("answer", ["", "0" * 64, "ä", "\ud800"])
def test_whoever_guesses_is_wrong_and_told_what_to_do(answer: str) -> None:
    check = check_answer(UNIT, asked().expires, answer, NOW, KEY)
    assert check.ok is False
    assert check.todo


def test_an_answer_is_good_for_one_unit_and_one_key() -> None:
    answer, expires = opened(asked()), asked().expires
    other = parse_unit(a_unit("jugendamt"))
    rekeyed = parse_unit(a_unit(encryption_key=a_unit("jugendamt")["encryption_key"]))
    assert check_answer(other, expires, answer, NOW, KEY).ok is False
    assert check_answer(rekeyed, expires, answer, NOW, KEY).ok is False
    assert check_answer(UNIT, expires, answer, NOW, b"x" * 32).ok is False


@pytest.mark.parametrize(
    ("expires", "now"), [(NOW, NOW + 1), (NOW + LASTS_S + 1, NOW), (10**15, NOW), (-1, NOW)]
)
def test_an_answer_is_good_for_a_while(expires: int, now: int) -> None:
    check = check_answer(UNIT, expires, "0" * 64, now, KEY)
    assert (check.ok, "vorbei" in check.de) == (False, True)


def test_a_unit_without_a_key_is_asked_nothing() -> None:
    assert challenge(parse_unit(a_unit(encryption_key=None)), NOW, KEY) is None
