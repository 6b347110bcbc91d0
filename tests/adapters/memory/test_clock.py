"""The clock in memory stands still until it is moved."""

from gateway.adapters.memory.clock import MemoryClock


def test_it_moves_only_when_told_to() -> None:
    clock = MemoryClock(1_795_000_000)
    first = clock.now()

    assert clock.now() == first
    clock.pass_time(86_400)
    assert clock.now().evaluated_at == first.evaluated_at + 86_400
    assert clock.now().evaluated_on == first.evaluated_on + 1
