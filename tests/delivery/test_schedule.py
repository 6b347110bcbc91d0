"""When a failed delivery is tried again."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.schedule import Backoff

NOW = 1_795_000_000
DRAWS = st.floats(0, 1, exclude_max=True)


def test_the_pause_grows_to_its_longest() -> None:
    backoff = Backoff(2.0, 3600.0, draw=lambda: 0.9999)

    pauses = [backoff.next_at(NOW, attempt, None) - NOW for attempt in range(1, 15)]

    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 3600


@given(st.integers(1, 10_000), st.none() | st.integers(0, 10**9), DRAWS)
def test_the_next_try_is_later_than_now_and_not_beyond_the_longest_pause(
    attempt: int, retry_after_s: int | None, draw: float
) -> None:
    next_at = Backoff(2.0, 3600.0, draw=lambda: draw).next_at(NOW, attempt, retry_after_s)

    assert NOW + 1 <= next_at <= NOW + 3600
    assert next_at >= NOW + min(retry_after_s or 0, 3600)


def test_deliveries_that_failed_together_are_not_tried_together() -> None:
    backoff = Backoff(2.0, 3600.0)

    assert len({backoff.next_at(NOW, 12, None) for _ in range(50)}) > 25
