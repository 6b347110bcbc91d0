"""A short run on a real database: the figures are measured, and they fit together."""

import os
import tempfile
from dataclasses import replace

import pytest

from gateway.bench.append import APPENDERS, AppendPlan, Pair, bench_append
from gateway.bench.figures import BenchFailed
from gateway.bench.log_home import LogHome
from gateway.errors import MalformedNote
from tests.bench.builders import a_cost, an_append_result

PLAN = AppendPlan(entries=48, rounds=2, sizes=(300, 40))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where temporary folders are made meanwhile."""
    folder = tmp_path_factory.mktemp("append")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module")
def run(folder):
    said = []
    affinity = os.sched_getaffinity(0)
    result = bench_append(PLAN, said.append)
    assert os.sched_getaffinity(0) == affinity
    return result, said


def test_log_and_file_get_the_same_bytes_in_the_same_batches(run):
    for pair in run[0].pairs:
        for figure in ("entries", "batches", "stored_bytes"):
            assert getattr(pair.log, figure) == getattr(pair.file, figure) > 0
        assert pair.log.entries == PLAN.entries
        assert pair.log.stored_bytes > PLAN.entries * 1200


def test_appenders_share_transactions_and_each_waits_for_the_disk_once_at_least(run):
    for pair in run[0].pairs:
        assert PLAN.entries / APPENDERS <= pair.log.batches <= PLAN.entries
        assert pair.log.syncs >= pair.log.batches == pair.file.syncs


def test_time_and_cpu_are_measured(run):
    result = run[0]
    costs = [cost for pair in result.pairs for cost in (pair.log, pair.file)]
    beside = [it.small for it in result.at_sizes]
    for cost in (*costs, *beside, *(it.cost for it in result.at_sizes)):
        assert cost.seconds > 0
        assert cost.cpu_us > 0
    assert len({cost.seconds for cost in costs}) == len(costs)


def test_sizes_come_in_order_and_each_has_a_proof_against_the_root_after_it(run):
    result, said = run
    assert [it.size for it in result.at_sizes] == [40, 300]
    assert [it.proven for it in result.at_sizes] == [88, 348]
    assert said == [
        "Runde (round) 1/2",
        "Runde (round) 2/2",
        "Protokoll mit (log of) 40 Einträgen (entries)",
        "Protokoll mit (log of) 300 Einträgen (entries)",
    ]


def test_nothing_is_left_of_it(run, folder):
    assert run
    assert list(folder.iterdir()) == []


def test_a_proof_that_does_not_verify_gives_no_figures(run, monkeypatch):
    assert run
    genuine = LogHome.check_proofs

    def forged(home, draft, proof):
        return genuine(home, draft, replace(proof, checkpoint=proof.checkpoint.swapcase()))

    monkeypatch.setattr(LogHome, "check_proofs", forged)
    with pytest.raises((MalformedNote, BenchFailed)):
        bench_append(AppendPlan(entries=16, rounds=1, sizes=(20,)))


def test_ratio_and_growth_are_of_entries_a_second_and_of_cpu():
    pairs = [
        Pair(a_cost(seconds=2.0), a_cost(seconds=1.0)),
        Pair(a_cost(seconds=4.0), a_cost(seconds=1.0)),
        Pair(a_cost(seconds=1.0), a_cost(seconds=1.0)),
    ]
    result = an_append_result(pairs=tuple(pairs), cpu_us=(100.0, 130.0))
    assert (result.ratio.median, result.ratio.least, result.ratio.most) == (0.5, 0.25, 1.0)
    assert result.growth == pytest.approx(1.3)
    assert result.document()["log_over_file"]["median"] == 0.5
    [_, biggest] = result.document()["at_sizes"]
    assert (biggest["cpu_us"], biggest["small_cpu_us"]) == (130.0, 100.0)
