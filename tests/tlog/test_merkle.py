"""The Merkle tree agrees with RFC 6962, with published vectors and with another implementation."""

import json
from pathlib import Path

import aics_tlog
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import ProofRefused
from gateway.tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    extend,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.tlog.memory_log import raw_log

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/rfc6962/reference_tree.json").read_text()
)
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]

LOG = raw_log(700)
THEIRS = aics_tlog.MerkleTree(LOG.entries)

sizes = st.integers(1, LOG.size)


@st.composite
def leaf_of_a_log(draw):
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw):
    new = draw(sizes)
    return draw(st.integers(0, new)), new


@st.composite
def a_changed(draw, values):
    """Return *values* with one bit flipped, one missing, one twice, or one more."""
    how = draw(st.sampled_from(["flip", "drop", "double", "add"] if values else ["add"]))
    at = draw(st.integers(0, max(len(values) - 1, 0)))
    changed = list(values)
    if how == "flip":
        bit = draw(st.integers(0, 255))
        changed[at] = (int.from_bytes(values[at]) ^ (1 << bit)).to_bytes(32)
    elif how == "drop":
        del changed[at]
    else:
        changed.insert(
            at, values[at] if how == "double" else draw(st.binary(min_size=32, max_size=32))
        )
    return changed


def proof_in(entries):
    """Give `inclusion_proof` and `consistency_proof` the hashes of a short log."""
    hashes = [leaf_hash(entry) for entry in entries]
    return lambda level, start, end: hashes[start:end]


def test_leaves_have_the_published_hashes():
    assert [leaf.hex() for leaf in LEAVES] == VECTORS["nodes"][0]


def test_nodes_have_the_published_hashes():
    level = LEAVES
    for published in VECTORS["nodes"][1:]:
        level = [node_hash(*level[at : at + 2]) for at in range(0, len(level), 2)]
        assert [node.hex() for node in level] == published


def test_roots_of_all_sizes_are_the_published_ones():
    assert [extend(Frontier(), LEAVES[:size]).root for size in range(9)] == ROOTS
    assert ROOTS[0] == EMPTY_ROOT == Frontier().root()


@pytest.mark.parametrize("vector", VECTORS["inclusion_proofs"], ids=str)
def test_inclusion_proofs_are_the_published_ones(vector):
    proof = tuple(bytes.fromhex(value) for value in vector["proof"])
    index, size = vector["index"], vector["size"]
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]

    assert inclusion_proof(index, size, proof_in(leaves)) == proof
    verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("vector", VECTORS["consistency_proofs"], ids=str)
def test_consistency_proofs_are_the_published_ones(vector):
    proof = tuple(bytes.fromhex(value) for value in vector["proof"])
    old, new = vector["old"], vector["new"]
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]

    assert consistency_proof(old, new, proof_in(leaves)) == proof
    verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@settings(deadline=None)
@given(leaf_of_a_log())
def test_inclusion_proofs_are_those_of_another_implementation(leaf):
    index, size = leaf
    proof = inclusion_proof(index, size, LOG.read)

    assert list(proof) == THEIRS.inclusion_proof(index, size)
    assert aics_tlog.verify_inclusion(
        leaf_hash(LOG.entries[index]), index, size, list(proof), LOG.root(size)
    )


@settings(deadline=None)
@given(two_sizes())
def test_consistency_proofs_are_those_of_another_implementation(sizes):
    old, new = sizes
    proof = consistency_proof(old, new, LOG.read)

    assert list(proof) == (THEIRS.consistency_proof(old, new) if old else [])
    assert LOG.root(new) == THEIRS.root(new)


def test_proofs_made_together_are_those_made_one_by_one():
    places = [(index, size) for size in (1, 2, 255, 256, 257, 300) for index in range(0, size, 7)]
    assert inclusion_proofs(places, LOG.read) == [
        inclusion_proof(*place, LOG.read) for place in places
    ]
    assert inclusion_proofs([], LOG.read) == []


def test_what_is_known_of_a_log_is_not_read_again_as_it_grows():
    asked = []

    def read(level, start, end):
        asked.append((level, start, end))
        return LOG.read(level, start, end)

    known = {}
    small = [(index, 200) for index in range(200)]
    first = inclusion_proofs(small, read, known)
    again = inclusion_proofs(small, read, known)
    assert asked == [(0, 0, 200)]

    grown = inclusion_proofs([(7, 300)], read, known)

    assert first == again == inclusion_proofs(small, LOG.read)
    assert grown == [inclusion_proof(7, 300, LOG.read)]
    assert sorted(asked[1:]) == [(0, 0, 256), (0, 256, 300)]


@settings(deadline=None)
@given(leaf_of_a_log())
def test_every_inclusion_proof_verifies(leaf):
    index, size = leaf
    proof = inclusion_proof(index, size, LOG.read)
    verify_inclusion(leaf_hash(LOG.entries[index]), index, size, proof, LOG.root(size))


@settings(deadline=None)
@given(two_sizes())
def test_every_consistency_proof_verifies(sizes):
    old, new = sizes
    proof = consistency_proof(old, new, LOG.read)
    verify_consistency(old, new, proof, LOG.root(old), LOG.root(new))


@settings(deadline=None)
@given(leaf_of_a_log(), st.data())
def test_a_changed_inclusion_proof_is_refused(leaf, data):
    index, size = leaf
    proof = data.draw(a_changed(inclusion_proof(index, size, LOG.read)))
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(LOG.entries[index]), index, size, proof, LOG.root(size))


@settings(deadline=None)
@given(two_sizes(), st.data())
def test_a_changed_consistency_proof_is_refused(sizes, data):
    old, new = sizes
    proof = data.draw(a_changed(consistency_proof(old, new, LOG.read)))
    with pytest.raises(ProofRefused):
        verify_consistency(old, new, proof, LOG.root(old), LOG.root(new))


@settings(deadline=None)
@given(leaf_of_a_log(), st.integers(-2, 2**63), st.integers(-2, 2**63))
def test_an_inclusion_proof_holds_for_its_own_leaf_only(leaf, other_index, other):
    index, size = leaf
    proof = inclusion_proof(index, size, LOG.read)
    if other_index != index:
        with pytest.raises(ProofRefused):
            verify_inclusion(
                leaf_hash(LOG.entries[index]), other_index, size, proof, LOG.root(size)
            )
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, LOG.root(size))
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(LOG.entries[index]), index, size, proof, LOG.root(size)[::-1])
    if not index < other:
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf_hash(LOG.entries[index]), index, other, proof, LOG.root(size))


@settings(deadline=None)
@given(two_sizes())
def test_a_consistency_proof_holds_for_its_own_roots_only(sizes):
    old, new = sizes
    proof = consistency_proof(old, new, LOG.read)
    wrong = leaf_hash(b"another")
    with pytest.raises(ProofRefused):
        verify_consistency(old, new, proof, wrong, LOG.root(new))
    if old:
        with pytest.raises(ProofRefused):
            verify_consistency(old, new, proof, LOG.root(old), wrong)


def test_a_log_is_never_consistent_with_a_bigger_one():
    with pytest.raises(ProofRefused):
        consistency_proof(3, 2, LOG.read)
    with pytest.raises(ProofRefused):
        verify_consistency(3, 2, (), LOG.root(3), LOG.root(2))


def test_the_empty_log_is_consistent_with_each_log_under_its_own_root_only():
    verify_consistency(0, 5, (), EMPTY_ROOT, LOG.root(5))
    with pytest.raises(ProofRefused):
        verify_consistency(0, 5, (), LOG.root(5), LOG.root(5))


@settings(deadline=None)
@given(st.lists(st.integers(1, 300), max_size=4))
def test_appending_in_batches_gives_the_same_log_and_the_same_proofs(batches):
    frontier = Frontier()
    stored = {0: []}
    for batch in batches:
        hashes = [leaf_hash(entry) for entry in LOG.entries[frontier.size :][:batch]]
        extension = extend(frontier, hashes)
        stored[0] += hashes
        for level, number, value in extension.completed:
            assert number == len(stored.setdefault(level, []))
            stored[level].append(value)
        frontier = extension.frontier
        assert extension.root == frontier.root() == LOG.root(frontier.size)
        for index in range(extension.start, frontier.size, 17):
            assert extension.proof(index) == inclusion_proof(index, frontier.size, LOG.read)
    assert stored == {level: LOG.read(level, 0, len(stored[level])) for level in stored}


def test_an_extension_proves_no_leaf_that_is_not_new():
    extension = extend(extend(Frontier(), LEAVES[:3]).frontier, LEAVES[3:5])
    for index in (2, 5):
        with pytest.raises(ProofRefused):
            extension.proof(index)


@settings(deadline=None)
@given(st.integers(0, LOG.size))
def test_a_frontier_is_what_its_bytes_say(size):
    frontier = extend(Frontier(), LOG.read(0, 0, size)).frontier
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        bytes(8) + bytes(32),
        (1).to_bytes(8, "big"),
        (1).to_bytes(8, "big") + bytes(31),
        (3).to_bytes(8, "big") + bytes(32),
        (2**63).to_bytes(8, "big") + bytes(32),
    ],
    ids=["nothing", "short", "too many", "too few", "half a hash", "one of two", "too big"],
)
def test_bytes_that_are_no_frontier_are_refused(data):
    with pytest.raises(ProofRefused):
        Frontier.from_bytes(data)


def test_a_peak_is_a_hash():
    with pytest.raises(ProofRefused):
        Frontier(1, (bytes(31),))


@pytest.mark.parametrize("proof", [(), (bytes(32),) * 20], ids=["too short", "too long"])
@pytest.mark.parametrize("old", [3, 4])
def test_a_proof_of_the_wrong_length_is_refused(proof, old):
    with pytest.raises(ProofRefused):
        verify_consistency(old, 7, proof, LOG.root(old), LOG.root(7))
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(LOG.entries[old]), old, 7, proof, LOG.root(7))


def test_a_proof_reads_whole_tiles_once_each():
    asked = []

    def read(level, start, end):
        asked.append((level, start, end))
        return LOG.read(level, start, end)

    inclusion_proof(5, 700, read)

    assert sorted(asked) == [(0, 0, 256), (0, 512, 700), (1, 0, 2)]


def test_a_tile_that_is_too_short_is_refused():
    with pytest.raises(ProofRefused):
        inclusion_proof(5, 700, lambda level, start, end: LOG.read(level, start, end)[:-1])


@pytest.mark.parametrize("index", [-1, 700, 701])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index):
    with pytest.raises(ProofRefused):
        inclusion_proof(index, 700, LOG.read)
