"""Ways to let a running gateway run out of space, and to give it back."""

import ctypes
import os
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from tests.faults.breakable import Breakable

_SPACE = 96 << 20
"""Bytes; a gateway says that it is not ready below 64 MiB."""

_PIECE = 1 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)


class FullDisk(Protocol):
    """A disk that is full between `fill` and `empty`.

    `is_seen` says whether the system's figures tell that it is full.
    """

    is_seen: bool

    def prepare(self, stage: Breakable) -> None:
        """Make it ready for a gateway that is built and not started."""

    def fill(self, stage: Breakable) -> None: ...

    def empty(self, stage: Breakable) -> None: ...

    def undo(self, stage: Breakable) -> None:
        """Clean up, when all processes have ended."""


class SmallFilesystem:
    """The gateway's home is a small filesystem of its own, filled to its last byte by a file."""

    is_seen = True

    def prepare(self, stage: Breakable) -> None:
        aside = stage.home.with_name("aside")
        stage.home.rename(aside)
        stage.home.mkdir(mode=0o700)
        _mount(stage.home)
        shutil.copytree(aside, stage.home, dirs_exist_ok=True)
        shutil.rmtree(aside)

    def fill(self, stage: Breakable) -> None:
        with _ballast(stage).open("wb", buffering=0) as file:
            for size in (_PIECE, 4096, 1):
                _write_until_full(file.fileno(), size)

    def empty(self, stage: Breakable) -> None:
        _ballast(stage).unlink(missing_ok=True)

    def undo(self, stage: Breakable) -> None:
        _LIBC.umount2(os.fsencode(stage.home), 2)  # MNT_DETACH


class FileSizeLimit:
    """No file of gateway and worker may take another byte, not even their technical logs."""

    is_seen = False

    def prepare(self, stage: Breakable) -> None:
        pass

    def fill(self, stage: Breakable) -> None:
        self._limit(stage, 0)

    def empty(self, stage: Breakable) -> None:
        self._limit(stage, resource.RLIM_INFINITY)

    def undo(self, stage: Breakable) -> None:
        pass

    def _limit(self, stage: Breakable, size: int) -> None:
        for name in ("gateway", "worker"):
            pid = stage.processes[name].pid
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def ways() -> list[FullDisk]:
    """Return every way that this machine allows; the second needs no rights at all."""
    return [SmallFilesystem(), FileSizeLimit()] if _may_mount() else [FileSizeLimit()]


def _may_mount() -> bool:
    """Say whether this process has CAP_SYS_ADMIN, and mounting is allowed at all."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            _mount(Path(folder))
        except OSError:
            return False
        _LIBC.umount2(os.fsencode(folder), 2)
    return True


def _mount(folder: Path) -> None:
    options = f"size={_SPACE},mode=0700".encode()
    if _LIBC.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def _ballast(stage: Breakable) -> Path:
    return stage.home / "ballast"


def _write_until_full(descriptor: int, size: int) -> None:
    try:
        while True:
            os.write(descriptor, b"\0" * size)
    except OSError:
        return
