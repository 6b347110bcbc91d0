"""The command line in this process, and the partner API of the edge's room to call."""

import pytest

from tests.cli.in_process import CommandLine
from tests.http.conftest import _edge, edge

__all__ = ["_edge", "edge"]


@pytest.fixture
def datenschleuse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """The command, to be called with its arguments."""
    return CommandLine(monkeypatch, capsys)
