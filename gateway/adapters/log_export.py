"""Writes a log copy that verifies by itself (DESIGN 5.5)."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.adapters.sql_reader import SqlReader
from gateway.errors import LogRefused
from gateway.model.evidence import Part, StoredEntry
from gateway.ports import Head
from gateway.reading import part_of
from gateway.tlog import export
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from gateway.tlog.tiles import bundles_of, encode_bundle, tiles_of
from gateway.verify_governance import CHANGING

Json = Any
Progress = Callable[[int, int], None]


def export_log(
    folder: Path,
    reader: SqlReader,
    head: Head,
    key_list: str,
    root: PublicKey,
    parts: Iterable[Part],
    controller: str | None = None,
    *,
    for_control: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write the log of *head* into the new *folder*: tiles, checkpoint, keys, the reader's parts.

    With *controller* only records of exchanges that it sent or received are opened; who agreed
    on changes of rules and registry stands in every copy. Records
    under OB-LOG-DPA-ONLY (§ 40 Abs. 1 S. 5 NPOG) are opened for data-protection control only.
    One bundle of 256 entries is in memory at a time.

    Raises:
        LogRefused: The folder exists, or the database lacks what the head promises.
    """
    if folder.exists():
        raise LogRefused("the folder exists already", file=str(folder))
    folder.mkdir(parents=True)
    keys = open_key_list(key_list, root)
    reader_of = _Reader(frozenset(parts), controller, for_control)
    with (folder / export.PARTS).open("wb") as lines:
        for bundle in bundles_of(head.size):
            entries = reader.entries(bundle.start, bundle.start + bundle.width)
            _write(folder / bundle.path, encode_bundle([entry.leaf for entry in entries]))
            for entry in entries:
                lines.write(export.parts_line(entry.index, _shown(entry, reader_of)))
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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads: which parts, whose exchanges, and whether for data-protection control."""

    parts: frozenset[Part]
    controller: str | None
    for_control: bool


def _shown(entry: StoredEntry, reader: _Reader) -> list[str]:
    """Return the disclosures of one entry that this reader may have."""
    if Part.AUDIT not in entry.parts:
        return []
    if entry.type in CHANGING:
        return [entry.parts[Part.AUDIT]]  # who agreed is for whoever verifies
    audit = part_of(entry.parts[Part.AUDIT])
    if reader.controller is not None and not _concerns(audit, reader.controller):
        return []
    if not reader.for_control and _for_control_only(audit):
        return []
    return [disclosure for part, disclosure in entry.parts.items() if part in reader.parts]


def _for_control_only(audit: Mapping[str, Json]) -> bool:
    obligations = audit.get("decision", {}).get("obligations", [])
    return any(obligation["code"] == "OB-LOG-DPA-ONLY" for obligation in obligations)


def _concerns(audit: Mapping[str, Json], controller: str) -> bool:
    parties = [audit.get("sender"), audit.get("recipient"), audit]
    return any(isinstance(p, dict) and p.get("controller") == controller for p in parties)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
