"""The command line in this process, and the partner API of the edge's room to call."""

from pathlib import Path

import pytest

from tests.cli.in_process import CommandLine
from tests.cli.key_files import passphrase_file
from tests.http.conftest import _edge, edge

__all__ = ["_edge", "edge"]


@pytest.fixture
def datenschleuse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> CommandLine:
    """The command, to be called with its arguments; it knows the passphrase of key files."""
    monkeypatch.setenv("DATENSCHLEUSE_PASSPHRASE_FILE", str(passphrase_file(tmp_path)))
    return CommandLine(monkeypatch, capsys)
