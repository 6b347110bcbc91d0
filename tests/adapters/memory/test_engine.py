import pytest

from gateway.adapters.memory.engine import MemoryEngine
from gateway.errors import PolicyUnavailable


async def test_told_to_fail_it_fails_until_told_otherwise():
    engine = MemoryEngine("1" * 64, lambda given: {"seen": given["x"]})

    engine.failure = "down"
    with pytest.raises(PolicyUnavailable, match="down"):
        await engine.decide("1" * 64, {"x": 1})
    engine.failure = ""

    assert await engine.decide("1" * 64, {"x": 1}) == {"seen": 1}
    assert engine.asked == [{"x": 1}]
