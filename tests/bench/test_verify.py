"""A short run on real copies: each verifies in a process of its own, which tells its peak."""

import tempfile

import pytest

from gateway.bench import verify
from gateway.bench.figures import BenchFailed
from gateway.bench.log_home import a_log_home
from gateway.bench.verify import VerifyPlan, bench_verify, verify_here
from gateway.errors import LogRefused


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where temporary folders are made meanwhile."""
    folder = tmp_path_factory.mktemp("verify")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module")
def result(folder):
    assert folder
    return bench_verify(VerifyPlan(sizes=(300, 40)))


def test_copies_are_verified_from_the_smallest_to_the_biggest(result):
    assert [it.size for it in result.verifications] == [40, 300]


def test_time_cpu_and_memory_are_measured(result):
    for it in result.verifications:
        assert it.seconds > 0
        assert it.cpu_us > 0
        assert it.peak_kib > 10_000  # a Python with cryptography is not smaller
    assert result.memory_growth == pytest.approx(
        result.verifications[1].peak_kib / result.verifications[0].peak_kib
    )


def test_the_document_holds_every_figure(result):
    document = result.document()
    assert [it["size"] for it in document["verifications"]] == [40, 300]
    assert document["verifications"][0]["per_second"] == result.verifications[0].per_second
    assert document["machine"]["python"]


def test_nothing_is_left_of_it(result, folder):
    assert result
    assert list(folder.iterdir()) == []


def test_a_copy_that_does_not_verify_gives_no_figures(tmp_path, monkeypatch):
    def altered(home, folder):
        copied = genuine(home, folder)
        (copied / "checkpoint").write_text("no checkpoint")
        return copied

    genuine = verify._copy
    monkeypatch.setattr(verify, "_copy", altered)
    with pytest.raises(BenchFailed, match="does not verify"):
        bench_verify(VerifyPlan(sizes=(20,)))

    with a_log_home(tmp_path) as home, pytest.raises(LogRefused):
        verify_here(altered(home, tmp_path / "copy"), home.folder / "root.pub")
