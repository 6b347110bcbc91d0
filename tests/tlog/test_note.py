"""Signed notes agree with the specification, Go's implementation and one in Python."""

import json
from pathlib import Path

import aics_tlog
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import MalformedNote
from gateway.tlog.note import Note, SignatureLine, VerifierKey, is_key_name, sign_note
from tests.tlog.memory_log import KeySigner

FOLDER = Path(__file__).parents[1] / "vectors/signed_note"
VECTORS = json.loads((FOLDER / "go_sumdb_note.json").read_text())
TEXT, PETER, ENOCH = VECTORS["text"], VECTORS["peter"], VECTORS["enoch"]
PETER_KEY = VerifierKey.parse(PETER["vkey"])
ENOCH_KEY = VerifierKey.parse(ENOCH["vkey"])
NOTE = f"{TEXT}\n{PETER['line']}{ENOCH['line']}"


class Peter(KeySigner):
    """The signer with the published test key."""

    def __init__(self):
        super().__init__("peter")
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(PETER["seed"]))
        self.public_key = PETER_KEY.public_key


def test_the_published_note_is_signed_by_both_of_its_keys():
    note = Note.parse(NOTE)
    assert note.text == TEXT
    note.verify(PETER_KEY)
    note.verify(ENOCH_KEY)


def test_signing_gives_the_published_note():
    assert sign_note(TEXT, "PeterNeumann", Peter()).format() == f"{TEXT}\n{PETER['line']}"


@pytest.mark.parametrize("vkey", [PETER["vkey"], ENOCH["vkey"]])
def test_a_verifier_key_is_written_as_it_was_published(vkey):
    assert VerifierKey.parse(vkey).format() == vkey


@pytest.mark.parametrize("vkey", VECTORS["bad_vkeys"])
def test_published_bad_keys_are_refused(vkey):
    with pytest.raises(MalformedNote):
        VerifierKey.parse(vkey)


def test_parts_and_neighbours_of_a_verifier_key_are_refused():
    vkey = PETER["vkey"]
    parts = {vkey[start:end] for start in range(len(vkey)) for end in range(start, len(vkey) + 1)}
    nearby = {vkey[:at] + chr(ord(vkey[at]) + 1) + vkey[at + 1 :] for at in range(len(vkey))}
    for text in (parts | nearby | {vkey + "\n", " " + vkey}) - {vkey}:
        with pytest.raises(MalformedNote):
            VerifierKey.parse(text)


@pytest.mark.parametrize("text", VECTORS["bad_notes"], ids=range(len(VECTORS["bad_notes"])))
def test_published_bad_notes_are_refused(text):
    with pytest.raises(MalformedNote):
        Note.parse(text).verify(PETER_KEY)


def test_the_text_of_a_note_may_have_an_empty_line():
    example = (FOLDER / "c2sp_example.txt").read_text()
    note = Note.parse(example)
    assert note.text.endswith("raggio di sole:\n\ned è subito sera.\n")
    assert [line.name for line in note.signatures] == ["quasimodo.example/salvatore"]


def test_a_note_with_a_flipped_bit_is_refused():
    for bit in range(8 * len(f"{TEXT}\n{PETER['line']}".encode())):
        data = bytearray(f"{TEXT}\n{PETER['line']}".encode())
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises((MalformedNote, UnicodeDecodeError)):
            Note.parse(data.decode()).verify(PETER_KEY)


def test_lines_of_unknown_keys_are_passed_over():
    unknown = SignatureLine("witness.example/w1", b"\x00\x00\x00\x00", b"cosignature")
    note = Note.parse(NOTE)
    Note(note.text, (unknown, *note.signatures)).verify(PETER_KEY)


def test_a_note_that_a_key_signed_twice_is_refused():
    note = Note.parse(NOTE)
    with pytest.raises(MalformedNote):
        Note(note.text, note.signatures + note.signatures[:1]).verify(PETER_KEY)


def test_a_note_that_the_key_did_not_sign_is_refused():
    note = Note.parse(f"{TEXT}\n{ENOCH['line']}")
    with pytest.raises(MalformedNote):
        note.verify(PETER_KEY)


def test_a_wrong_signature_under_the_right_name_is_refused():
    line = Note.parse(NOTE).signatures[0]
    forged = SignatureLine(line.name, line.key_id, bytes(64))
    with pytest.raises(MalformedNote):
        Note(TEXT, (forged,)).verify(PETER_KEY)


@pytest.mark.parametrize("text", ["no newline", "", "tab\t\n", "\x00\n", "\ud800\n"])
def test_a_text_that_is_no_note_is_not_signed(text):
    with pytest.raises((MalformedNote, UnicodeEncodeError)):
        sign_note(text, "PeterNeumann", Peter())


def test_a_note_longer_than_a_million_characters_is_refused():
    with pytest.raises(MalformedNote):
        Note.parse("a" * 1_000_000 + NOTE)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x9bb", "a\u202eb"])
def test_a_key_does_not_have_such_a_name(name):
    assert not is_key_name(name)
    with pytest.raises(MalformedNote):
        VerifierKey(name, PETER_KEY.public_key)


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"])), min_size=1),
    st.sampled_from(["a", "log.example/2026", "schleuse.example/ä"]),
)
def test_our_notes_are_byte_for_byte_those_of_another_implementation(lines, name):
    text = "".join(f"{line}\n" for line in lines if line) or "one\n"
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(PETER["seed"]))
    ours = sign_note(text, name, Peter()).format()
    theirs = aics_tlog.Note(text, (aics_tlog.sign_note(text, private, name),))
    vkey = aics_tlog.vkey_from_ed25519(name, private.public_key())

    assert ours == theirs.serialise()
    assert VerifierKey(name, PETER_KEY.public_key).format() == aics_tlog.format_vkey(vkey)
    assert aics_tlog.verify_note(aics_tlog.parse_note(ours), [vkey])
