"""The command line in this process: what it prints, and how it ends."""

import sys
from dataclasses import dataclass

import pytest

from gateway.cli import main


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str


class CommandLine:
    """Runs `datenschleuse` with arguments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["datenschleuse", *map(str, arguments)])
        self._monkeypatch.setenv("COLUMNS", "200")
        self._capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        else:
            status = 0
        return Ended(status, *self._capsys.readouterr())
