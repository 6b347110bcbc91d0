"""What every `Clock` promises: seconds in UTC, and the day in Europe/Berlin."""

import time

import pytest

from gateway.adapters.clock import SystemClock
from gateway.adapters.memory.clock import MemoryClock
from gateway.ports import Clock


@pytest.fixture(params=["memory", "system"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return SystemClock() if request.param == "system" else MemoryClock(int(time.time()))


def test_the_moment_is_now_in_epoch_seconds(clock: Clock) -> None:
    assert abs(clock.now().evaluated_at - time.time()) < 5


def test_the_day_is_the_one_of_berlin(clock: Clock) -> None:
    """It is that of UTC, or the next one in the last two hours of a day of UTC."""
    moment = clock.now()
    assert 0 <= moment.evaluated_on * 86_400 - moment.evaluated_at + 86_400 <= 86_400 + 7_200


def test_time_does_not_run_backwards(clock: Clock) -> None:
    assert clock.now().evaluated_at <= clock.now().evaluated_at
