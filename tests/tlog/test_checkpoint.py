"""Checkpoints agree with the specification, with tessera's log and with one in Python."""

import json
from pathlib import Path

import aics_tlog
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import MalformedCheckpoint, MalformedNote
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from gateway.tlog.merkle import EMPTY_ROOT
from gateway.tlog.note import Note, VerifierKey, sign_note
from tests.tlog.memory_log import ORIGIN, KeySigner, a_log

FOLDER = Path(__file__).parents[1] / "vectors/tlog_checkpoint"
TESSERA = json.loads((FOLDER / "tessera_log.json").read_text())

SIGNER = KeySigner("checkpoint")
KEY = VerifierKey(ORIGIN, SIGNER.public_key)
HEAD = Checkpoint(ORIGIN, 7, bytes(range(32)))
SIGNED = sign_checkpoint(HEAD, SIGNER)


@pytest.mark.parametrize("size", range(16))
def test_the_checkpoints_of_a_published_log_open(size):
    checkpoint = open_checkpoint(TESSERA["checkpoints"][size], VerifierKey.parse(TESSERA["vkey"]))
    assert (checkpoint.origin, checkpoint.size) == ("example.com/log/testdata", size)


def test_the_cosigned_checkpoint_of_the_specification_parses():
    note = Note.parse((FOLDER / "c2sp_example.txt").read_text())
    assert Checkpoint.parse(note.text).size == 20852163
    assert [line.name for line in note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]


def test_a_signed_checkpoint_opens_under_its_key():
    assert open_checkpoint(SIGNED, KEY) == HEAD


def test_a_checkpoint_with_a_cosignature_opens():
    """A witness's line, as another implementation writes it, is passed over."""
    witness = Ed25519PrivateKey.from_private_bytes(bytes(32))
    _, line = aics_tlog.sign_cosignature(witness, "witness.example/w", 1, ORIGIN, 7, HEAD.root)
    note = aics_tlog.parse_note(SIGNED)
    cosigned = aics_tlog.Note(note.text, (*note.signatures, line)).serialise()

    assert open_checkpoint(cosigned, KEY) == HEAD


def test_our_checkpoint_is_byte_for_byte_that_of_another_implementation():
    log = a_log(3)
    private = Ed25519PrivateKey.from_private_bytes(b"checkpoint".ljust(32, b"."))
    theirs = aics_tlog.sign_checkpoint(
        aics_tlog.Checkpoint(ORIGIN, 3, aics_tlog.MerkleTree(log.entries).root()), private, ORIGIN
    )
    verified = aics_tlog.verify_checkpoint(
        aics_tlog.parse_note(log.checkpoint()),
        aics_tlog.vkey_from_ed25519(ORIGIN, private.public_key()),
        [],
        quorum=0,
    )

    assert log.checkpoint() == theirs.serialise()
    assert verified.ok


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, bytes(32)),
        ("a b", 1, bytes(32)),
        ("a+b", 1, bytes(32)),
        ("a\nb", 1, bytes(32)),
        (ORIGIN, -1, bytes(32)),
        (ORIGIN, 2**63, bytes(32)),
        (ORIGIN, 1, bytes(31)),
        (ORIGIN, 0, bytes(32)),
        (ORIGIN, 1, EMPTY_ROOT),
    ],
    ids=str,
)
def test_a_head_that_no_log_has_is_refused(origin, size, root):
    with pytest.raises(MalformedCheckpoint):
        Checkpoint(origin, size, root)


TEXT = HEAD.format()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "extension\n",
        "\n" + TEXT,
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n+7\n"),
        TEXT.replace("\n7\n", "\n-7\n"),
        TEXT.replace("\n7\n", "\n٧\n"),
        TEXT.replace("\n7\n", "\n²\n"),
        TEXT.replace("\n7\n", "\n7 \n"),
        TEXT.replace("\n7\n", "\n\n"),
        TEXT.replace("\n7\n", "\n" + "7" * 5000 + "\n"),
        TEXT.replace("=", ""),
        TEXT.replace("=", "=="),
        TEXT.replace("Hh8=", "Hh9="),
        TEXT.replace("\n", "\r\n"),
    ],
    ids=range(17),
)
def test_a_text_that_is_not_canonical_is_refused(text):
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(text)


def test_a_checkpoint_of_another_origin_is_refused():
    """The key signs under the name of its own log only."""
    other = sign_note(Checkpoint("other.example", 7, HEAD.root).format(), ORIGIN, SIGNER)
    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(other.format(), KEY)


def test_a_checkpoint_by_another_key_is_refused():
    with pytest.raises(MalformedNote):
        open_checkpoint(sign_checkpoint(HEAD, KeySigner("another")), KEY)
