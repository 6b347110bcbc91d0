"""`make up` as a process: it stays, says what to try, and leaves nothing running."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.builders import REPOSITORY

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(400)]
_START_S = 180


def processes_of(folder: Path) -> list[int]:
    """Return the processes that have *folder* in their command line."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in file.read_bytes():
                found.append(int(file.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_it_stays_until_sigterm_and_ends_every_process_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "up"
    output = tmp_path / "output.txt"
    with output.open("w") as file:
        stays = subprocess.Popen(
            [sys.executable, "-m", "gateway.demo", "--stay", "--folder", str(folder)],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + _START_S
        while "/readyz" not in output.read_text():
            assert stays.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.2)
        (ready,) = (word for word in output.read_text().split() if word.endswith("/readyz"))
        assert is_ready(ready)
        assert len(processes_of(folder)) >= 8  # itself, gateway, worker, five partners
    finally:
        stays.send_signal(signal.SIGTERM)
        status = stays.wait(60)

    assert status == 0
    assert processes_of(folder) == []
    assert not is_ready(ready)
    assert "exchange send" in output.read_text()
