"""A log in memory: the least that writes a log copy, for tests.

`MemoryLog` does what it is told: with another signer in one of its fields, or an entry of
the test's own making, it writes the copies that a verifier has to refuse.
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.model.evidence import EntryType, Part, Receipt
from gateway.people import canonical_person, person_key
from gateway.registry import registry_digest
from gateway.tlog import export, tiles
from gateway.tlog.checkpoint import Checkpoint, sign_checkpoint
from gateway.tlog.entry import Claims, make_leaf, present
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyRange, KeyUse, sign_key_list
from gateway.tlog.merkle import Frontier, extend, inclusion_proof, leaf_hash
from gateway.tlog.note import VerifierKey
from gateway.tlog.proof import LogProof
from tests.governing import founders

ORIGIN = "log.example/2026"
POLICY_DIGEST = "a" * 64
PEOPLE = {person_key(document["id"]): document for document in founders()}
REGISTRY_DIGEST = registry_digest({k: canonical_person(d) for k, d in PEOPLE.items()})
FOUNDING: Mapping[int, Mapping[Part, Any]] = {
    0: {Part.AUDIT: {"founding": {"documents": PEOPLE}}},
    1: {Part.AUDIT: {"founding": {"policy_digest": POLICY_DIGEST}}},
}
"""What the first two entries of a log say: its people, and its rules."""


class KeySigner:
    """A Signer with a private key in memory, always the same for the same name."""

    def __init__(self, name: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
        self.public_key = PublicKey(self._key.public_key().public_bytes_raw())

    @property
    def kid(self) -> str:
        return self.public_key.kid

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self.public_key.jwk

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def claims(number: int, **changes: Any) -> Claims:
    """Return the claims of an entry, valid unless told otherwise."""
    fields: dict[str, Any] = {
        "origin": ORIGIN,
        "type": {0: EntryType.REGISTRY, 1: EntryType.POLICY}.get(number, EntryType.DECISION),
        "id": f"{number:032x}",
        "time": 1_795_000_000 + number,
        "policy_digest": POLICY_DIGEST,
        "registry_digest": REGISTRY_DIGEST,
        "engine": "embedded/opa-1.20.2",
        "gateway": "datenschleuse/0.1.0",
    }
    return Claims(**{**fields, **changes})


class MemoryLog:
    """Entries, the hash tiles over them, and the keys that sign both."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.root_signer = KeySigner("root")
        self.entry_signer = KeySigner("entry")
        self.checkpoint_signer = KeySigner("checkpoint")
        self.keys = KeyList.of(
            [
                KeyRange(KeyUse.ENTRY, self.entry_signer.public_key, 0, None),
                KeyRange(KeyUse.CHECKPOINT, self.checkpoint_signer.public_key, 0, None),
            ]
        )
        self.entries: list[bytes] = []
        self.disclosures: list[Mapping[Part, str]] = []
        self.frontier = Frontier()
        self._levels: dict[int, list[bytes]] = {0: []}

    @property
    def size(self) -> int:
        return len(self.entries)

    @property
    def vkey(self) -> VerifierKey:
        """The verifier key of the checkpoint that `write` writes."""
        return VerifierKey(self.origin, self.checkpoint_signer.public_key)

    def append(self, parts: Mapping[Part, Any] | None = None, **changes: Any) -> int:
        """Append a signed entry with *parts*; *changes* go into its claims."""
        given = claims(self.size, **{"origin": self.origin, **changes})
        shown = FOUNDING.get(self.size, {}) if parts is None and not changes else parts or {}
        leaf = make_leaf(given, shown, self.entry_signer)
        return self.append_raw([leaf.entry], [leaf.disclosures])

    def append_raw(
        self, entries: Sequence[bytes], disclosures: Sequence[Mapping[Part, str]] | None = None
    ) -> int:
        """Append entries as they are; return the index of the first."""
        hashes = [leaf_hash(entry) for entry in entries]
        extension = extend(self.frontier, hashes)
        self.frontier = extension.frontier
        self._levels[0] += hashes
        for level, _, value in extension.completed:
            self._levels.setdefault(level, []).append(value)
        self.entries += entries
        self.disclosures += disclosures or [{} for _ in entries]
        return extension.start

    def read(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Give hashes to `inclusion_proof` or `consistency_proof`."""
        return self._levels[level][start:end]

    def root(self, size: int) -> bytes:
        """Return the root at an earlier size."""
        return extend(Frontier(), self._levels[0][:size]).root

    def checkpoint(self, size: int | None = None) -> str:
        """Return the signed checkpoint."""
        size = self.size if size is None else size
        head = Checkpoint(self.origin, size, self.root(size))
        return sign_checkpoint(head, self.checkpoint_signer)

    def receipt(self, index: int, *parts: Part) -> Receipt:
        """Return what a reader of these parts of the entry keeps."""
        disclosures = [self.disclosures[index][part] for part in parts]
        hashes = inclusion_proof(index, self.size, self.read)
        proof = LogProof(index, hashes, self.checkpoint())
        return Receipt(present(self.entries[index].decode(), disclosures), proof.format())

    def files(self) -> dict[str, bytes]:
        """Return all files of a log copy by their paths."""
        lines = [export.parts_line(i, d.values()) for i, d in enumerate(self.disclosures)]
        files = {
            export.CHECKPOINT: self.checkpoint().encode(),
            export.KEYS: export.keys_file(sign_key_list(self.keys, self.root_signer)),
            export.LOG_VKEY: export.vkey_file(self.vkey),
            export.ROOT_PUB: self.root_signer.public_key.pem,
            export.PARTS: b"".join(lines),
        }
        for bundle in tiles.bundles_of(self.size):
            entries = self.entries[bundle.start : bundle.start + bundle.width]
            files[bundle.path] = tiles.encode_bundle(entries)
        for tile in tiles.tiles_of(self.size):
            hashes = self.read(tile.level, tile.start, tile.start + tile.width)
            files[tile.path] = b"".join(hashes)
        return files

    def write(self, folder: Path) -> Path:
        """Write a log copy into *folder*."""
        for path, content in self.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder


def a_log(size: int) -> MemoryLog:
    """Return a log of *size* signed entries; the first two and each third one have parts."""
    log = MemoryLog()
    for number in range(size):
        parts = {Part.SENDER: {"verdict": "deny"}, Part.AUDIT: {"members": ["a", "ä"], "n": number}}
        log.append(FOUNDING.get(number) or (parts if number % 3 == 0 else None))
    return log


def raw_log(size: int) -> MemoryLog:
    """Return a log of *size* entries that no one signed, for judges that only hash."""
    log = MemoryLog()
    chance = random.Random(size)
    log.append_raw([chance.randbytes(1 + n % 40) for n in range(size)])
    return log
