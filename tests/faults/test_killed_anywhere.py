"""`kill -9` of every process at every step of the way, under load, 200 times.

FAULTS_SEED repeats a run as far as chance goes; `make faults MINUTES=` goes on for longer.
"""

import os
import secrets

import pytest

from tests.e2e.running import scratch
from tests.faults.dying import GATEWAY_POINTS, WORKER_POINTS
from tests.faults.kills import run_kills

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(1800)]
KILLS = 200
AT_ANY_MOMENT = 3
SEED = int(os.environ.get("FAULTS_SEED", "0")) or secrets.randbelow(2**32)


def test_whatever_is_killed_nothing_leaves_undecided_and_nothing_is_lost_or_doubled(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """G1, G8, G9 over the whole run; every named point was met, and any moment beside them."""
    print(f"FAULTS_SEED={SEED}")
    with scratch(request, tmp_path_factory, "kills") as folder:
        done = run_kills(folder, SEED, KILLS)
    with capsys.disabled():
        print(f"\nFAULTS_SEED={SEED}: {done}")
    assert done.killed.total() == KILLS
    assert done.places == len(GATEWAY_POINTS) + len(WORKER_POINTS) + AT_ANY_MOMENT
