"""The watch of a fuzzing run sees what it is there for."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.fuzz.generator import CANARY, Generator
from tests.fuzz.over_https import Attack
from tests.fuzz.watch import watched


def complain() -> None:
    try:
        raise ValueError(f"value {CANARY}")
    except ValueError:
        logging.getLogger("a.library").exception("it failed")


def test_a_planted_value_and_a_traceback_of_a_library_are_seen() -> None:
    with watched() as seen:
        complain()

    assert seen.with_a(CANARY)
    assert seen.with_a_traceback()


def test_a_planted_value_in_an_event_of_ours_is_seen() -> None:
    with watched() as seen:
        structlog.get_logger("gateway").warning("event", value=CANARY)

    assert seen.with_a(CANARY)


@pytest.fixture
def attack() -> Iterator[Attack]:
    yield Attack(stage=None, generator=Generator(1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (500, b"", ""),
        (502, b"", ""),
        (400, CANARY.encode(), ""),
        (200, b"", f"x: {CANARY}"),
        (503, b"an error that nobody meant", ""),
    ],
)
def test_an_answer_that_must_not_be_ends_the_run(
    attack: Attack, status: int, body: bytes, headers: str
) -> None:
    with pytest.raises(AssertionError):
        attack._check(status, body, headers)


def test_an_answer_as_it_should_be_is_counted(attack: Attack) -> None:
    attack._check(422, b'{"status":422}', "")

    assert attack.statuses[422] == 1
