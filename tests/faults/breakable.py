"""A running gateway whose processes can be told where to die, under rules with faults."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.demo.cast import ORDER_OFFICE
from tests.e2e.running import Running, running
from tests.faults.forked import Forked
from tests.faults.rules import faulty

LEASE_S = 7
BUSY_S = 1.0
DEADLINE_S = 4.0
SETTINGS = {
    "lease_s": LEASE_S,
    "attempt_timeout_s": 2.0,
    "retry_first_s": 0.5,
    "retry_max_s": 1.0,
    "database_busy_s": BUSY_S,
    "engine_deadline_s": DEADLINE_S,
}


@dataclass
class Breakable(Running):
    """Gateway and worker run under `tests.faults.dying`, each with an order file of its own."""

    def run(self, name: str, *arguments: str) -> None:
        if name not in {"gateway", "worker"}:
            super().run(name, *arguments)
            return
        log = self.folder / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        forked: Any = Forked(self.order_file(name), arguments, log)
        self.processes[name] = forked

    def order_file(self, name: str) -> Path:
        return self.folder / f"order-{name}"

    def kill_at(self, name: str, point: str, number: int = 1) -> None:
        """Tell a running process to die at the *number*th time that it passes *point*."""
        file = self.order_file(name)
        draft = file.with_suffix(".draft")
        draft.write_text(f"{point} {number}")
        draft.replace(file)

    def spare(self, name: str) -> None:
        """Take an order back."""
        self.order_file(name).unlink(missing_ok=True)

    def kill(self, name: str) -> None:
        self.stop(name, signal.SIGKILL)

    def mend(self) -> None:
        """Take all orders back, and start again what does not run."""
        for name in ("gateway", "worker"):
            self.spare(name)
            if name in self.processes and self.processes[name].poll() is not None:
                del self.processes[name]
        if "gateway" not in self.processes:
            self.start_gateway()
        if "worker" not in self.processes:
            self.start_worker()


@contextmanager
def breakable(folder: Path, **choices: Any) -> Iterator[Breakable]:
    """Run a gateway with one receiving partner, the order office."""
    settings = {**SETTINGS, **choices.pop("settings", {})}
    given = {"receivers": (ORDER_OFFICE,), "change_rules": faulty, **choices}
    with running(folder, Breakable, settings=settings, **given) as stage:
        assert isinstance(stage, Breakable)
        yield stage
