"""A key is a file of its own: whole, private, durable, and the same for every process."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from gateway.adapters.file_keys import FileKeys
from gateway.errors import KeysUnavailable

BUCKET = "polizei.decision_log_JI.2027-12"


def test_another_process_reads_the_same_keys(tmp_path: Path) -> None:
    first, second = FileKeys(tmp_path), FileKeys(tmp_path)

    assert first.bucket_key(BUCKET) == second.bucket_key(BUCKET)
    assert first.subject_key("polizei", 2026) == second.subject_key("polizei", 2026)
    assert first.idempotency_key() == second.idempotency_key()


def test_keys_of_different_use_differ(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    found = {keys.bucket_key("a.2026"), keys.subject_key("a", 2026)[1], keys.idempotency_key()}
    assert len(found) == 3


def test_of_several_that_make_a_key_at_once_one_wins_and_all_have_it(tmp_path: Path) -> None:
    start = Barrier(8)

    def make(_: int) -> bytes:
        keys = FileKeys(tmp_path)
        start.wait()
        return keys.bucket_key(BUCKET)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(make, range(8)))

    assert found == {FileKeys(tmp_path).bucket_key(BUCKET)}
    assert [path.name for path in (tmp_path / "buckets").iterdir()] == [f"{BUCKET}.key"]


def test_nobody_else_may_read_a_key(tmp_path: Path) -> None:
    FileKeys(tmp_path / "keys").bucket_key(BUCKET)
    folder = tmp_path / "keys" / "buckets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{BUCKET}.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "buckets").mkdir()
    (tmp_path / "buckets" / f"{BUCKET}.key").write_bytes(content)
    with pytest.raises(KeysUnavailable):
        FileKeys(tmp_path).bucket_key(BUCKET)
    with pytest.raises(KeysUnavailable):
        FileKeys(tmp_path).existing_bucket_key(BUCKET)


def test_a_key_that_cannot_be_read_is_not_made_anew(tmp_path: Path) -> None:
    """A new key in its place would lose every record of the bucket without a word."""
    path = tmp_path / "buckets" / f"{BUCKET}.key"
    path.mkdir(parents=True)
    with pytest.raises(KeysUnavailable):
        FileKeys(tmp_path).bucket_key(BUCKET)


@pytest.mark.parametrize("name", ["", ".", "..", "../entry", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    keys = FileKeys(tmp_path)
    with pytest.raises(KeysUnavailable):
        keys.bucket_key(name)
    with pytest.raises(KeysUnavailable):
        keys.existing_bucket_key(name)


def test_a_draft_that_a_crash_left_behind_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "buckets").mkdir()
    (tmp_path / "buckets" / f".{BUCKET}.key.0123").write_bytes(b"half")

    key = FileKeys(tmp_path).bucket_key(BUCKET)

    assert key == (tmp_path / "buckets" / f"{BUCKET}.key").read_bytes()


def test_a_process_that_has_read_a_key_does_not_use_it_once_it_is_destroyed(
    tmp_path: Path,
) -> None:
    keys = FileKeys(tmp_path)
    old = keys.bucket_key(BUCKET)
    (tmp_path / "buckets" / f"{BUCKET}.key").unlink()

    assert keys.existing_bucket_key(BUCKET) is None
    assert keys.bucket_key(BUCKET) != old
    assert FileKeys(tmp_path).existing_bucket_key(BUCKET) == keys.bucket_key(BUCKET)


def test_a_key_that_another_process_replaced_is_read_anew(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    keys.bucket_key(BUCKET)
    new = tmp_path / "new"
    new.write_bytes(b"n" * 32)
    new.rename(tmp_path / "buckets" / f"{BUCKET}.key")

    assert keys.bucket_key(BUCKET) == b"n" * 32


def test_a_destroyed_key_that_nobody_asks_for_is_forgotten_within_a_minute_of_work(
    tmp_path: Path,
) -> None:
    now = [0.0]
    keys = FileKeys(tmp_path, monotonic=lambda: now[0])
    keys.bucket_key(BUCKET)
    keys.bucket_key("other")
    (tmp_path / "buckets" / f"{BUCKET}.key").unlink()

    now[0] = 60.0
    other = keys.bucket_key("other")

    assert [known.key for known in keys._known.values()] == [other]


def test_a_place_that_may_not_be_looked_into_is_not_an_erased_key(tmp_path: Path) -> None:
    """What cannot be known must not read as destroyed."""
    (tmp_path / "buckets").mkdir()
    with pytest.raises(KeysUnavailable):
        FileKeys(tmp_path).existing_bucket_key("b" * 300)
