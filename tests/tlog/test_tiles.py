"""Tiles have the names, widths and bytes of the specification, of tessera and of one in Python."""

import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import aics_tlog
import aics_tlog.tiles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import MalformedTile
from gateway.tlog.checkpoint import open_checkpoint
from gateway.tlog.merkle import (
    Frontier,
    consistency_proof,
    extend,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from gateway.tlog.note import VerifierKey
from gateway.tlog.tiles import (
    ENTRIES,
    MAX_ENTRY_BYTES,
    Tile,
    bundles_of,
    decode_bundle,
    encode_bundle,
    parse_path,
    tile_at,
    tiles_of,
)
from tests.tlog.memory_log import raw_log

FOLDER = Path(__file__).parents[1] / "vectors"
PATHS = json.loads((FOLDER / "tlog_tiles/c2sp_paths.json").read_text())
TILES = json.loads((FOLDER / "tlog_tiles/tessera_log.json").read_text())
TESSERA = json.loads((FOLDER / "tlog_checkpoint/tessera_log.json").read_text())

all_tiles = st.builds(Tile, st.integers(ENTRIES, 63), st.integers(0, 2**55), st.integers(1, 256))


def shape(size):
    """Count the tiles of a log by level and width, as the specification does."""
    return Counter((tile.level, tile.width) for tile in tiles_of(size))


def test_the_path_worked_out_in_the_specification():
    assert Tile(0, 1234067).path == f"tile/0/{PATHS['index_1234067']}"


def test_the_tiles_worked_out_in_the_specification():
    assert shape(70_000) == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert shape(256) == {(0, 256): 1, (1, 1): 1}
    assert PATHS["size_70000"] == {
        "full_level_0": 273,
        "partial_level_0": 112,
        "full_level_1": 1,
        "partial_level_1": 17,
        "partial_level_2": 1,
    }


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999, 255), "tile/0/999.p/255"),
        (Tile(5, 1000), "tile/5/x001/000"),
        (Tile(ENTRIES, 0, 1), "tile/entries/000.p/1"),
        (Tile(ENTRIES, 1_000_000), "tile/entries/x001/x000/000"),
        (Tile(63, 12), "tile/63/012"),
    ],
    ids=str,
)
def test_a_tile_has_its_path(tile, path):
    assert tile.path == path
    assert parse_path(path) == tile


@settings(deadline=None)
@given(all_tiles)
def test_a_path_says_its_tile_and_is_that_of_another_implementation(tile):
    width = None if tile.width == 256 else tile.width
    theirs = (
        aics_tlog.tiles.entry_bundle_path(tile.n, width)
        if tile.level == ENTRIES
        else aics_tlog.tiles.tile_path(tile.level, tile.n, width)
    )
    assert parse_path(tile.path) == tile
    assert tile.path == theirs


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/234",
        "tile/0/x001234",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/data/000",
        "tile/0/x001/../000",
    ],
)
def test_what_is_no_path_of_a_tile_is_refused(path):
    with pytest.raises(MalformedTile):
        parse_path(path)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 1000, 65_536, 70_000])
def test_our_tiles_are_byte_for_byte_those_of_another_implementation(size):
    log = raw_log(size)
    ours = {path: data for path, data in log.files().items() if path.startswith("tile/")}

    assert ours == aics_tlog.tiles.materialise_tiles(log.entries)


def test_a_published_log_has_the_roots_and_proofs_that_our_code_computes():
    entries = decode_bundle(bytes.fromhex(TILES["tile/entries/000.p/15"]), 15)
    hashes = [leaf_hash(entry) for entry in entries]
    key = VerifierKey.parse(TESSERA["vkey"])
    heads = [open_checkpoint(note, key) for note in TESSERA["checkpoints"]]

    def read(level, start, end):
        return hashes[start:end]

    assert b"".join(hashes).hex() == TILES["tile/0/000.p/15"]
    assert [head.root for head in heads] == [
        extend(Frontier(), hashes[:size]).root for size in range(16)
    ]
    for old, new in pairwise(heads):
        proof = consistency_proof(old.size, new.size, read)
        verify_consistency(old.size, new.size, proof, old.root, new.root)
        verify_inclusion(
            hashes[old.size],
            old.size,
            new.size,
            inclusion_proof(old.size, new.size, read),
            new.root,
        )


@pytest.mark.parametrize(
    ("level", "n", "size"),
    [(0, 1, 256), (0, -1, 256), (1, 0, 255), (2, 0, 65_535), (ENTRIES, 1, 256), (0, 0, 0)],
)
def test_a_log_has_no_tile_beyond_its_size(level, n, size):
    with pytest.raises(MalformedTile):
        tile_at(level, n, size)


def test_bundles_come_in_order():
    assert list(bundles_of(600)) == [
        Tile(ENTRIES, 0),
        Tile(ENTRIES, 1),
        Tile(ENTRIES, 2, 88),
    ]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_gives_back_its_entries(entries):
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle, len(entries)) == entries
    assert bundle == aics_tlog.tiles.build_entry_bundle(entries)


def test_a_bundle_of_the_longest_entries_gives_them_back():
    entries = [random.Random(1).randbytes(MAX_ENTRY_BYTES)] * 2
    assert decode_bundle(encode_bundle(entries), 2) == entries


@pytest.mark.parametrize(
    "entries", [[], [b""] * 257, [bytes(MAX_ENTRY_BYTES + 1)]], ids=["none", "257", "too long"]
)
def test_what_does_not_fit_is_not_bundled(entries):
    with pytest.raises(MalformedTile):
        encode_bundle(entries)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=9), min_size=1, max_size=9), st.integers(1, 20))
def test_a_bundle_that_is_cut_off_or_longer_is_refused(entries, by):
    bundle = encode_bundle(entries)
    for changed in (bundle[:-by], bundle + bytes(by)):
        with pytest.raises(MalformedTile):
            decode_bundle(changed, len(entries))
