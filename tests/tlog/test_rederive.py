"""Each tile of a log is compared with what its entries make it."""

import pytest

from gateway.errors import LogRefused
from gateway.tlog.rederive import Rederived
from gateway.tlog.tiles import bundles_of, tiles_of
from tests.tlog.memory_log import raw_log

SIZE = 66_000
LOG = raw_log(SIZE)
FILES = LOG.files()


def rederive(files):
    """Bring in all entries, bundle by bundle, and return the tree over them."""
    tree = Rederived(SIZE, files.__getitem__)
    for bundle in bundles_of(SIZE):
        tree.append(LOG.read(0, bundle.start, bundle.start + bundle.width))
    tree.finish()
    return tree


def test_the_tiles_of_a_log_are_those_of_its_entries():
    read = []

    class Files(dict):
        def __getitem__(self, path):
            read.append(path)
            return super().__getitem__(path)

    assert rederive(Files(FILES)).frontier == LOG.frontier
    assert sorted(read) == sorted(tile.path for tile in tiles_of(SIZE))


@pytest.mark.parametrize(
    "path",
    ["tile/0/000", "tile/0/257.p/208", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"],
)
def test_another_tile_is_refused_and_named(path):
    altered = bytearray(FILES[path])
    altered[-1] ^= 1
    for content in (bytes(altered), FILES[path][:-32], FILES[path] + bytes(32), b""):
        with pytest.raises(LogRefused) as refused:
            rederive({**FILES, path: content})
        assert refused.value.file == path
