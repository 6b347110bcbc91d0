"""The registry in memory fails when told to."""

import pytest

from gateway.errors import RegistryUnavailable
from tests.gateways import MemoryGateway


async def test_while_broken_it_cannot_be_read(memory_gateway: MemoryGateway) -> None:
    memory_gateway.registry.broken = True
    with pytest.raises(RegistryUnavailable):
        await memory_gateway.registry.snapshot()
