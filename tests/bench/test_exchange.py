"""A short run on real processes: the figures are there, and they fit together."""

import os
import tempfile

import pytest

from gateway.bench.exchange import Plan, bench_exchange
from gateway.bench.figures import COMPARISONS, Way


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where temporary folders are made meanwhile."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module")
def run(folder):
    """Two rounds of each way; beside the result what was said on the way."""
    said = []
    affinity = os.sched_getaffinity(0)
    result = bench_exchange(Plan(seconds=0.4, rounds=2, connections=4), said.append)
    assert os.sched_getaffinity(0) == affinity
    return result, said


def test_rounds_of_all_ways_take_turns(run):
    result, said = run
    assert [it.way for it in result.rounds] == list(Way) * 2
    assert [it.number for it in result.rounds] == [1] * 5 + [2] * 5
    assert said[-1] == "Runde (round) 2/2: gateway ½"


def test_every_exchange_that_was_sent_was_acknowledged(run):
    counts = run[0].counts
    assert counts.disagreements() == []
    assert counts.gateway_sent > sum(it.exchanges for it in run[0].rounds if it.way is Way.GATEWAY)
    assert counts.repeats == 0


def test_the_figures_of_a_round_fit_together(run):
    for it in run[0].rounds:
        assert it.exchanges >= 4
        assert it.per_second == pytest.approx(it.exchanges / it.seconds)
        assert it.cpu_us == pytest.approx(sum(it.cpu_us_by_process.values()))
        assert 0 < it.answered.p50_ms <= it.answered.p99_ms
        assert it.answered.p99_ms <= it.complete.p99_ms
        assert 0 <= it.others <= 1


def test_the_gateways_cpu_holds_that_of_engine_and_worker(run):
    spent = run[0].cpu_by_process(Way.GATEWAY)
    assert {"serve", "serve children", "worker"} <= spent.keys()


def test_a_gateway_costs_more_than_a_bare_proxy(run):
    result = run[0]
    assert result.ratio("cpu_per_exchange").least > 1
    assert all(result.ratio(name).median > 0 for name in COMPARISONS)


def test_a_steady_round_begins_half_as_many_a_second(run):
    rounds = {(it.number, it.way): it for it in run[0].rounds}
    for number in (1, 2):
        saturated = rounds[number, Way.GATEWAY].per_second
        for way in (Way.STEADY_PROXY, Way.STEADY_GATEWAY):
            it = rounds[number, way]
            pauses = (it.exchanges - 1) / it.exchanges  # after the last one there is none
            assert it.per_second * pauses <= saturated * 0.5 * 1.001


def test_nothing_is_left_of_it(run, folder):
    assert run
    assert list(folder.iterdir()) == []
