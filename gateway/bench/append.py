"""Measures the log alone: appends beside a flat file, and appends to a log that grows."""

import asyncio
import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from uvicorn.loops.auto import auto_loop_factory

from gateway.adapters.batching_log import BatchingLog
from gateway.bench.figures import BenchFailed, Ratio
from gateway.bench.log_home import LogHome, a_log_home, stored_bytes
from gateway.bench.machine import machine_facts
from gateway.bench.processes import Cores, on_core
from gateway.model.evidence import Committed, Draft
from gateway.tlog.proof import LogProof

Json = Any
Progress = Callable[[str], None]
APPENDERS = 16
_BATCH_LIMIT = 64
_SYNCS_OF_A_RESTART = 3  # WAL, database, the header of the new WAL


@dataclass(frozen=True, slots=True)
class AppendPlan:
    """How many entries a round appends, how many rounds there are, and at which sizes."""

    entries: int = 1600
    rounds: int = 3
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """What appending some entries cost; `cpu_us` is for one entry, of all threads."""

    entries: int
    batches: int
    stored_bytes: int
    syncs: int
    seconds: float
    cpu_us: float

    @property
    def per_second(self) -> float:
        return self.entries / self.seconds

    @property
    def syncs_per_entry(self) -> float:
        return self.syncs / self.entries


@dataclass(frozen=True, slots=True)
class Pair:
    """A round: the log, and right after it the flat file, with the same bytes and batches."""

    log: Cost
    file: Cost


@dataclass(frozen=True, slots=True)
class AtSize:
    """What an append costs at a size of the log; `proven` is the size whose root was checked.

    `small` is what it costs right after it in a log of the smallest size: on a machine that
    others use too, only what is measured at the same time can be compared.
    """

    size: int
    cost: Cost
    small: Cost
    proven: int

    @property
    def growth(self) -> float:
        return self.cost.cpu_us / self.small.cpu_us


@dataclass(frozen=True, slots=True)
class AppendResult:
    """Everything that one run gave."""

    pairs: tuple[Pair, ...]
    at_sizes: tuple[AtSize, ...]
    plan: Mapping[str, Json]
    machine: Mapping[str, Json]

    @property
    def ratio(self) -> Ratio:
        """Entries a second of the log ÷ those of the flat file."""
        ratios = [pair.log.per_second / pair.file.per_second for pair in self.pairs]
        return Ratio(median(ratios), min(ratios), max(ratios))

    @property
    def growth(self) -> float:
        """The CPU of an append at the biggest size ÷ that at the smallest, at the same time."""
        return self.at_sizes[-1].growth

    def document(self) -> dict[str, Json]:
        """Return it all as JSON members."""
        return {
            "log_over_file": asdict(self.ratio),
            "growth": self.growth,
            "rounds": [
                {"log": _document(pair.log), "file": _document(pair.file)} for pair in self.pairs
            ],
            "at_sizes": [
                {
                    "size": it.size,
                    "proven": it.proven,
                    "growth": it.growth,
                    "small_cpu_us": it.small.cpu_us,
                    **_document(it.cost),
                }
                for it in self.at_sizes
            ],
            "plan": dict(self.plan),
            "machine": dict(self.machine),
        }


def bench_append(plan: AppendPlan, say: Progress = lambda _what: None) -> AppendResult:
    """Build a log in a temporary folder, measure, and leave nothing behind.

    Raises:
        BenchFailed: An entry was not appended, or a proof does not verify.
    """
    cores = Cores.of_this_machine()
    with (
        TemporaryDirectory(prefix="datenschleuse-bench-") as name,
        on_core(cores.measured),
    ):
        folder = Path(name)
        facts = machine_facts(cores, folder)
        with a_log_home(folder / "beside") as home:
            pairs = _rounds(home, folder / "flat", plan, say)
        with a_log_home(folder / "growing") as home:
            at_sizes = [
                _at_size(home, size, folder / f"small-{size}", plan, say)
                for size in sorted(plan.sizes)
            ]
    given = {**asdict(plan), "appenders": APPENDERS, "batch_limit": _BATCH_LIMIT}
    return AppendResult(tuple(pairs), tuple(at_sizes), given, facts)


def _rounds(home: LogHome, flat: Path, plan: AppendPlan, say: Progress) -> list[Pair]:
    _log(home, home.decisions(APPENDERS * 4))  # what comes first is slower
    pairs = []
    for number in range(1, plan.rounds + 1):
        say(f"Runde (round) {number}/{plan.rounds}")
        drafts = home.decisions(plan.entries)
        log, batches = _log(home, drafts)
        pairs.append(Pair(log, _file(flat, drafts, batches)))
    return pairs


def _log(home: LogHome, drafts: Sequence[Draft]) -> tuple[Cost, list[int]]:
    """Append *drafts* by concurrent appenders, as a gateway does; return also the batches."""
    batches: list[int] = []
    restarts = home.begin_wal()
    with _Measured() as measured, asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_append(home, drafts, batches, measured))
    syncs = len(batches) + _SYNCS_OF_A_RESTART * (home.wal_restarts() - restarts)
    return measured.cost(drafts, len(batches), syncs), batches


async def _append(
    home: LogHome, drafts: Sequence[Draft], batches: list[int], measured: "_Measured"
) -> None:
    appender = home.appender(lambda _name, size: batches.append(size))
    async with BatchingLog(appender, home.reader, batch_limit=_BATCH_LIMIT) as log:

        async def one(own: Sequence[Draft]) -> None:
            for draft in own:
                if not isinstance(await log.append(draft), Committed):
                    raise BenchFailed("an entry was not appended")

        with measured.these():
            await asyncio.gather(*(one(drafts[at::APPENDERS]) for at in range(APPENDERS)))


def _file(path: Path, drafts: Sequence[Draft], batches: Sequence[int]) -> Cost:
    """Append the same bytes in the same batches to a flat file, each made durable."""
    contents = iter([stored_bytes(draft) for draft in drafts])
    with _Measured() as measured, path.open("ab", buffering=0) as file, measured.these():
        for size in batches:
            file.write(b"".join(next(contents) for _ in range(size)))
            os.fdatasync(file.fileno())
    return measured.cost(drafts, len(batches), len(batches))


def _at_size(home: LogHome, size: int, beside: Path, plan: AppendPlan, say: Progress) -> AtSize:
    """Let the log grow to *size*, append to it and to a small one, and check proofs."""
    say(f"Protokoll mit (log of) {size} Einträgen (entries)")
    home.fill(size)
    before = home.reader.head().size
    cost, proven = _in_batches(home, plan)
    with a_log_home(beside) as small:
        small.fill(min(plan.sizes))
        small_cost, _ = _in_batches(small, plan)
    return AtSize(before, cost, small_cost, proven)


def _in_batches(home: LogHome, plan: AppendPlan) -> tuple[Cost, int]:
    """Append some entries; return what it cost, and the size under whose root they are proven."""
    drafts = home.decisions(plan.entries)
    appender = home.appender()
    batches = [drafts[at : at + APPENDERS] for at in range(0, len(drafts), APPENDERS)]
    restarts = home.begin_wal()
    with _Measured() as measured, measured.these():
        fates = [fate for batch in batches for fate in appender.append(batch)]
    syncs = len(batches) + _SYNCS_OF_A_RESTART * (home.wal_restarts() - restarts)
    last = fates[-1]
    if not isinstance(last, Committed):
        raise BenchFailed("an entry was not appended")
    proof = LogProof(last.index, last.proof, last.checkpoint)
    return measured.cost(drafts, len(batches), syncs), home.check_proofs(drafts[-1], proof).size


class _Measured:
    """Time and CPU of all threads of this process, without pauses of the garbage collector."""

    def __init__(self) -> None:
        self._seconds = self._cpu = 0.0

    def __enter__(self) -> "_Measured":
        gc.collect()
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        gc.enable()

    @contextmanager
    def these(self) -> Any:
        begun, spent = time.perf_counter(), time.process_time()
        yield
        self._seconds, self._cpu = time.perf_counter() - begun, time.process_time() - spent

    def cost(self, drafts: Sequence[Draft], batches: int, syncs: int) -> Cost:
        return Cost(
            entries=len(drafts),
            batches=batches,
            stored_bytes=sum(len(stored_bytes(draft)) for draft in drafts),
            syncs=syncs,
            seconds=self._seconds,
            cpu_us=self._cpu / len(drafts) * 1e6,
        )


def _document(cost: Cost) -> dict[str, Json]:
    derived = {"per_second": cost.per_second, "syncs_per_entry": cost.syncs_per_entry}
    return {**asdict(cost), **derived}
