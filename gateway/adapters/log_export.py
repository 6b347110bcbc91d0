"""Writes a log copy that verifies by itself (DESIGN 5.5)."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from gateway.adapters.sql_reader import SqlReader
from gateway.errors import LogRefused
from gateway.model.evidence import Part, StoredEntry
from gateway.ports import Head
from gateway.reading import part_of
from gateway.tlog import export
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from gateway.tlog.tiles import bundles_of, encode_bundle, tiles_of

Progress = Callable[[int, int], None]


def export_log(
    folder: Path,
    reader: SqlReader,
    head: Head,
    key_list: str,
    root: PublicKey,
    parts: Iterable[Part],
    controller: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the log of *head* into the new *folder*: tiles, checkpoint, keys, the reader's parts.

    With *controller* only records of exchanges that it sent or received are opened. One bundle
    of 256 entries is in memory at a time.

    Raises:
        LogRefused: The folder exists, or the database lacks what the head promises.
    """
    if folder.exists():
        raise LogRefused("the folder exists already", file=str(folder))
    folder.mkdir(parents=True)
    keys = open_key_list(key_list, root)
    wanted = frozenset(parts)
    with (folder / export.PARTS).open("wb") as lines:
        for bundle in bundles_of(head.size):
            entries = reader.entries(bundle.start, bundle.start + bundle.width)
            _write(folder / bundle.path, encode_bundle([entry.leaf for entry in entries]))
            for entry in entries:
                lines.write(export.parts_line(entry.index, _shown(entry, wanted, controller)))
            if progress is not None:
                progress(bundle.start + bundle.width, head.size)
    for tile in tiles_of(head.size):
        hashes = reader.hash_tile(tile.level, tile.n, tile.width)
        if hashes is None:
            raise LogRefused("the database lacks what the head promises", file=tile.path)
        _write(folder / tile.path, hashes)
    _write(folder / export.CHECKPOINT, head.checkpoint.encode())
    _write(folder / export.KEYS, export.keys_file(key_list))
    _write(folder / export.LOG_VKEY, export.vkey_file(keys.checkpoint_key(head.origin, head.size)))
    _write(folder / export.ROOT_PUB, root.pem)


def _shown(entry: StoredEntry, wanted: frozenset[Part], controller: str | None) -> list[str]:
    """Return the disclosures of one entry that this reader may have."""
    if controller is not None and not _concerns(entry, controller):
        return []
    return [disclosure for part, disclosure in entry.parts.items() if part in wanted]


def _concerns(entry: StoredEntry, controller: str) -> bool:
    if Part.AUDIT not in entry.parts:
        return False
    audit = part_of(entry.parts[Part.AUDIT])
    parties = [audit.get("sender"), audit.get("recipient"), audit]
    return any(isinstance(p, dict) and p.get("controller") == controller for p in parties)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
