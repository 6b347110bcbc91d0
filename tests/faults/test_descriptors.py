"""No descriptor is left to a running gateway: it says so in words, and goes on afterwards."""

import asyncio
import resource
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.client.sender import Sender
from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from gateway.errors import DependencyFailed
from tests.e2e.log_copy import log_copy
from tests.e2e.running import delivered, eventually, send, settled
from tests.faults.breakable import Breakable

pytestmark = pytest.mark.xdist_group("faults")
_LEFT = 4
_CLIENTS = 40


@asynccontextmanager
async def few_descriptors(stage: Breakable) -> AsyncIterator[None]:
    """Leave the gateway room for so few descriptors, then have clients hold on to them all."""
    pid = stage.processes["gateway"].pid
    in_use = max(int(file.name) for file in Path(f"/proc/{pid}/fd").iterdir()) + 1
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (in_use + _LEFT, before[1]))
    idle = [
        asyncio.create_task(asyncio.open_connection("localhost", stage.ports["gateway"]))
        for _ in range(_CLIENTS)
    ]
    connected = await asyncio.gather(*idle)
    try:
        yield
    finally:
        for _, writer in connected:
            writer.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


async def test_without_descriptors_nothing_is_lost_and_afterwards_all_goes_on(
    stage: Breakable,
) -> None:
    before, said = log_copy(stage), len(stage.log_text("gateway"))
    async with Sender(stage.partner(POLICE)) as kept:
        first = await kept.send(exchanges.emergency_exits())
        async with few_descriptors(stage):
            await eventually(lambda: "Too many open files" in stage.log_text("gateway")[said:])
            during = await kept.send(exchanges.emergency_exits())
            with suppress(DependencyFailed, TimeoutError, ssl.SSLError):
                async with asyncio.timeout(2):
                    await send(stage, POLICE, exchanges.person_list())
        async with asyncio.timeout(60):
            later = await send(stage, POLICE, exchanges.emergency_exits())

    assert (first.status, later.status) == (201, 201)
    assert during.status in (201, 503)
    for answer in (first, during, later):
        if answer.status == 201:
            await delivered(stage, ORDER_OFFICE, answer.json()["exchange_id"])
            await settled(stage, POLICE, answer.json()["exchange_id"], "delivered")
    told = {a.json()["exchange_id"] for a in (first, during, later) if a.status == 201}
    new = log_copy(stage).decisions.keys() - before.decisions.keys()
    assert told <= new
    assert len(new - told) <= 1  # the denial, if it got through
    assert "Traceback" not in stage.log_text("gateway")[said:]
