"""The Merkle tree of RFC 6962: hashes, frontier, proofs.

A *node* is the root of a perfect subtree: the one at height h with number i covers the leaves
from i·2^h to (i+1)·2^h. A log is held as its *frontier*: the at most 63 nodes that cover it,
biggest first. Appending, the root, proofs of the new leaves need nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from gateway.errors import ProofRefused

HASH_BYTES = 32
TILE_HEIGHT = 8
MAX_SIZE = 2**63 - 1

EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without entries (RFC 6962 2.1)."""

ReadHashes = Callable[[int, int, int], Sequence[bytes]]
"""(level, start, end) -> the hashes at height 8·level numbered from start to before end.

Each call asks for one whole tile, as wide as it is at the size in question: *start* is a
multiple of 256. No tile is asked for twice within a proof.
"""

Node = tuple[int, int]
"""Height, number."""


def leaf_hash(entry: bytes) -> bytes:
    """Return MTH({entry}) = SHA-256(0x00 ‖ entry), per RFC 6962 2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right), per RFC 6962 2.1."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The nodes that cover a log of *size* leaves, biggest first: one per set bit of size.

    Raises:
        ProofRefused: The peaks are not those of a log of that size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.peaks) != self.size.bit_count():
            raise ProofRefused("a frontier has one peak for each set bit of its size")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ProofRefused("a peak is a SHA-256 hash")

    def root(self) -> bytes:
        """Return the root hash, per RFC 6962 2.1."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the size as eight bytes, big-endian, followed by the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Return what `to_bytes` wrote; ProofRefused for anything else."""
        if len(data) < 8 or (len(data) - 8) % HASH_BYTES:
            raise ProofRefused("a frontier is eight bytes of size and whole hashes")
        peaks = tuple(data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES))
        return cls(int.from_bytes(data[:8], "big"), peaks)


@dataclass(frozen=True, slots=True)
class Extension:
    """A log after some leaves were appended to it.

    *completed* lists the hashes that tiles above level 0 gain: (level, number, hash), level 1
    and up, where the hash at number n goes into tile n // 256 of that level.
    """

    start: int
    frontier: Frontier
    root: bytes
    completed: tuple[tuple[int, int, bytes], ...]
    _nodes: Mapping[Node, bytes] = field(repr=False)

    def proof(self, index: int) -> tuple[bytes, ...]:
        """Return the inclusion proof of one of the new leaves against the new root."""
        if not self.start <= index < self.frontier.size:
            raise ProofRefused(f"leaf {index} is not new in this extension")
        return _path(index, self.frontier.size, lambda *node: self._nodes[node])


def extend(frontier: Frontier, leaf_hashes: Iterable[bytes]) -> Extension:
    """Append leaves to a log: O(1) amortised hashes for each."""
    nodes: dict[Node, bytes] = dict(zip(_cover(frontier.size), frontier.peaks, strict=True))
    completed = []
    size = frontier.size
    for value in leaf_hashes:
        height, number = 0, size
        nodes[height, number] = value
        while number % 2:
            value = node_hash(nodes[height, number - 1], value)  # noqa: PLW2901
            height, number = height + 1, number // 2
            nodes[height, number] = value
            if height % TILE_HEIGHT == 0:
                completed.append((height // TILE_HEIGHT, number, value))
        size += 1
    grown = Frontier(size, tuple(nodes[node] for node in _cover(size)))
    return Extension(frontier.size, grown, grown.root(), tuple(completed), nodes)


def inclusion_proof(index: int, size: int, read: ReadHashes) -> tuple[bytes, ...]:
    """Return PATH(index, D[size]), leaf's sibling first, per RFC 6962 2.1.1."""
    (proof,) = inclusion_proofs([(index, size)], read)
    return proof


def inclusion_proofs(
    places: Sequence[tuple[int, int]], read: ReadHashes, known: dict[Node, bytes] | None = None
) -> list[tuple[bytes, ...]]:
    """Return the `inclusion_proof` of each (index, size) in one log.

    What they share is read and hashed once: a node is the same in a log of every size. So are
    the nodes in *known*, which grows by those that were needed, for the next call.
    """
    for index, size in places:
        if not 0 <= index < size <= MAX_SIZE:
            raise ProofRefused(f"no leaf {index} in a log of {size}")
    node = _Tiles(max((size for _, size in places), default=0), read, known).node
    return [_path(index, size, node) for index, size in places]


def consistency_proof(old: int, new: int, read: ReadHashes) -> tuple[bytes, ...]:
    """Return PROOF(old, D[new]), per RFC 6962 2.1.2; empty for old 0, as tlog-witness says."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofRefused(f"a log of {new} does not extend one of {old}")
    if old in (0, new):
        return ()
    node = _Tiles(new, read).node
    proof = []
    start, end = 0, new
    while end != old:
        split = start + _split(end - start)
        if old <= split:
            proof.append(_subtree(split, end, node))
            end = split
        else:
            proof.append(_subtree(start, split, node))
            start = split
    if start:
        proof.append(_subtree(start, end, node))
    return tuple(reversed(proof))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf with hash *leaf* is at *index* under *root*, per RFC 9162 2.1.3.2.

    Raises:
        ProofRefused: The proof does not lead to the root.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofRefused(f"no leaf {index} in a log of {size}")
    number, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRefused("the inclusion proof is too long")
        if number % 2 or number == last:
            value = node_hash(sibling, value)
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            value = node_hash(value, sibling)
        number, last = number // 2, last // 2
    if last or value != root:
        raise ProofRefused("the inclusion proof does not lead to the root")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the log under *new_root* extends the one under *old_root*, per RFC 9162 2.1.4.2.

    Raises:
        ProofRefused: The proof does not lead to both roots.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofRefused(f"a log of {new} does not extend one of {old}")
    if old in (0, new):
        if proof or old_root != (new_root if old == new else EMPTY_ROOT):
            raise ProofRefused("the consistency proof does not lead to the roots")
        return
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        raise ProofRefused("the consistency proof is too short")
    number, last = old - 1, new - 1
    while number % 2:
        number, last = number // 2, last // 2
    old_value = new_value = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRefused("the consistency proof is too long")
        if number % 2 or number == last:
            old_value, new_value = node_hash(sibling, old_value), node_hash(sibling, new_value)
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            new_value = node_hash(new_value, sibling)
        number, last = number // 2, last // 2
    if last or old_value != old_root or new_value != new_root:
        raise ProofRefused("the consistency proof does not lead to the roots")


class _Tiles:
    """Nodes of a log of a given size, computed from tiles that are read once each."""

    def __init__(self, size: int, read: ReadHashes, known: dict[Node, bytes] | None = None) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}
        self._nodes = {} if known is None else known

    def node(self, height: int, number: int) -> bytes:
        known = self._nodes.get((height, number))
        if known is not None:
            return known
        if height % TILE_HEIGHT == 0:
            tile, at = divmod(number, 1 << TILE_HEIGHT)
            value = self._tile(height // TILE_HEIGHT, tile)[at]
        else:
            children = self.node(height - 1, 2 * number), self.node(height - 1, 2 * number + 1)
            value = node_hash(*children)
        self._nodes[height, number] = value
        return value

    def _tile(self, level: int, tile: int) -> Sequence[bytes]:
        if (level, tile) not in self._tiles:
            start = tile << TILE_HEIGHT
            end = min(start + (1 << TILE_HEIGHT), self._size >> TILE_HEIGHT * level)
            hashes = self._read(level, start, end)
            if len(hashes) != end - start:
                raise ProofRefused(f"tile {tile} of level {level} has not {end - start} hashes")
            self._tiles[level, tile] = hashes
        return self._tiles[level, tile]


def _split(size: int) -> int:
    """Return the biggest power of two below *size* (k of RFC 6962 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def _cover(size: int) -> Iterator[Node]:
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            yield height, (size >> height) - 1


def _subtree(start: int, end: int, node: Callable[[int, int], bytes]) -> bytes:
    """Return MTH(D[start:end]) for a range that RFC 6962's splitting comes to."""
    size = end - start
    if size.bit_count() == 1:
        return node(size.bit_length() - 1, start // size)
    split = start + _split(size)
    return node_hash(_subtree(start, split, node), _subtree(split, end, node))


def _path(index: int, size: int, node: Callable[[int, int], bytes]) -> tuple[bytes, ...]:
    path = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(_subtree(split, end, node))
            end = split
        else:
            path.append(_subtree(start, split, node))
            start = split
    return tuple(reversed(path))
