"""An auditor checks a log copy, or a partner a receipt, offline.

Needs the log's root key and nothing else that is not in the copy. What a copy may hold is
written in `gateway/tlog/export.py`; anything missing, extra or altered refuses it. A copy is
read once from the first entry to the last; only one bundle of 256 entries is in memory.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gateway.errors import GatewayError, LogRefused
from gateway.model.evidence import EntryType, Part, Receipt
from gateway.tlog import export, tiles
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.entry import Claims, OpenLeaf, open_leaf, open_presentation
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyUse, open_key_list
from gateway.tlog.merkle import leaf_hash
from gateway.tlog.note import Note
from gateway.tlog.proof import LogProof
from gateway.tlog.rederive import Rederived

Progress = Callable[[int, int], None]
"""Told after each bundle how many of how many entries are verified."""

_SMALL_FILE_BYTES = 1_000_000
_BUNDLE_BYTES = tiles.WIDTH * (2 + tiles.MAX_ENTRY_BYTES)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a copy that verifies proves: the log's head, and how many entries of each type."""

    origin: str
    size: int
    root: bytes
    entries: Mapping[EntryType, int]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt that verifies proves: these claims and parts at that place of the log."""

    claims: Claims
    parts: Mapping[Part, Mapping[str, Any]]
    index: int
    checkpoint: Checkpoint


def verify_receipt(receipt: Receipt, keys: KeyList, origin: str) -> VerifiedReceipt:
    """Check a receipt of the log *origin* against its key list.

    Raises:
        LogRefused: Leaf, parts, proof or checkpoint are not what the log signed.
    """
    with _refusing("receipt"):
        proof = LogProof.parse(receipt.proof)
        unproven = Checkpoint.parse(Note.parse(proof.checkpoint).text)
        key = keys.key_at(KeyUse.ENTRY, proof.index)
        leaf, parts = open_presentation(receipt.sd_jwt, key)
        entry = receipt.sd_jwt.partition("~")[0].encode()
        checkpoint = proof.verify(entry, keys.checkpoint_key(origin, unproven.size))
        if leaf.claims.origin != origin:
            raise LogRefused("the entry was made for another log")
    return VerifiedReceipt(leaf.claims, parts, proof.index, checkpoint)


def verify_export(folder: Path, root_key: PublicKey, progress: Progress | None = None) -> Verified:
    """Re-derive a whole log copy from its entries.

    Raises:
        LogRefused: Something is missing, extra or altered; `file` and `index` say where.
    """
    keys = _open_keys(folder, root_key)
    checkpoint = _open_checkpoint(folder, keys)
    _refuse_extra_files(folder, checkpoint.size)
    chain = _Chain(checkpoint.origin, keys)
    tree = Rederived(checkpoint.size, lambda path: _read(folder, path))
    counts: Counter[EntryType] = Counter()
    with _refusing(export.PARTS), _open(folder, export.PARTS) as lines:
        for bundle in tiles.bundles_of(checkpoint.size):
            hashes = []
            for index, entry in enumerate(_entries(folder, bundle), bundle.start):
                with _refusing(bundle.path, index):
                    leaf = chain.next(index, entry)
                with _refusing(export.PARTS, index):
                    leaf.open_parts(_next_line(lines, index))
                counts[leaf.claims.type] += 1
                hashes.append(leaf_hash(entry))
            tree.append(hashes)
            if progress is not None:
                progress(tree.frontier.size, checkpoint.size)
        if lines.read(1):
            raise LogRefused("more lines than the log has entries")
    tree.finish()
    if tree.frontier.root() != checkpoint.root:
        raise LogRefused("the entries do not have the signed root", file=export.CHECKPOINT)
    return Verified(checkpoint.origin, checkpoint.size, checkpoint.root, dict(counts))


class _Chain:
    """Signatures and clear claims, entry after entry."""

    def __init__(self, origin: str, keys: KeyList) -> None:
        self._origin = origin
        self._keys = keys
        self._digests: dict[EntryType, str] = {}

    def next(self, index: int, entry: bytes) -> OpenLeaf:
        """Check the entry at *index* under the key that is valid there.

        A policy or registry digest changes only with the entry that puts it in force.
        """
        leaf = open_leaf(entry, self._keys.key_at(KeyUse.ENTRY, index))
        claims = leaf.claims
        if claims.origin != self._origin:
            raise LogRefused("the entry was made for another log")
        for type_, digest in (
            (EntryType.POLICY, claims.policy_digest),
            (EntryType.REGISTRY, claims.registry_digest),
        ):
            if claims.type != type_ and self._digests.get(type_, digest) != digest:
                raise LogRefused(f"another {type_} digest than the one in force")
            self._digests[type_] = digest
        return leaf


def _open_keys(folder: Path, root_key: PublicKey) -> KeyList:
    if _read(folder, export.ROOT_PUB) != root_key.pem:
        raise LogRefused("not the root key that was given", file=export.ROOT_PUB)
    with _refusing(export.KEYS):
        text = _read_text(folder, export.KEYS)
        keys = open_key_list(text.removesuffix("\n"), root_key)
        if not text.endswith("\n"):
            raise LogRefused("the last line has no end")
    return keys


def _open_checkpoint(folder: Path, keys: KeyList) -> Checkpoint:
    with _refusing(export.CHECKPOINT):
        text = _read_text(folder, export.CHECKPOINT)
        note = Note.parse(text)
        unproven = Checkpoint.parse(note.text)
        key = keys.checkpoint_key(unproven.origin, unproven.size)
        checkpoint = open_checkpoint(text, key)
        if len(note.signatures) != 1:
            raise LogRefused("a signature by a key that the copy does not know")
    if _read(folder, export.LOG_VKEY) != export.vkey_file(key):
        raise LogRefused("not the key of the checkpoint", file=export.LOG_VKEY)
    return checkpoint


def _refuse_extra_files(folder: Path, size: int) -> None:
    for path in _files(folder):
        if path not in export.FILES:
            with _refusing(path):
                tile = tiles.parse_path(path)
                if tiles.tile_at(tile.level, tile.n, size) != tile:
                    raise LogRefused(f"not a tile of a log of {size} entries")


def _files(folder: Path) -> Iterator[str]:
    """Give every file; refuse what is neither a file nor a folder, or a folder without files."""
    below = [""]
    while below:
        parent = below.pop()
        with _refusing(parent), os.scandir(folder / parent) as entries:
            names = {entry.name: entry for entry in entries}
        if not names:
            raise LogRefused("an empty folder", file=parent)
        for name, entry in names.items():
            path = parent + name
            if not name.isprintable():  # nor shown to a terminal as it is
                raise LogRefused("not a name in a log copy", file=parent + ascii(name))
            if entry.is_dir(follow_symlinks=False):
                below.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path
            else:
                raise LogRefused("neither a file nor a folder", file=path)


def _entries(folder: Path, bundle: tiles.Tile) -> list[bytes]:
    with _refusing(bundle.path):
        return tiles.decode_bundle(_read(folder, bundle.path, _BUNDLE_BYTES), bundle.width)


def _next_line(lines: BinaryIO, index: int) -> list[str]:
    return export.parse_parts_line(lines.readline(export.MAX_PARTS_LINE_BYTES), index)


def _read_text(folder: Path, name: str) -> str:
    try:
        return _read(folder, name).decode()
    except UnicodeDecodeError as error:
        raise LogRefused("not UTF-8", file=name) from error


def _read(folder: Path, name: str, limit: int = _SMALL_FILE_BYTES) -> bytes:
    with _refusing(name), _open(folder, name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise LogRefused("longer than such a file can be", file=name)
    return data


def _open(folder: Path, name: str) -> BinaryIO:
    path = folder / name
    if not stat.S_ISREG(path.lstat().st_mode):
        raise LogRefused("not a plain file")
    return path.open("rb")


@contextmanager
def _refusing(file: str, index: int | None = None) -> Iterator[None]:
    """Say where something was refused."""
    try:
        yield
    except FileNotFoundError as error:
        raise LogRefused("missing", file=file, index=index) from error
    except OSError as error:
        raise LogRefused("cannot be read", file=file, index=index) from error
    except GatewayError as error:
        if isinstance(error, LogRefused) and error.file is not None:
            raise
        what = error.what if isinstance(error, LogRefused) else str(error)
        raise LogRefused(what, file=file, index=index) from error
