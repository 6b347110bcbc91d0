"""Processes are kept on a core, and their CPU counted with that of their children."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.bench.processes import (
    Cores,
    core_seconds,
    cpu_seconds,
    end,
    family,
    on_core,
    paused,
)

BURN = "import time\nuntil = time.process_time() + 0.3\nwhile time.process_time() < until: pass\n"


@pytest.fixture
def parent():
    """A process whose child has burned 0.3 s, and who waits now."""
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.run([sys.executable, '-c', {BURN!r}])\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    members = family([process.pid])
    yield process
    for pid in members:
        with suppress(ProcessLookupError):
            os.kill(pid, 9)
    process.wait()
    process.stdout.close()


def _state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_what_is_started_on_a_core_stays_there_and_we_come_back():
    before = os.sched_getaffinity(0)
    core = Cores.of_this_machine().measured
    with on_core(core):
        child = subprocess.run(
            [sys.executable, "-c", "import os; print(os.sched_getaffinity(0))"],
            capture_output=True,
            text=True,
            check=True,
        )
    assert child.stdout.strip() == str({core})
    assert os.sched_getaffinity(0) == before


def test_a_family_is_a_process_with_its_descendants(parent):
    assert len(family([parent.pid])) == 2


def test_a_process_that_is_gone_has_no_family():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert family([process.pid]) == set()
    assert cpu_seconds({"gone": process.pid}) == {"gone": 0, "gone children": 0}


def test_cpu_of_a_child_that_has_ended_counts(parent):
    spent = cpu_seconds({"parent": parent.pid})
    assert spent["parent children"] >= 0.25
    assert spent["parent"] < spent["parent children"]


def test_a_paused_family_stands_still_and_goes_on(parent):
    members = family([parent.pid])
    with paused([parent.pid]):
        time.sleep(0.05)
        assert {_state(pid) for pid in members} == {"T"}
    time.sleep(0.05)
    assert {_state(pid) for pid in members} == {"S"}


def test_a_core_is_never_busier_than_it_is_there():
    busy, there = core_seconds(Cores.of_this_machine().measured)
    assert 0 < busy < there


def test_a_stopped_process_is_ended_all_the_same(parent):
    with paused([parent.pid]):
        end(parent, 10)
    assert parent.returncode == -signal.SIGTERM


def test_a_process_that_does_not_obey_is_killed():
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end(process, 0.1)
    assert process.returncode == -signal.SIGKILL
