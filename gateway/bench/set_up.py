"""Sets a bench up on real processes: the stage on its core, the client on the other."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from uvicorn.loops.auto import auto_loop_factory

from gateway.bench.machine import machine_facts
from gateway.bench.outbox_watch import OutboxWatch, watch_outbox
from gateway.bench.processes import Cores, on_core
from gateway.bench.stage import Stage


@dataclass(frozen=True, slots=True)
class Bench:
    """What runs, who watches its outbox, where the client runs, and the facts of the machine."""

    stage: Stage
    watch: OutboxWatch
    runner: asyncio.Runner
    machine: Mapping[str, Any]


@contextmanager
def set_up(say: Callable[[str], None]) -> Iterator[Bench]:
    """Build and start everything in a temporary folder, and leave nothing behind.

    Raises:
        BenchFailed: Something did not come up.
    """
    cores = Cores.of_this_machine()
    with (
        TemporaryDirectory(prefix="datenschleuse-bench-") as name,
        Stage(Path(name), cores) as stage,
    ):
        say("Aufbau (building)")
        stage.build()
        stage.start()
        facts = machine_facts(cores, stage.folder)
        with (
            on_core(cores.beside),
            watch_outbox(stage.database) as watch,
            asyncio.Runner(loop_factory=auto_loop_factory()) as runner,
        ):
            yield Bench(stage, watch, runner, facts)
