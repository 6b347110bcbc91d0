"""Processes on a core of their own, and what they and their children cost."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = slice(3, 5)  # idle and iowait, in the line of a core
_COUNTED = 8  # up to steal; guest time is in user time already


@dataclass(frozen=True, slots=True)
class Cores:
    """The core of what is measured, and the core of client and recipient."""

    measured: int
    beside: int

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Take the last and the first core that this process may use; they may be one."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[-1], usable[0])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this process, and whatever it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class _Process:
    """Clock ticks of a process itself, and of its children that ended and were reaped."""

    parent: int
    own: int
    reaped: int


def family(roots: Iterable[int]) -> set[int]:
    """Return the processes *roots* with all their descendants."""
    return _family(roots, _processes())


def cpu_seconds(named: Mapping[str, int]) -> dict[str, float]:
    """Return the CPU time of each process under its name, of its descendants as `... children`."""
    processes = _processes()
    spent = {}
    for name, root in named.items():
        members = _family([root], processes)
        everything = sum(processes[pid].own + processes[pid].reaped for pid in members)
        own = processes[root].own if root in processes else 0
        spent[name] = own / _TICKS
        spent[f"{name} children"] = (everything - own) / _TICKS
    return spent


def _family(roots: Iterable[int], processes: Mapping[int, _Process]) -> set[int]:
    members: set[int] = set()
    newest = set(roots) & processes.keys()
    while newest:
        members |= newest
        newest = {pid for pid, it in processes.items() if it.parent in newest} - members
    return members


def core_seconds(core: int) -> tuple[float, float]:
    """Return how long a core has been busy, for whomever, and how long it has been there."""
    for line in (_PROC / "stat").read_text("ascii").splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            ticks = [int(field) for field in fields[:_COUNTED]]
            return (sum(ticks) - sum(ticks[_IDLE])) / _TICKS, sum(ticks) / _TICKS
    return 0.0, 0.0


@contextmanager
def paused(roots: Iterable[int]) -> Iterator[None]:
    """Stop *roots* with their descendants meanwhile, so that not even their idling counts."""
    stopped = family(roots)
    for pid in stopped:
        _send(pid, SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            _send(pid, SIGCONT)


def end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """End a process, also a stopped one; if it does not obey within *patience_s*, kill it."""
    members = family([process.pid])
    process.terminate()
    for pid in members:
        _send(pid, SIGCONT)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _send(pid: int, number: Signals) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _processes() -> Mapping[int, _Process]:
    found = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text("ascii", "replace")
            except OSError:  # it has ended
                continue
            fields = stat.rpartition(")")[2].split()
            user, system, reaped_user, reaped_system = map(int, fields[11:15])
            found[int(folder.name)] = _Process(
                int(fields[1]), user + system, reaped_user + reaped_system
            )
    return found
