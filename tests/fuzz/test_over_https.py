"""Five thousand generated requests over HTTPS to a running gateway with its real rules."""

import secrets
from pathlib import Path

import pytest

from tests.fuzz.generator import CANARY
from tests.fuzz.over_https import a_target, an_attack
from tests.fuzz.watch import resident_bytes

REQUESTS = 5_000
GROWTH = 64 << 20


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_running_gateway_takes_whatever_comes(tmp_path: Path) -> None:
    """No 5xx but a deliberate 503, no canary, no traceback, memory bounded; and it serves on."""
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")
    with a_target(tmp_path) as stage:
        attack = an_attack(stage, seed)
        pid = stage.processes["gateway"].pid
        await attack.run(REQUESTS // 4)
        before = resident_bytes(pid)
        await attack.run(REQUESTS - REQUESTS // 4)
        grown = resident_bytes(pid) - before
        stage.stop("gateway")
        log = stage.log_text("gateway")

    statuses = attack.statuses
    print(f"answers {dict(statuses)}, {grown >> 10} KiB grown")
    assert sum(statuses.values()) > REQUESTS * 0.9
    assert all(statuses[status] for status in (201, 400, 401, 403, 404, 405, 422, 431))
    assert statuses[503] < REQUESTS // 100
    assert CANARY not in log
    assert "Traceback" not in log
    assert '"internal_error"' not in log
    assert '"level": "error"' not in log
    assert grown < GROWTH
