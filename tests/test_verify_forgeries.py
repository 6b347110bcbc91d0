"""Whatever is missing, extra or altered in a log copy refuses it, and the refusal says where."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import LogRefused
from gateway.model.evidence import EntryType, Part
from gateway.tlog import export
from gateway.tlog.checkpoint import Checkpoint, sign_checkpoint
from gateway.tlog.entry import make_leaf
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from gateway.tlog.merkle import EMPTY_ROOT, leaf_hash
from gateway.tlog.note import Note, SignatureLine, VerifierKey, sign_note
from gateway.tlog.tiles import decode_bundle, encode_bundle
from gateway.verify import verify_export
from tests.governed_log import GovernedLog, alone
from tests.tlog.memory_log import ORIGIN, REGISTRY_DIGEST, KeySigner, MemoryLog, a_log, claims

ROOT = KeySigner("root").public_key
SIZE = 300
GOOD = a_log(SIZE)
FILES = GOOD.files()

BUNDLE, LAST_BUNDLE = "tile/entries/000", "tile/entries/001.p/44"
TILE, LAST_TILE, TOP_TILE = "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"

Files = dict[str, bytes]
Forgery = Callable[[], Files]


def with_file(path: str, change: Callable[[bytes], bytes]) -> Forgery:
    return lambda: {**FILES, path: change(FILES[path])}


def with_extra(path: str, content: bytes = b"") -> Forgery:
    return lambda: {**FILES, path: content}


def without(path: str) -> Forgery:
    return lambda: {name: content for name, content in FILES.items() if name != path}


def with_entries(change: Callable[[list[bytes]], list[bytes]]) -> Forgery:
    """Change entries of the first bundle; the tiles stay as they were."""
    return with_file(BUNDLE, lambda data: encode_bundle(change(decode_bundle(data, 256))))


def with_lines(change: Callable[[list[bytes]], list[bytes]]) -> Forgery:
    return with_file(export.PARTS, lambda data: b"".join(change(data.splitlines(keepends=True))))


def swap(values: list[bytes], one: int, other: int) -> list[bytes]:
    values[one], values[other] = values[other], values[one]
    return values


def renumbered(lines: list[bytes]) -> list[bytes]:
    """Give the disclosures of entry 3 to entry 4, and none to entry 3."""
    lines[4] = lines[3].replace(b'"index":3', b'"index":4')
    lines[3] = export.parts_line(3, [])
    return lines


# --- by someone who holds the checkpoint key: tiles, proofs and root all fit -----------


def log_of(size: int, change: Callable[[MemoryLog], object]) -> Forgery:
    """A log of *size* good entries, one that *change* appends, and one more."""

    def forge() -> Files:
        log = a_log(size)
        change(log)
        log.append()
        return log.files()

    return forge


def signed_by(signer: KeySigner) -> Callable[[MemoryLog], object]:
    return lambda log: log.append_raw([make_leaf(claims(log.size), {}, signer).entry])


def tightened(log: MemoryLog) -> None:
    """Put other rules in force, as one of the log's approvers may alone."""
    governed = GovernedLog(log)
    change = governed.policy_change("less", author="anna")
    governed.enter(change, alone(change), registry_digest=REGISTRY_DIGEST)


def by_a_key_outside_its_range() -> Files:
    log = a_log(5)
    old, new = log.entry_signer.public_key, KeySigner("next").public_key
    log.keys = KeyList.of(
        [
            KeyRange(KeyUse.ENTRY, old, 0, 3),
            KeyRange(KeyUse.ENTRY, new, 4, None),
            KeyRange(KeyUse.CHECKPOINT, log.checkpoint_signer.public_key, 0, None),
        ]
    )
    return log.files()


def checkpoint_key_has_ended() -> Files:
    log = a_log(5)
    log.keys = KeyList.of(
        [
            KeyRange(KeyUse.ENTRY, log.entry_signer.public_key, 0, None),
            KeyRange(KeyUse.CHECKPOINT, log.checkpoint_signer.public_key, 0, 3),
        ]
    )
    return log.files()


def by_another_checkpoint_key() -> Files:
    log = a_log(5)
    log.checkpoint_signer = KeySigner("another")
    return log.files()


def by_another_root_key(keep_root_pub: bool) -> Forgery:
    def forge() -> Files:
        log = a_log(5)
        log.root_signer = KeySigner("another root")
        return {**log.files(), **({export.ROOT_PUB: ROOT.pem} if keep_root_pub else {})}

    return forge


def with_head(size: int, root: bytes) -> Forgery:
    """The log's own key signs a head that the entries do not have."""
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root), GOOD.checkpoint_signer)
    return with_extra(export.CHECKPOINT, note.encode())


def with_foreign_line() -> Files:
    note = Note.parse(GOOD.checkpoint())
    line = SignatureLine("stranger.example", b"\x01\x02\x03\x04", bytes(64))
    return {
        **FILES,
        export.CHECKPOINT: Note(note.text, (*note.signatures, line)).format().encode(),
    }


def under_another_name() -> Files:
    text = Checkpoint(ORIGIN, SIZE, GOOD.frontier.root()).format()
    return {
        **FILES,
        export.CHECKPOINT: sign_note(text, "other.example", GOOD.checkpoint_signer)
        .format()
        .encode(),
    }


def another_origin() -> Files:
    """Head and key under another name, over entries that name the log's own."""
    log = a_log(5)
    log.origin = "other.example/2026"
    return log.files()


def without_last_entry() -> Files:
    entries = decode_bundle(FILES[LAST_BUNDLE], 44)[:-1]
    files = without(LAST_BUNDLE)()
    return {**files, "tile/entries/001.p/43": encode_bundle(entries)}


FORGERIES: dict[str, tuple[Forgery, str, int | None]] = {
    # something is missing
    **{f"no {path}": (without(path), path, None) for path in FILES if path != export.PARTS},
    "no parts": (without(export.PARTS), export.PARTS, None),
    "the last line of parts is missing": (with_lines(lambda x: x[:-1]), export.PARTS, SIZE - 1),
    "a line of parts is missing": (with_lines(lambda x: x[:7] + x[8:]), export.PARTS, 7),
    "the last entry is missing": (without_last_entry, "tile/entries/001.p/43", None),
    # something is extra
    "a file more": (with_extra("notes.txt"), "notes.txt", None),
    "a hidden file": (with_extra(".hidden"), ".hidden", None),
    "a file among the tiles": (with_extra("tile/readme"), "tile/readme", None),
    "an earlier partial tile": (with_extra("tile/0/001.p/43"), "tile/0/001.p/43", None),
    "a full tile beside its partial": (with_extra("tile/0/001"), "tile/0/001", None),
    "a tile beyond the size": (with_extra("tile/0/002.p/1"), "tile/0/002.p/1", None),
    "a tile of a level too high": (with_extra("tile/2/000.p/1"), "tile/2/000.p/1", None),
    "a bundle beyond the size": (with_extra("tile/entries/002"), "tile/entries/002", None),
    "a line of parts more": (
        with_lines(lambda x: [*x, export.parts_line(SIZE, [])]),
        export.PARTS,
        None,
    ),
    "an empty line of parts": (with_lines(lambda x: [*x, b"\n"]), export.PARTS, None),
    # something is cut off, longer, swapped or altered
    "a bundle is cut off": (with_file(BUNDLE, lambda x: x[:-1]), BUNDLE, None),
    "an empty bundle": (with_file(BUNDLE, lambda x: b""), BUNDLE, None),
    "bytes after the last entry": (with_file(LAST_BUNDLE, lambda x: x + b"\0"), LAST_BUNDLE, None),
    "an entry after the last": (
        with_file(LAST_BUNDLE, lambda x: x + b"\0\0"),
        LAST_BUNDLE,
        None,
    ),
    "two entries are swapped": (with_entries(lambda x: swap(x, 7, 8)), TILE, None),
    "an entry stands twice": (with_entries(lambda x: [*x[:8], x[7], *x[9:]]), TILE, None),
    "an entry of another log": (
        with_entries(lambda x: [*x[:8], a_log(9).entries[8], *x[9:]]),
        TILE,
        None,
    ),
    "an empty entry": (with_entries(lambda x: [*x[:9], b"", *x[10:]]), BUNDLE, 9),
    "a tile is cut off": (with_file(TILE, lambda x: x[:-32]), TILE, None),
    "a tile is longer": (with_file(LAST_TILE, lambda x: x + bytes(32)), LAST_TILE, None),
    "two hashes are swapped": (with_file(TILE, lambda x: x[32:64] + x[:32] + x[64:]), TILE, None),
    "another hash in the top tile": (with_file(TOP_TILE, lambda x: bytes(32)), TOP_TILE, None),
    "two tiles are swapped": (lambda: {**FILES, TOP_TILE: FILES[LAST_TILE]}, TOP_TILE, None),
    "two lines of parts are swapped": (with_lines(lambda x: swap(x, 3, 6)), export.PARTS, 3),
    "parts of another entry": (with_lines(renumbered), export.PARTS, 4),
    "parts of another log": (
        with_extra(export.PARTS, a_log(SIZE).files()[export.PARTS]),
        export.PARTS,
        0,
    ),
    "parts without a last newline": (with_file(export.PARTS, lambda x: x[:-1]), export.PARTS, 299),
    "parts in another order": (
        with_lines(lambda x: [*x[:3], x[3].replace(b'","', b'" ,"'), *x[4:]]),
        export.PARTS,
        3,
    ),
    "checkpoint with a newline more": (
        with_file(export.CHECKPOINT, lambda x: x + b"\n"),
        export.CHECKPOINT,
        None,
    ),
    "checkpoint that is not UTF-8": (
        with_file(export.CHECKPOINT, lambda x: b"\xff" + x),
        export.CHECKPOINT,
        None,
    ),
    "checkpoint that is too long": (
        with_extra(export.CHECKPOINT, b"a" * 1_000_001),
        export.CHECKPOINT,
        None,
    ),
    "keys without a newline": (with_file(export.KEYS, lambda x: x[:-1]), export.KEYS, None),
    "keys with a newline more": (with_file(export.KEYS, lambda x: x + b"\n"), export.KEYS, None),
    "the key of another log": (
        with_extra(export.LOG_VKEY, export.vkey_file(VerifierKey("other.example", ROOT))),
        export.LOG_VKEY,
        None,
    ),
    "the root key with CRLF": (
        with_file(export.ROOT_PUB, lambda x: x.replace(b"\n", b"\r\n")),
        export.ROOT_PUB,
        None,
    ),
    # signed by a key that may not
    "another root key": (by_another_root_key(False), export.ROOT_PUB, None),
    "key list by another root key": (by_another_root_key(True), export.KEYS, None),
    "checkpoint by another key": (by_another_checkpoint_key, export.CHECKPOINT, None),
    "checkpoint under another name": (under_another_name, export.CHECKPOINT, None),
    "checkpoint after its key's last index": (checkpoint_key_has_ended, export.CHECKPOINT, None),
    "checkpoint with a stranger's line": (with_foreign_line, export.CHECKPOINT, None),
    "entry after its key's last index": (by_a_key_outside_its_range, "tile/entries/000.p/5", 4),
    "entry by the checkpoint key": (
        log_of(5, signed_by(KeySigner("checkpoint"))),
        "tile/entries/000.p/7",
        5,
    ),
    "entry by a stranger's key": (
        log_of(5, signed_by(KeySigner("stranger"))),
        "tile/entries/000.p/7",
        5,
    ),
    "entry that no one signed": (
        log_of(5, lambda log: log.append_raw([b"nothing happened"])),
        "tile/entries/000.p/7",
        5,
    ),
    "entry with the signature of another": (
        log_of(
            5,
            lambda log: log.append_raw(
                [log.entries[4].rpartition(b".")[0] + b"." + log.entries[3].rpartition(b".")[2]]
            ),
        ),
        "tile/entries/000.p/7",
        5,
    ),
    # signed by the right key, but not true
    "entry made for another log": (
        log_of(5, lambda log: log.append(origin="other.example/2026")),
        "tile/entries/000.p/7",
        5,
    ),
    "entries of another log": (another_origin, "tile/entries/000.p/5", 0),
    "other rules without an entry": (
        log_of(5, lambda log: log.append(policy_digest="c" * 64)),
        "tile/entries/000.p/7",
        5,
    ),
    "the old rules after new ones": (
        log_of(5, tightened),
        "tile/entries/000.p/7",
        6,
    ),
    "another registry without an entry": (
        log_of(5, lambda log: log.append(registry_digest="c" * 64)),
        "tile/entries/000.p/7",
        5,
    ),
    "another registry by a policy entry": (
        log_of(5, lambda log: log.append(type=EntryType.POLICY, registry_digest="c" * 64)),
        "tile/entries/000.p/7",
        5,
    ),
    "an earlier head": (
        with_extra(export.CHECKPOINT, GOOD.checkpoint(299).encode()),
        "tile/",
        None,
    ),
    "a head of no entries": (with_head(0, EMPTY_ROOT), "tile/", None),
    "a head beyond the entries": (with_head(SIZE + 1, bytes(32)), "tile/", None),
    "a head far beyond the entries": (with_head(2**63 - 1, bytes(32)), "tile/", None),
    "a head with another root": (with_head(SIZE, leaf_hash(b"")), export.CHECKPOINT, None),
}


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def refusal(folder):
    with pytest.raises(LogRefused) as refused:
        verify_export(folder, ROOT)
    return refused.value


def test_the_copy_that_is_forged_below_verifies_as_it_is(tmp_path):
    assert verify_export(write(tmp_path, FILES), ROOT).size == SIZE


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_copy_is_refused_and_the_place_is_named(tmp_path, name):
    forge, file, index = FORGERIES[name]
    forged = forge()
    assert forged != FILES

    refused = refusal(write(tmp_path, forged))

    assert refused.file is not None
    assert refused.file.startswith(file)
    assert refused.index == index
    assert refused.file in str(refused)


def test_a_copy_with_one_flipped_bit_anywhere_is_refused(tmp_path):
    log = a_log(3)
    files = log.files()
    write(tmp_path, files)
    for path, content in files.items():
        for at in range(len(content)):
            changed = bytearray(content)
            changed[at] ^= 1 << at % 8
            (tmp_path / path).write_bytes(changed)
            refused = refusal(tmp_path)
            assert refused.file is not None
        (tmp_path / path).write_bytes(content)
    assert verify_export(tmp_path, ROOT).size == 3


def test_an_altered_entry_is_named(tmp_path):
    """A flipped bit inside an entry is found in that entry, not only in a hash over it."""
    entry = bytearray(GOOD.entries[130])
    entry[len(entry) // 2] ^= 1
    bundle = FILES[BUNDLE].replace(GOOD.entries[130], entry)

    refused = refusal(write(tmp_path, {**FILES, BUNDLE: bundle}))

    assert (refused.file, refused.index) == (BUNDLE, 130)


def test_a_link_in_place_of_a_file_is_refused(tmp_path):
    folder = write(tmp_path / "copy", FILES)
    (folder / TILE).rename(tmp_path / "elsewhere")
    (folder / TILE).symlink_to(tmp_path / "elsewhere")
    assert refusal(folder).file == TILE


def test_an_empty_folder_is_refused(tmp_path):
    (write(tmp_path, FILES) / "tile" / "7").mkdir()
    assert refusal(tmp_path).file == "tile/7/"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    (write(tmp_path, without(export.LOG_VKEY)()) / export.LOG_VKEY).mkdir()
    assert refusal(tmp_path).file == export.LOG_VKEY


def test_a_pipe_in_place_of_a_file_is_refused(tmp_path):
    for path in (export.CHECKPOINT, export.PARTS):
        folder = write(tmp_path / path, without(path)())
        os.mkfifo(folder / path)
        assert refusal(folder).file == path


def test_a_device_among_the_files_is_refused(tmp_path):
    os.mkfifo(write(tmp_path, FILES) / "tile" / "pipe")
    assert refusal(tmp_path).file == "tile/pipe"


def test_a_folder_deeper_than_a_path_can_be_is_refused(tmp_path, monkeypatch):
    folder = write(tmp_path, FILES)
    monkeypatch.chdir(folder / "tile")
    for _ in range(2100):
        Path("d").mkdir()
        os.chdir("d")
    try:
        assert refusal(folder).file.startswith("tile/d/d/")
    finally:
        for _ in range(2100):
            os.chdir("..")
            Path("d").rmdir()


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir], ids=["file", "folder"])
def test_a_name_that_cannot_be_shown_is_refused_and_written_out(tmp_path, make):
    make(write(tmp_path, FILES) / "\x1b[2J\udcff")
    assert refusal(tmp_path).file == r"'\x1b[2J\udcff'"


def test_a_copy_is_refused_under_another_root_key(tmp_path):
    with pytest.raises(LogRefused) as refused:
        verify_export(write(tmp_path, FILES), KeySigner("another root").public_key)
    assert refused.value.file == export.ROOT_PUB


def test_a_disclosure_that_was_altered_is_refused_with_its_entry(tmp_path):
    log = a_log(4)
    changed = dict(log.disclosures[3])
    changed[Part.AUDIT] = changed[Part.AUDIT][:-1] + "A"
    log.disclosures[3] = changed
    refused = refusal(log.write(tmp_path))
    assert (refused.file, refused.index) == (export.PARTS, 3)
