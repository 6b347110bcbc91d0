"""Measures what the gateway's processes keep in memory under load that goes on and on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gateway.bench.bodies import notices
from gateway.bench.load import Load
from gateway.bench.outbox_watch import OutboxWatch
from gateway.bench.processes import family
from gateway.bench.requests import Requests
from gateway.bench.set_up import set_up
from gateway.bench.stage import RECIPIENT, Stage
from gateway.bench.ways import GatewayWay

Json = Any
Progress = Callable[[str], None]
_PROC = Path("/proc")
_PAGE_KIB = 4
_BATCH_S = 5.0
_BODIES = 1000
_WARM = 5
"""The first of so many parts of the run is for caches to fill; growth is measured after it."""


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How long the load goes on, how often one looks, and over how many connections."""

    minutes: float = 10.0
    every_s: float = 60.0
    connections: int = 16


@dataclass(frozen=True, slots=True)
class Look:
    """What was resident at one moment, in KiB, by process."""

    minutes: float
    exchanges: int
    resident_kib: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MemoryResult:
    """Everything that one run gave."""

    looks: tuple[Look, ...]
    plan: Mapping[str, Json]
    machine: Mapping[str, Json]

    def growth_kib(self) -> dict[str, int]:
        """Return for each process what it gained from the first fifth of the run to its end."""
        first, last = self.looks[len(self.looks) // _WARM], self.looks[-1]
        return {name: last.resident_kib[name] - kib for name, kib in first.resident_kib.items()}

    def document(self) -> dict[str, Json]:
        """Return it all as JSON members."""
        return {
            "growth_kib": self.growth_kib(),
            "looks": [asdict(look) for look in self.looks],
            "plan": dict(self.plan),
            "machine": dict(self.machine),
        }


def bench_memory(plan: MemoryPlan, say: Progress = lambda _what: None) -> MemoryResult:
    """Build a gateway in a temporary folder, load it, look, and leave nothing behind.

    Raises:
        BenchFailed: Something did not come up, or an answer was not 201.
    """
    with set_up(say) as bench:
        looks = bench.runner.run(_load(plan, bench.stage, bench.watch, say))
    return MemoryResult(tuple(looks), asdict(plan), bench.machine)


async def _load(plan: MemoryPlan, stage: Stage, watch: OutboxWatch, say: Progress) -> list[Look]:
    requests = Requests(stage.url("gateway"), stage.sender_key(), notices(_BODIES, RECIPIENT.id))
    way, begun, batch = GatewayWay(watch), time.monotonic(), plan.connections
    looks: list[Look] = []
    async with Load(stage.ports["gateway"], stage.sender_tls(), plan.connections) as load:
        while True:
            minutes = (time.monotonic() - begun) / 60
            if minutes * 60 >= plan.every_s * len(looks):
                looks.append(Look(minutes, way.sent, _resident_kib(stage)))
                say(f"{minutes:.1f} min, {way.sent} Vorgänge (exchanges)")
            if minutes >= plan.minutes:
                return looks
            exchanges, since = requests.make(batch), time.monotonic()
            way.check(exchanges, await way.carry(exchanges, load))
            rate = batch / (time.monotonic() - since)
            batch = max(plan.connections, round(rate * min(_BATCH_S, plan.every_s)))


def _resident_kib(stage: Stage) -> dict[str, int]:
    """Return what serve, its engine children and the worker have resident now."""
    found = {}
    for name, pid in stage.pids("serve", "worker").items():
        found[name] = _pages(pid) * _PAGE_KIB
        children = family([pid]) - {pid}
        if children:
            found[f"{name} children"] = sum(_pages(child) for child in children) * _PAGE_KIB
    return found


def _pages(pid: int) -> int:
    return int((_PROC / str(pid) / "statm").read_text("ascii").split()[1])


def print_memory(result: MemoryResult, console: Console) -> None:
    """Print what was resident, look by look, and what was gained."""
    table = Table(title="Arbeitsspeicher unter Last, MiB (memory under load)")
    names = list(result.looks[0].resident_kib)
    for heading in ("Minuten", "Vorgänge", *names):
        table.add_column(heading, justify="right")
    for look in result.looks:
        kept = (f"{look.resident_kib[name] / 1024:.1f}" for name in names)
        table.add_row(f"{look.minutes:.1f}", str(look.exchanges), *kept)
    console.print(table)
    gained = ", ".join(f"{name} {kib / 1024:+.1f}" for name, kib in result.growth_kib().items())
    console.print(f"Zuwachs nach dem ersten Fünftel (growth after the first fifth), MiB: {gained}")
