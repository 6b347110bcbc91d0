"""The folder in which a partner keeps what was delivered: one JSON file per delivery."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ID = re.compile(r"[0-9a-f]{32}")


class DeliveryFolder:
    """Keeps each delivery once, and says so only when it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for draft in folder.glob(".*.tmp"):  # of a process that was killed
            draft.unlink(missing_ok=True)

    def known(self, delivery_id: str) -> Mapping[str, Any] | None:
        """Return what was kept under this id, or None."""
        path = self._path(delivery_id)
        try:
            document: Mapping[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        return document

    def keep(self, delivery_id: str, document: Mapping[str, Any]) -> bool:
        """Write *document* durably; False if there was one under this id already.

        The file appears whole or not at all. When this returns, it survives a crash.

        Raises:
            OSError: It may or may not be there; do not acknowledge.
        """
        path = self._path(delivery_id)
        draft = path.with_name(f".{delivery_id}.{secrets.token_hex(8)}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(draft)
                new = True
            except FileExistsError:
                new = False
        finally:
            draft.unlink()
        self.sync()
        return new

    def sync(self) -> None:
        """Make the names in the folder durable, also one that another request just made."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, delivery_id: str) -> Path:
        if _ID.fullmatch(delivery_id) is None:
            raise ValueError("a delivery id is 32 hex digits")
        return self._folder / f"{delivery_id}.json"
