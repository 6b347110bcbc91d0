"""Programs of others that judge us: where they are kept, and how they are run."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class JudgeMissing(RuntimeError):
    """The judge can be neither found nor built. A test without it has failed."""


def cache() -> Path:
    """Return the folder, outside the tree, where judges are kept from one run to the next."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "datenschleuse"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(command: list[str], environment: Mapping[str, str]) -> str:
    """Run *command* to its end and return what it printed.

    Raises:
        JudgeMissing: It did not run, or failed; the message has its own words.
    """
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=600
        )
    except subprocess.CalledProcessError as error:
        raise JudgeMissing(f"{command[0]}: {error.stderr}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise JudgeMissing(f"{command[0]} did not run") from error
    return done.stdout
