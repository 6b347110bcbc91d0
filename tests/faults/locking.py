"""Another process that holds the write lock of a gateway's database."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.demo.stage import Stage

_LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Hold the lock until the block is left."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _LOCK, str(stage.home / "gateway.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        yield
    finally:
        holder.communicate("", timeout=20)
