"""Hash tiles re-derived from the entries, each compared with the one that is there."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from gateway.errors import LogRefused
from gateway.tlog.merkle import Frontier, extend
from gateway.tlog.tiles import WIDTH, tile_at


class Rederived:
    """The tree over a log of *size* entries, as far as its entries have come in.

    *read* gives the content of a tile by its path. In memory are the frontier and, for each
    level, the hashes of one tile.
    """

    def __init__(self, size: int, read: Callable[[str], bytes]) -> None:
        self.frontier = Frontier()
        self._size = size
        self._read = read
        self._open: defaultdict[int, list[bytes]] = defaultdict(list)

    def append(self, hashes: Sequence[bytes]) -> None:
        """Take the leaf hashes of the next bundle.

        Raises:
            LogRefused: A tile that is full with it is another one; `file` names it.
        """
        self._compare(0, self.frontier.size // WIDTH, hashes)
        extension = extend(self.frontier, hashes)
        self.frontier = extension.frontier
        for level, number, value in extension.completed:
            self._open[level].append(value)
            if len(self._open[level]) == WIDTH:
                self._compare(level, number // WIDTH, self._open.pop(level))

    def finish(self) -> None:
        """Compare the partial tiles above level 0, after the last bundle.

        Raises:
            LogRefused: One is another; `file` names it.
        """
        for level, hashes in self._open.items():
            self._compare(level, (self._size >> 8 * level) // WIDTH, hashes)

    def _compare(self, level: int, n: int, hashes: Sequence[bytes]) -> None:
        path = tile_at(level, n, self._size).path
        if self._read(path) != b"".join(hashes):
            raise LogRefused("not the hashes of the entries below it", file=path)
