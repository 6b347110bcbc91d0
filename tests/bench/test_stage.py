"""The stage ends every process that it started, and says why one did not come up."""

import os
import subprocess
import sys

import pytest

from gateway.bench.figures import BenchFailed
from gateway.bench.processes import Cores, paused
from gateway.bench.stage import Stage

PORTS = ("gateway", "operations", "worker_operations", "proxy", "recipient")


def test_also_a_stopped_process_is_ended(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    with Stage(tmp_path, Cores(0, 0), processes={"one": process}), paused([process.pid]):
        pass
    assert process.returncode == -15


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
