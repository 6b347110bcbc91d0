"""The destination in memory, beyond what every destination promises."""

import pytest

from gateway.adapters.memory.destination import MemoryDestination
from gateway.errors import DeliveryFailed
from tests.delivery.world import a_unit, unit_of

UNIT = unit_of(a_unit())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_it_keeps_what_arrived_and_what_it_acknowledged() -> None:
    """Its failures are the next answers, in their order."""
    destination = MemoryDestination(failures=[DeliveryFailed("http_500")])

    with pytest.raises(DeliveryFailed):
        await destination.deliver(UNIT, "a", b"first", b"jwe")
    await destination.deliver(UNIT, "a", b"second", b"jwe")

    assert [pushed.body for pushed in destination.arrived] == [b"first", b"second"]
    assert [pushed.body for pushed in destination.acknowledged] == [b"second"]
