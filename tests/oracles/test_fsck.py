"""A judge that is not ours accepts our copies and refuses broken ones."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.errors import LogRefused
from gateway.tlog import export
from gateway.verify import verify_export
from tests.oracles.fsck import Verdict, judge
from tests.tlog.memory_log import ORIGIN, KeySigner, a_log, raw_log

SIZE = 600
LOG = raw_log(SIZE)
FILES = LOG.files()
ROOT = LOG.frontier.root()


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def flipped(path, at):
    content = bytearray(FILES[path])
    content[at] ^= 1
    return {**FILES, path: bytes(content)}


def without(path):
    return {name: content for name, content in FILES.items() if name != path}


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 70_000])
def test_the_judge_accepts_our_copy(tmp_path, size):
    log = raw_log(size)
    folder = log.write(tmp_path)
    verdict = judge(folder, log.vkey.format(), ORIGIN, size, log.frontier.root())
    assert verdict is Verdict.ACCEPTED


def test_the_judge_accepts_a_copy_of_signed_entries_by_its_own_key_file(tmp_path):
    log = a_log(300)
    folder = log.write(tmp_path)
    vkey = (folder / export.LOG_VKEY).read_text()
    assert judge(folder, vkey, ORIGIN, 300, log.frontier.root()) is Verdict.ACCEPTED


BROKEN = {
    "no checkpoint": without("checkpoint"),
    "no bundle": without("tile/entries/001"),
    "no tile": without("tile/0/001"),
    "no top tile": without("tile/1/000.p/2"),
    "another byte in an entry": flipped("tile/entries/000", 2),
    "another byte in a tile": flipped("tile/0/000", 40),
    "another byte in a partial tile": flipped("tile/0/002.p/88", 40),
    "another byte in the top tile": flipped("tile/1/000.p/2", 40),
    "a bundle is cut off": {**FILES, "tile/entries/002.p/88": FILES["tile/entries/002.p/88"][:-1]},
    "bundles are swapped": {
        **FILES,
        "tile/entries/000": FILES["tile/entries/001"],
        "tile/entries/001": FILES["tile/entries/000"],
    },
    "another signature": flipped("checkpoint", len(FILES["checkpoint"]) - 20),
    "an earlier head": {**FILES, "checkpoint": LOG.checkpoint(599).encode()},
}


def test_the_judge_refuses_broken_copies(tmp_path):
    """All at once, because on some breakages the judge tries again until its time is over."""

    def verdict(name):
        folder = write(tmp_path / name, BROKEN[name])
        return judge(folder, LOG.vkey.format(), ORIGIN, SIZE, ROOT)

    with ThreadPoolExecutor(len(BROKEN)) as threads:
        verdicts = dict(zip(BROKEN, threads.map(verdict, BROKEN), strict=True))

    assert verdicts == dict.fromkeys(BROKEN, Verdict.REFUSED)


def test_a_good_copy_is_refused_where_another_log_was_asked_for(tmp_path):
    folder = write(tmp_path, FILES)
    vkey = LOG.vkey.format()
    another = type(LOG.vkey)(ORIGIN, KeySigner("another").public_key).format()
    assert judge(folder, vkey, ORIGIN, SIZE, ROOT) is Verdict.ACCEPTED
    assert judge(folder, vkey, ORIGIN, SIZE - 1, ROOT) is Verdict.REFUSED
    assert judge(folder, vkey, ORIGIN, SIZE, bytes(32)) is Verdict.REFUSED
    assert judge(folder, vkey, "other.example", SIZE, ROOT, limit_s=5) is Verdict.REFUSED
    assert judge(folder, another, ORIGIN, SIZE, ROOT, limit_s=5) is Verdict.REFUSED


def test_an_entry_behind_the_last_of_a_bundle_only_our_own_verifier_sees(tmp_path):
    log = a_log(5)
    folder = log.write(tmp_path)
    with (folder / "tile/entries/000.p/5").open("ab") as bundle:
        bundle.write(b"\0\7payload")

    root_key = log.root_signer.public_key
    assert judge(folder, log.vkey.format(), ORIGIN, 5, log.frontier.root()) is Verdict.ACCEPTED
    with pytest.raises(LogRefused):
        verify_export(folder, root_key)
