"""The files of c2sp.org/tlog-tiles: their names, their widths, entry bundles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import MalformedTile

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""

MAX_ENTRY_BYTES = 65_535

ENTRIES = -1
"""The level of an entry bundle."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<n>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One hash tile, or one entry bundle where the level is ENTRIES; partial below width 256."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The file's name below the log's prefix, such as `tile/0/x001/234.p/5`."""
        digits = f"{self.n:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{number}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def start(self) -> int:
        """The number, at the tile's own level, of its first hash or entry."""
        return self.n * WIDTH


def parse_path(path: str) -> Tile:
    """Return the tile of that name; MalformedTile if no tile has it."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTile("not the path of a tile")
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    tile = Tile(level, int(re.sub("[x/]", "", match["n"])), int(match["width"] or WIDTH))
    if tile.path != path or level > 63:
        raise MalformedTile("not the path of a tile")
    return tile


def tile_at(level: int, n: int, size: int) -> Tile:
    """Return the tile of that place in a log of *size* entries, as wide as it is there.

    Raises:
        MalformedTile: The log has no such tile.
    """
    width = min((size >> 8 * max(level, 0)) - n * WIDTH, WIDTH)
    if n < 0 or width < 1:
        raise MalformedTile(f"a log of {size} entries has no such tile")
    return Tile(level, n, width)


def bundles_of(size: int) -> Iterator[Tile]:
    """Give the entry bundles of a log of *size* entries, in order."""
    return (tile_at(ENTRIES, n, size) for n in range(-(-size // WIDTH)))


def tiles_of(size: int) -> Iterator[Tile]:
    """Give the hash tiles of a log of *size* entries, level by level, none that is superseded."""
    level, hashes = 0, size
    while hashes:
        yield from (tile_at(level, n, size) for n in range(-(-hashes // WIDTH)))
        level, hashes = level + 1, hashes // WIDTH


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the entries, each after its length as big-endian uint16."""
    if not 1 <= len(entries) <= WIDTH:
        raise MalformedTile("a bundle holds 1 to 256 entries")
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise MalformedTile("an entry is longer than 65,535 bytes")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Return the *width* entries of a bundle.

    Raises:
        MalformedTile: Cut off, or bytes after the last entry.
    """
    entries = []
    at = 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise MalformedTile(f"the bundle ends before its {width} entries")
        entries.append(data[start:at])
    if at != len(data):
        raise MalformedTile("bytes after the last entry of the bundle")
    return entries
