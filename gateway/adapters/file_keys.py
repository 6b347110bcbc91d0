"""Symmetric keys in files: bucket keys, blind-index keys and the idempotency key.

Each is 32 random bytes in a file of its own, outside the database, made durable before it
is first used. Destroying one is removing its file.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import KeysUnavailable

_BYTES = 32
_LOOK_S = 60.0
_File = tuple[int, int, int]
"""Inode, and nanoseconds of the last change of content and of the file itself."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A key that was read, and which file it was read from."""

    path: Path
    file: _File
    key: bytes = field(repr=False)


class FileKeys:
    """Keys below one folder; a process keeps those it has read, as long as their files are there.

    Every use looks whether the file is still the one that was read. What is not used is looked
    at again every minute, with whichever key is asked for then: so a key that was destroyed
    stays in no process that is at work.
    """

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], _Known] = {}
        self._look_at = monotonic() + _LOOK_S

    def bucket_key(self, bucket: str) -> bytes:
        return self._get_or_make("buckets", bucket)

    def existing_bucket_key(self, bucket: str) -> bytes | None:
        return self._get("buckets", bucket)

    def subject_key(self, controller: str, year: int) -> tuple[str, bytes]:
        key_id = f"{controller}.{year}"
        return key_id, self._get_or_make("subjects", key_id)

    def idempotency_key(self) -> bytes:
        return self._get_or_make("idempotency", "requests")

    def _path(self, kind: str, name: str) -> Path:
        if not name or name.startswith(".") or "/" in name:
            raise KeysUnavailable(f"not a key name: {name!r}")
        return self._folder / kind / f"{name}.key"

    def _get_or_make(self, kind: str, name: str) -> bytes:
        key = self._get(kind, name)
        if key is not None:
            return key
        path = self._path(kind, name)
        self._make(path)
        return self._keep(kind, name, path, _file_of(path))

    def _get(self, kind: str, name: str) -> bytes | None:
        if self._monotonic() >= self._look_at:
            self._forget_destroyed()
        known = self._known.get((kind, name))
        path = self._path(kind, name) if known is None else known.path
        file = _file_of(path)
        if known is not None and known.file == file:
            return known.key
        self._known.pop((kind, name), None)
        return None if file is None else self._keep(kind, name, path, file)

    def _keep(self, kind: str, name: str, path: Path, file: _File | None) -> bytes:
        """Read a key and keep it as that of *file*, which was looked at before."""
        key = self._read(path)
        if file is not None:
            self._known[kind, name] = _Known(path, file, key)
        return key

    def _forget_destroyed(self) -> None:
        self._look_at = self._monotonic() + _LOOK_S
        for place, known in list(self._known.items()):
            if _file_of(known.path) != known.file:
                self._known.pop(place, None)

    def _make(self, path: Path) -> None:
        """Write a new key so that a crash leaves the whole key or none.

        The file is linked into place, so that of two processes one makes it and both read it.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            try:
                with open(draft, "xb", opener=_private) as file:  # has an opener
                    file.write(secrets.token_bytes(_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):
                    path.hardlink_to(draft)
            finally:
                draft.unlink(missing_ok=True)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise KeysUnavailable(f"cannot make key {path.name}") from error

    def _read(self, path: Path) -> bytes:
        try:
            key = path.read_bytes()
        except OSError as error:
            raise KeysUnavailable(f"cannot read key {path.name}") from error
        if len(key) != _BYTES:
            raise KeysUnavailable(f"key {path.name} does not have {_BYTES} bytes")
        return key


def _file_of(path: Path) -> _File | None:
    """Return which file is there, or None if there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KeysUnavailable(f"cannot look for key {path.name}") from error
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
