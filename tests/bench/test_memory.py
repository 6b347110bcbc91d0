"""A short load on real processes: what they keep is looked at from the beginning to the end."""

import tempfile
from io import StringIO

import pytest
from rich.console import Console

from gateway.bench.memory import Look, MemoryPlan, MemoryResult, bench_memory, print_memory


def a_result(*serve_kib):
    looks = tuple(
        Look(float(minute), minute * 100, {"serve": kib, "worker": 50_000})
        for minute, kib in enumerate(serve_kib)
    )
    return MemoryResult(looks, {}, {})


def test_growth_is_what_came_after_the_first_fifth():
    result = a_result(10, 60_000, 90_000, 90_100, 90_200, 90_300, 90_350, 90_400, 90_450, 90_512)
    assert result.growth_kib() == {"serve": 512, "worker": 0}


def test_the_table_shows_every_look_and_the_growth():
    out = StringIO()
    print_memory(a_result(51_200, 51_200, 53_248), Console(file=out, width=120))
    assert "52.0" in out.getvalue()
    assert "serve +2.0, worker +0.0" in out.getvalue()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        result = bench_memory(MemoryPlan(minutes=0.03, every_s=0.5, connections=4), said.append)
    return result, said, folder


def test_every_process_is_looked_at_again_and_again(run):
    result, said, _ = run
    assert len(result.looks) >= 2
    assert all(
        look.resident_kib.keys() == {"serve", "serve children", "worker"} for look in result.looks
    )
    assert all(kib > 10_000 for look in result.looks for kib in look.resident_kib.values())
    assert result.looks[0].exchanges == 0 < result.looks[-1].exchanges
    assert said[0] == "Aufbau (building)"
    assert set(result.document()) == {"growth_kib", "looks", "plan", "machine"}


def test_nothing_is_left_of_it(run):
    assert list(run[2].iterdir()) == []
