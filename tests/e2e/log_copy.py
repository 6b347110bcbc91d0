"""An auditor's copy of a running gateway's log, verified before anything in it is believed."""

import contextlib
import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.log import export as export_command
from gateway.demo.stage import Stage
from gateway.model.evidence import EntryType, Part
from gateway.tlog import export
from gateway.tlog.entry import Claims, open_leaf
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyUse, open_key_list
from gateway.tlog.tiles import bundles_of, decode_bundle
from gateway.verify import Verified, verify_export
from tests.e2e.running import Json


@dataclass(frozen=True)
class Entry:
    """One entry: its place, its clear claims, its parts."""

    index: int
    claims: Claims
    parts: Mapping[Part, Mapping[str, Json]]


@dataclass(frozen=True)
class LogCopy:
    """All entries of a copy that verified."""

    verified: Verified
    entries: tuple[Entry, ...]

    @property
    def decisions(self) -> Mapping[str, Entry]:
        """Decisions by the id of their exchange."""
        return {entry.claims.id: entry for entry in self.of(EntryType.DECISION)}

    def of(self, kind: EntryType) -> list[Entry]:
        return [entry for entry in self.entries if entry.claims.type is kind]

    def events_of(self, exchange_id: str) -> list[Entry]:
        """Return the delivery entries of one exchange."""
        return [
            entry
            for entry in self.of(EntryType.DELIVERY)
            if entry.parts[Part.AUDIT]["exchange_id"] == exchange_id
        ]

    def events(self) -> Counter[tuple[str, str]]:
        """Count (delivery id, event) over all delivery entries."""
        parts = (entry.parts[Part.AUDIT] for entry in self.of(EntryType.DELIVERY))
        return Counter((part["delivery_id"], part["event"]) for part in parts)

    def refusals(self) -> list[str]:
        """Return the kind of error of each refusal, in the order of the log."""
        return [entry.parts[Part.AUDIT]["error"] for entry in self.of(EntryType.REFUSAL)]


def export_to(stage: Stage, folder: Path) -> None:
    """Write a copy with all parts, as the command line does."""
    with contextlib.redirect_stdout(io.StringIO()):
        export_command(folder, stage.home, "Prüfung im Test", list(Part), None, True)


def log_copy(stage: Stage) -> LogCopy:
    """Export the whole log of *stage*, verify the copy with the root key, and read it."""
    scratch = Path(tempfile.mkdtemp(prefix="copy-", dir=stage.folder))
    try:
        export_to(stage, scratch / "export")
        return read_copy(
            scratch / "export", PublicKey.from_pem((stage.home / "root.pub").read_bytes())
        )
    finally:
        shutil.rmtree(scratch)


def read_copy(folder: Path, root: PublicKey) -> LogCopy:
    """Verify the copy in *folder*, then read it.

    Raises:
        LogRefused: It does not verify.
    """
    verified = verify_export(folder, root)
    return LogCopy(verified, tuple(_entries(folder, root, verified.size)))


def _entries(folder: Path, root: PublicKey, size: int) -> Iterator[Entry]:
    keys = open_key_list((folder / export.KEYS).read_text("ascii").strip(), root)
    lines = (folder / export.PARTS).read_bytes().splitlines(keepends=True)
    for bundle in bundles_of(size):
        leaves = decode_bundle((folder / bundle.path).read_bytes(), bundle.width)
        for index, entry in enumerate(leaves, bundle.start):
            leaf = open_leaf(entry, keys.key_at(KeyUse.ENTRY, index))
            parts = leaf.open_parts(export.parse_parts_line(lines[index], index))
            yield Entry(index, leaf.claims, parts)
