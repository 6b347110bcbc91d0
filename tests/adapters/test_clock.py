"""The day changes at midnight in Berlin, in winter an hour before UTC, in summer two."""

from datetime import UTC, datetime

import pytest
import time_machine

from gateway.adapters.clock import SystemClock, moment_at
from tests.builders import day


@pytest.mark.parametrize(
    ("utc", "berlin"),
    [
        ("2026-01-31T22:59:59", "2026-01-31"),
        ("2026-01-31T23:00:00", "2026-02-01"),
        ("2026-07-31T21:59:59", "2026-07-31"),
        ("2026-07-31T22:00:00", "2026-08-01"),
        ("2026-03-29T00:59:59", "2026-03-29"),
        ("2026-10-24T21:59:59", "2026-10-24"),
        ("2026-10-25T22:59:59", "2026-10-25"),
        ("2026-10-25T23:00:00", "2026-10-26"),
        ("1970-01-01T00:00:00", "1970-01-01"),
    ],
)
def test_the_day_of_a_moment_is_that_of_berlin(utc: str, berlin: str) -> None:
    second = int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp())

    moment = moment_at(second)

    assert moment.evaluated_at == second
    assert moment.evaluated_on == day(berlin)


def test_the_clock_of_the_system_is_the_clock_of_the_system() -> None:
    with time_machine.travel(datetime(2026, 11, 18, 23, 30, tzinfo=UTC), tick=False):
        assert SystemClock().now() == moment_at(1_795_044_600)
        assert SystemClock().now().evaluated_on == day("2026-11-19")
