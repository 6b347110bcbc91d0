"""Kills processes of a running gateway, three kinds at once, while senders go on.

Each kind has a thread of its own, so that kills of one fall into the restart of another. A kill
waits until something was achieved since the last of its kind: however slow the machine is, the
load goes on, and every kill meets work.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gateway.demo.cast import ORDER_OFFICE
from tests.faults.breakable import Breakable
from tests.faults.dying import GATEWAY_POINTS, WORKER_POINTS
from tests.faults.load import Load
from tests.waiting import within

_PATIENCE_S = 120.0
_LOOK_EVERY = 50
_SHARES = {"gateway": 0.2, "worker": 0.25, "engine": 0.55}
"""What is killed how often: to start a gateway again takes a second, a child a tenth of it."""

_POINTS = {"gateway": tuple(GATEWAY_POINTS), "worker": tuple(WORKER_POINTS)}
_ANY_MOMENT = 6
"""So many kills at any moment come with each round of kills at the named points."""


def quotas(kills: int) -> dict[str, int]:
    """Share *kills* out; the named points of both processes come first."""
    shared = {name: max(1, round(kills * share)) for name, share in _SHARES.items()}
    return {**shared, "engine": max(1, kills - shared["gateway"] - shared["worker"])}


@dataclass
class Killing:
    """What was killed until now. `places` counts by process and point."""

    stage: Breakable
    load: Load
    seed: int
    until: float | None = None
    done: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _up: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._up.set()

    def run(self, kills: int, look: Callable[[], object]) -> None:
        """Kill so often, or until the time is over; *look* after every fiftieth kill."""
        looks = 0
        with ThreadPoolExecutor(len(_SHARES), thread_name_prefix="kill") as pool:
            tasks = [pool.submit(self._go_on, name, n) for name, n in quotas(kills).items()]
            try:
                while not all(task.done() for task in tasks):
                    if any(task.done() and task.exception() for task in tasks):
                        break
                    if self.done.total() // _LOOK_EVERY > looks:
                        looks += 1
                        look()
                    self._stop.wait(0.2)
            finally:
                self._stop.set()
        for task in tasks:
            task.result()

    def _go_on(self, name: str, count: int) -> None:
        chance = random.Random(f"{self.seed} {name}")
        kill = self._kill_child if name == "engine" else self._kill_process
        for point in _places(name, count, chance):
            if self._stop.is_set() or (self.until is not None and time.monotonic() > self.until):
                return
            kill(name, point, chance)
            self.done[name] += 1
            self.places[name, point] += 1

    def _kill_process(self, name: str, point: str | None, chance: random.Random) -> None:
        """Let it die at a point or at any moment, start it again, wait until it achieves more."""
        before = self._achieved(name)
        if point is not None:
            self.stage.kill_at(name, point, chance.randint(1, 2))
            assert self.stage.died(name) == -signal.SIGKILL, f"{name} ended by itself"
            self.stage.spare(name)
        else:
            time.sleep(chance.uniform(0, 0.6))
            self.stage.kill(name)
        if name == "worker":
            self.stage.start_worker()
            if chance.random() < 0.25:  # the next kill meets it while it starts
                return
        else:
            before = self._achieved(name)
            self._up.clear()
            self.stage.start_gateway()
            self._up.set()
        within(_PATIENCE_S, lambda: self._stop.is_set() or self._achieved(name) > before)

    def _kill_child(self, name: str, _point: str | None, chance: random.Random) -> None:
        """Kill one engine child that is alive, then wait until somebody got an answer."""
        time.sleep(chance.uniform(0.05, 0.4))
        within(_PATIENCE_S, lambda: self._stop.is_set() or self._killed_one(chance))
        before = self._achieved(name)
        within(_PATIENCE_S, lambda: self._stop.is_set() or self._achieved(name) > before)

    def _killed_one(self, chance: random.Random) -> bool:
        """Kill a child of a gateway that runs; one that starts gives up without its engine."""
        gateway = self.stage.processes.get("gateway")
        up = gateway is not None and self._up.is_set()
        children = self.stage.children_of(gateway.pid) if up and gateway is not None else []
        if not children:
            return False
        try:
            os.kill(chance.choice(children), signal.SIGKILL)
        except ProcessLookupError:  # it went with its gateway
            return False
        return True

    def _achieved(self, name: str) -> int:
        """Count documents that arrived, for the worker; answers that senders got, for the rest."""
        if name == "worker":
            return self.stage.kept(ORDER_OFFICE)
        return sum(len(asked.answers) for asked in self.load.asked())


def _places(name: str, count: int, chance: random.Random) -> Iterator[str | None]:
    """Give every point of a process once, in any order, before one comes again."""
    left: list[str | None] = []
    for _ in range(count):
        if not left:
            left = [*_POINTS.get(name, ()), *[None] * _ANY_MOMENT]
            chance.shuffle(left)
        yield left.pop()
