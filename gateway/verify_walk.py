"""Walks a log from its first entry to its last, and re-derives what it claims.

Where the log comes from is the caller's matter: a folder, or a gateway that serves it. One
bundle of 256 entries is in memory at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.errors import GatewayError, LogRefused
from gateway.model.evidence import EntryType
from gateway.tlog import export, tiles
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.entry import OpenLeaf, open_leaf
from gateway.tlog.keys import KeyList, KeyUse
from gateway.tlog.merkle import leaf_hash
from gateway.tlog.note import Note, VerifierKey
from gateway.tlog.rederive import Rederived
from gateway.verify_governance import Governance

Progress = Callable[[int, int], None]
"""Told after each bundle how many of how many entries are verified."""

Read = Callable[[str, int], bytes]
"""(path, limit) -> the content of a file of tlog-tiles, of no more than *limit* bytes."""

Disclosures = Callable[[int], list[str]]
"""The disclosures that came with the entry at an index; called once for each, in order."""

SMALL_FILE_BYTES = 1_000_000
BUNDLE_BYTES = tiles.WIDTH * (2 + tiles.MAX_ENTRY_BYTES)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a log that verifies proves: its head, and how many entries of each type."""

    origin: str
    size: int
    root: bytes
    entries: Mapping[EntryType, int]
    changes: int | None
    """How many changes of rules and registry were agreed on; None: their parts are not here."""


def open_head(text: str, keys: KeyList) -> tuple[Checkpoint, VerifierKey]:
    """Return the checkpoint that the log signed, and the key with which it did.

    Raises:
        LogRefused: It is not the log's, or carries a signature that nobody here can check.
    """
    with refusing(export.CHECKPOINT):
        note = Note.parse(text)
        unproven = Checkpoint.parse(note.text)
        key = keys.checkpoint_key(unproven.origin, unproven.size)
        checkpoint = open_checkpoint(text, key)
        if len(note.signatures) != 1:
            raise LogRefused("a signature by a key that the copy does not know")
    return checkpoint, key


def walk(
    checkpoint: Checkpoint,
    keys: KeyList,
    read: Read,
    disclosures: Disclosures,
    progress: Progress | None = None,
    *,
    with_parts: bool = True,
) -> Verified:
    """Re-derive the whole log from its entries.

    Where no parts are to be had (*with_parts* false), who agreed on changes is not checked.

    Raises:
        LogRefused: Something is missing or altered; `file` and `index` say where.
    """
    chain = Chain(checkpoint.origin, keys)
    tree = Rederived(checkpoint.size, lambda path: read(path, SMALL_FILE_BYTES))
    counts: Counter[EntryType] = Counter()
    governance = Governance() if with_parts else None
    for bundle in tiles.bundles_of(checkpoint.size):
        hashes = []
        for index, entry in enumerate(_entries(read, bundle), bundle.start):
            with refusing(bundle.path, index):
                leaf = chain.next(index, entry)
            with refusing(export.PARTS, index):
                parts = leaf.open_parts(disclosures(index))
                if governance is not None:
                    governance.next(leaf.claims, parts)
            counts[leaf.claims.type] += 1
            hashes.append(leaf_hash(entry))
        tree.append(hashes)
        if progress is not None:
            progress(tree.frontier.size, checkpoint.size)
    tree.finish()
    if tree.frontier.root() != checkpoint.root:
        raise LogRefused("the entries do not have the signed root", file=export.CHECKPOINT)
    changes = None if governance is None else governance.changes
    return Verified(checkpoint.origin, checkpoint.size, checkpoint.root, dict(counts), changes)


class Chain:
    """Signatures and clear claims, entry after entry."""

    def __init__(self, origin: str, keys: KeyList) -> None:
        self._origin = origin
        self._keys = keys
        self._digests: dict[str, str] = {}

    def next(self, index: int, entry: bytes) -> OpenLeaf:
        """Check the entry at *index* under the key that is valid there.

        A policy or registry digest changes only with the entry that puts it in force.
        """
        leaf = open_leaf(entry, self._keys.key_at(KeyUse.ENTRY, index))
        claims = leaf.claims
        if claims.origin != self._origin:
            raise LogRefused("the entry was made for another log")
        for name, by, digest in (
            ("policy", {EntryType.POLICY}, claims.policy_digest),
            ("registry", {EntryType.REGISTRY, EntryType.STOP}, claims.registry_digest),
        ):
            if claims.type not in by and self._digests.get(name, digest) != digest:
                raise LogRefused(f"another {name} digest than the one in force")
            self._digests[name] = digest
        return leaf


def _entries(read: Read, bundle: tiles.Tile) -> list[bytes]:
    with refusing(bundle.path):
        return tiles.decode_bundle(read(bundle.path, BUNDLE_BYTES), bundle.width)


@contextmanager
def refusing(file: str, index: int | None = None) -> Iterator[None]:
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
