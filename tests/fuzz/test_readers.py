"""Readers of strangers' bytes under atheris: no error but their own, no bound broken."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

RUNS = {"json": 200_000, "http": 20_000}


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_takes_any_bytes(name: str, tmp_path: Path) -> None:
    seed = secrets.randbelow(2**31)
    print(f"seed {seed}")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.fuzz.readers",
            name,
            str(tmp_path / "corpus"),
            f"-runs={RUNS.get(name, 100_000)}",
            f"-seed={seed}",
            "-max_len=4096",
            "-rss_limit_mb=1024",
            "-timeout=10",
            f"-artifact_prefix={tmp_path}/",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-4000:]
    assert re.search(r"Done \d+ runs", done.stderr)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_worth_beginning_with_is_read(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].read(seed)
