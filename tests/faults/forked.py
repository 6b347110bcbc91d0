"""Starts processes of the gateway by forking one that has loaded the code already.

They are killed and started again so often that loading anew would take most of the time.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.faults import dying

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["pytest", "gateway.cli.serve", "gateway.cli.worker"])

_ONE_AT_A_TIME = threading.Lock()
"""The library reads the status of a process once, and may lose it where two threads ask."""


class Forked:
    """One process, with what the stage asks of a `Popen`."""

    def __init__(self, order: Path, arguments: tuple[str, ...], log: Path) -> None:
        self._process = _CONTEXT.Process(target=_run, args=(order, arguments, log), daemon=True)
        with _ONE_AT_A_TIME:
            self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("the gateway's process", timeout)
            time.sleep(0.01)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(order: Path, arguments: tuple[str, ...], log: Path) -> None:
    """Become the command: a session of its own, output to *log*, no input."""
    os.setsid()
    for target, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        descriptor = os.open(path, flags, 0o600)
        os.dup2(descriptor, target)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, 1) for number, mode in enumerate("rww")
    )
    dying.run(order, list(arguments))
