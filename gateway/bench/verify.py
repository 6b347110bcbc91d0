"""Measures `log verify`: entries a second, and the peak of memory at several sizes.

Each size is verified in a process of its own, because a process never forgets its peak.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.adapters.log_export import export_log
from gateway.bench.figures import BenchFailed
from gateway.bench.log_home import LogHome, a_log_home
from gateway.bench.machine import machine_facts
from gateway.bench.processes import Cores, on_core
from gateway.model.evidence import Part
from gateway.tlog.jwk import PublicKey
from gateway.verify import verify_export

Json = Any
Progress = Callable[[str], None]
_BATCH = 256
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class VerifyPlan:
    """At which sizes a log copy is verified."""

    sizes: tuple[int, ...] = (2_000, 10_000)


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying a copy of *size* entries cost; `peak_kib` is that of the whole process."""

    size: int
    seconds: float
    cpu_us: float
    peak_kib: int

    @property
    def per_second(self) -> float:
        return self.size / self.seconds


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Everything that one run gave, from the smallest copy to the biggest."""

    verifications: tuple[Verification, ...]
    plan: Mapping[str, Json]
    machine: Mapping[str, Json]

    @property
    def memory_growth(self) -> float:
        """The peak of memory at the biggest size ÷ that at the smallest."""
        return self.verifications[-1].peak_kib / self.verifications[0].peak_kib

    def document(self) -> dict[str, Json]:
        """Return it all as JSON members."""
        return {
            "memory_growth": self.memory_growth,
            "verifications": [
                {**asdict(it), "per_second": it.per_second} for it in self.verifications
            ],
            "plan": dict(self.plan),
            "machine": dict(self.machine),
        }


def bench_verify(plan: VerifyPlan, say: Progress = lambda _what: None) -> VerifyResult:
    """Build a log of signed entries in a temporary folder, verify copies of it, leave nothing.

    Raises:
        BenchFailed: A copy does not verify.
    """
    cores = Cores.of_this_machine()
    with (
        TemporaryDirectory(prefix="datenschleuse-bench-") as name,
        on_core(cores.measured),
        a_log_home(Path(name)) as home,
    ):
        facts = machine_facts(cores, Path(name))
        found = []
        for size in sorted(plan.sizes):
            say(f"Protokoll mit (log of) {size} Einträgen (entries)")
            _grow(home, size)
            found.append(_in_own_process(_copy(home, Path(name) / f"copy-{size}"), home))
    return VerifyResult(tuple(found), asdict(plan), facts)


def _grow(home: LogHome, size: int) -> None:
    appender = home.appender()
    while (missing := size - home.reader.head().size) > 0:
        appender.append(home.decisions(min(_BATCH, missing)))


def _copy(home: LogHome, folder: Path) -> Path:
    """Export the log with all parts of its records."""
    root = PublicKey.from_pem((home.folder / "root.pub").read_bytes())
    key_list = (home.folder / "keys.jws").read_text("ascii").strip()
    export_log(folder, home.reader, home.reader.head(), key_list, root, Part)
    return folder


def _in_own_process(folder: Path, home: LogHome) -> Verification:
    command = [sys.executable, "-m", __name__, str(folder), str(home.folder / "root.pub")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode != 0:
        raise BenchFailed(f"the copy does not verify: {run.stderr[-500:]}")
    return Verification(**json.loads(run.stdout))


def verify_here(folder: Path, root_pub: Path) -> Verification:
    """Verify the copy in *folder*, and say what it cost this process.

    Raises:
        LogRefused: It does not verify.
    """
    root = PublicKey.from_pem(root_pub.read_bytes())
    begun, spent = time.perf_counter(), time.process_time()
    size = verify_export(folder, root).size
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    return Verification(size, seconds, cpu / size * 1e6, _peak_kib())


def _peak_kib() -> int:
    """Return the most that this process has had in memory (VmHWM), also since its exec alone."""
    for line in _STATUS.read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise BenchFailed("this system does not tell the peak of memory")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(verify_here(Path(sys.argv[1]), Path(sys.argv[2])))))
