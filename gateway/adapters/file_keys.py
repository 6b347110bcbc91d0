"""Symmetric keys in files: bucket keys, blind-index keys and the idempotency key.

Each is 32 random bytes in a file of its own, outside the database, made durable before it
is first used. Destroying one is removing its file.
"""

import contextlib
import os
import secrets
from pathlib import Path

from gateway.errors import KeysUnavailable

_BYTES = 32


class FileKeys:
    """Keys below one folder; a process keeps those it has read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    def bucket_key(self, bucket: str) -> bytes:
        return self._get_or_make("buckets", bucket)

    def existing_bucket_key(self, bucket: str) -> bytes | None:
        path = self._path("buckets", bucket)
        return self._read(path) if path.exists() else None

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
        path = self._path(kind, name)
        known = self._known.get(str(path))
        if known is not None:
            return known
        key = self._read(path) if path.exists() else self._make(path)
        self._known[str(path)] = key
        return key

    def _make(self, path: Path) -> bytes:
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
        return self._read(path)

    def _read(self, path: Path) -> bytes:
        try:
            key = path.read_bytes()
        except OSError as error:
            raise KeysUnavailable(f"cannot read key {path.name}") from error
        if len(key) != _BYTES:
            raise KeysUnavailable(f"key {path.name} does not have {_BYTES} bytes")
        return key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
