"""When a delivery that failed is tried again."""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass

_DRAW = secrets.SystemRandom().random


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with full jitter, in seconds, and never before the recipient asks for it.

    `draw` gives a number from 0 to before 1.
    """

    first_s: float
    longest_s: float
    draw: Callable[[], float] = _DRAW

    def next_at(self, now: int, attempt: int, retry_after_s: int | None) -> int:
        """Return the epoch second of the try after *attempt* (from 1) failed at *now*.

        `Retry-After` counts up to the longest pause, so that no recipient postpones a
        delivery beyond the time in which it is given up.
        """
        doublings = min(attempt - 1, 32)
        pause = self.draw() * min(self.longest_s, math.ldexp(self.first_s, doublings))
        asked = min(retry_after_s or 0, self.longest_s)
        return now + max(1, math.ceil(max(pause, asked)))
