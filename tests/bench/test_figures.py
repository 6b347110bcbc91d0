"""Percentiles, medians and ratios of rounds, and counts that must agree."""

import json

import pytest

from gateway.bench.figures import COMPARISONS, FIGURES, Latency, Way
from tests.bench.builders import a_result, a_round, counts


def test_percentiles_are_by_nearest_rank():
    latency = Latency.of([number / 1000 for number in range(200, 0, -1)])
    assert latency == Latency(pytest.approx(100.0), pytest.approx(198.0))
    assert Latency.of([0.005]) == Latency(5.0, 5.0)


def test_a_ratio_compares_the_rounds_beside_each_other():
    result = a_result(
        a_round(Way.PROXY, 1, per_second=1000.0),
        a_round(Way.GATEWAY, 1, per_second=200.0),
        a_round(Way.PROXY, 2, per_second=500.0),
        a_round(Way.GATEWAY, 2, per_second=150.0),
        a_round(Way.PROXY, 3, per_second=1000.0),
        a_round(Way.GATEWAY, 3, per_second=250.0),
    )
    ratio = result.ratio("exchanges_per_second")
    assert (ratio.median, ratio.least, ratio.most) == (0.25, 0.2, 0.3)
    assert result.median(Way.PROXY, "exchanges_per_second") == 1000.0


def test_a_round_without_its_counterpart_gives_no_ratio():
    with pytest.raises(ValueError, match="zip"):
        a_result(a_round(Way.PROXY), a_round(Way.PROXY, 2)).ratio("cpu_per_exchange")


def test_processes_without_cpu_are_not_listed():
    assert a_result().cpu_by_process(Way.GATEWAY) == {"serve": 600.0, "serve children": 400.0}


def test_counts_that_agree_leave_nothing_to_say():
    assert counts().disagreements() == []


@pytest.mark.parametrize("wrong", ["gateway_acknowledged", "gateway_received", "proxy_received"])
@pytest.mark.parametrize("difference", [-1, 1])
def test_one_too_few_or_too_many_is_said(wrong, difference):
    found = getattr(counts(), wrong) + difference
    [line] = counts(**{wrong: found}).disagreements()
    assert f"{found} statt (instead of)" in line


def test_the_document_is_json_and_holds_every_figure():
    document = json.loads(json.dumps(a_result().document()))
    assert document["agrees"] is True
    assert set(document["ratios"]) == set(COMPARISONS)
    assert set(document["medians"]["proxy"]) == set(FIGURES)
    assert document["rounds"][0]["way"] == "proxy"


def test_the_document_says_when_counts_do_not_agree():
    assert a_result(gateway_acknowledged=99).document()["agrees"] is False
