"""What every run of generated requests must leave behind: nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog.testing

_PAGE = 4096


class _Lines(logging.Handler):
    """Lines of libraries, whole: also what the technical log would leave out of them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Watched:
    """Every line that was logged meanwhile."""

    lines: list[str] = field(default_factory=list)

    def with_a_traceback(self) -> list[str]:
        return [line for line in self.lines if "Traceback" in line or "exc_info" in line]

    def with_a(self, canary: str) -> list[str]:
        return [line for line in self.lines if canary in line]


@contextmanager
def watched() -> Iterator[Watched]:
    """Listen to every log of this process."""
    seen = Watched()
    handler = _Lines(seen.lines)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with structlog.testing.capture_logs() as events:
            yield seen
    finally:
        root.removeHandler(handler)
        seen.lines += [repr(event) for event in events]


def resident_bytes(pid: int | str = "self") -> int:
    """Return the memory of a process that is really there."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE
