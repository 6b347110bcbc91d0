"""Waiting for what another thread or process does a moment later."""

import time
from collections.abc import Callable

_STEP_S = 0.01


def within(seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds; fail if it does not within *seconds*."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(_STEP_S)
