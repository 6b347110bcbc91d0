"""New files that survive a crash of the machine."""

import os
from pathlib import Path


def write_file(path: Path, data: bytes, mode: int) -> None:
    """Write a new file durably; it must not exist."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
