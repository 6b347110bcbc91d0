"""The stage ends every process that it started, and says why one did not come up."""

import os

import pytest

from gateway.bench.figures import BenchFailed
from gateway.bench.processes import Cores
from gateway.bench.stage import Stage

PORTS = ("gateway", "operations", "worker_operations", "proxy", "recipient")


def test_a_process_that_does_not_come_up_is_named_and_nothing_stays(tmp_path):
    """There are no certificates, so the recipient cannot start."""
    stage = Stage(tmp_path, Cores.of_this_machine(), ports=dict.fromkeys(PORTS, 1))
    with (
        pytest.raises(BenchFailed, match=r"(?s)recipient did not come up.*FileNotFoundError"),
        stage,
    ):
        try:
            stage.start()
        finally:
            started = [process.pid for process in stage.processes.values()]
    assert len(started) == 4
    assert stage.processes == {}
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
