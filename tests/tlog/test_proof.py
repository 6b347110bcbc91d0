"""A tlog-proof agrees with the specification and with published examples."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.errors import GatewayError, MalformedProof, ProofRefused
from gateway.tlog.proof import LogProof
from tests.tlog.memory_log import a_log

FOLDER = Path(__file__).parents[1] / "vectors/tlog_proof"
VECTORS = json.loads((FOLDER / "formats_proof.json").read_text())

LOG = a_log(6)
TEXT = LOG.receipt(4).proof


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=lambda vector: vector["index"])
def test_published_proofs_are_read_and_written(vector):
    hashes = tuple(sha256(text.encode()).digest() for text in vector["hashes_of"])
    proof = LogProof(vector["index"], hashes, vector["checkpoint"])

    assert LogProof.parse(vector["text"]) == proof
    assert proof.format() == vector["text"]


@pytest.mark.parametrize("text", VECTORS["refused"])
def test_published_malformed_proofs_are_refused(text):
    with pytest.raises(MalformedProof):
        LogProof.parse(text)


def test_the_example_of_the_specification_parses():
    proof = LogProof.parse((FOLDER / "c2sp_example.txt").read_text())
    assert proof.index == 73894
    assert len(proof.hashes) == 5
    assert proof.checkpoint.startswith("example.com/fancylog\n109482\n")


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_proof_of_each_entry_verifies(size):
    log = a_log(size)
    for index in range(size):
        proof = LogProof.parse(log.receipt(index).proof)
        assert proof.verify(log.entries[index], log.vkey).size == size


def test_a_proof_is_not_one_for_another_entry():
    with pytest.raises(ProofRefused):
        LogProof.parse(TEXT).verify(LOG.entries[3], LOG.vkey)


def test_a_proof_with_a_flipped_bit_is_refused():
    for bit in range(8 * len(TEXT.encode())):
        data = bytearray(TEXT.encode())
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises((GatewayError, UnicodeDecodeError)):
            LogProof.parse(data.decode()).verify(LOG.entries[4], LOG.vkey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 4", "index 04"),
        TEXT.replace("index 4", "index  4"),
        TEXT.replace("index 4", "index ٤"),
        TEXT.replace("index 4", "index " + "9" * 20),
        TEXT.replace("index 4\n", "extra QQ==\nindex 4\n"),
        TEXT.replace("index 4\n", ""),
        TEXT.replace("index 4\n", "index 4\n" + "A" * 43 + "=\n" + ("A" * 43 + "=\n") * 63),
        TEXT.replace("\n\n", "\n", 1),
        TEXT.replace("\n", "\r\n"),
        "\n" + TEXT,
    ],
    ids=range(12),
)
def test_another_form_is_refused(text):
    with pytest.raises(MalformedProof):
        LogProof.parse(text)
