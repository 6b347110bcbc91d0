"""The outbox in memory, beyond what every outbox promises: told to fail, it fails."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.adapters.memory.outbox import MemoryOutbox
from gateway.errors import LogUnavailable
from gateway.model.evidence import Lease


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    "ask",
    [
        lambda outbox: outbox.due(1, 1),
        lambda outbox: outbox.overdue_holds(1, 1),
        lambda outbox: outbox.lapsed(1, 1, 1, 1),
        lambda outbox: outbox.take([Lease("a", 1, "token", 1, 2)]),
        lambda outbox: outbox.postpone("a", "token", 1),
        lambda outbox: outbox.put_off("a", 1, 2),
        lambda outbox: outbox.of_exchange(1),
    ],
)
async def test_a_broken_outbox_fails_whatever_is_asked(
    ask: Callable[[MemoryOutbox], Awaitable[Any]],
) -> None:
    with pytest.raises(LogUnavailable):
        await ask(MemoryOutbox(broken=True))
