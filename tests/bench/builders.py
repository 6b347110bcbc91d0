"""Rounds and results that are valid unless told otherwise."""

from gateway.bench.append import AppendResult, AtSize, Cost, Pair
from gateway.bench.figures import Counts, Latency, Result, Round, Way
from gateway.bench.verify import Verification, VerifyResult

FACTS = {
    "processor": "Prozessor X",
    "cores": 2,
    "core_measured": 1,
    "load_before": 0.5,
    "python": "3.11",
    "file_system": "ext4",
}


def a_round(way=Way.GATEWAY, number=1, **figures):
    given = {
        "exchanges": 100,
        "seconds": 1.0,
        "per_second": 100.0,
        "cpu_us": 1000.0,
        "cpu_us_by_process": {"serve": 600.0, "serve children": 400.0, "worker children": 0.0},
        "answered": Latency(10.0, 20.0),
        "complete": Latency(30.0, 40.0),
        "busy": 0.9,
        "others": 0.0,
        "beside_busy": 0.5,
        "beside_us": 90.0,
    }
    return Round(number=number, way=way, **{**given, **figures})


def counts(**given):
    agreeing = {
        "gateway_sent": 100,
        "gateway_acknowledged": 100,
        "gateway_received": 100,
        "proxy_sent": 400,
        "proxy_received": 400,
        "repeats": 0,
    }
    return Counts(**{**agreeing, **given})


def a_result(*rounds, **given):
    given_ways = {it.way for it in rounds}
    chosen = (*rounds, *(a_round(way) for way in Way if way not in given_ways))
    return Result(chosen, counts(**given), {"seconds": 1.0}, FACTS)


def a_cost(**figures):
    given = {"entries": 100, "batches": 10, "stored_bytes": 1000, "syncs": 13}
    return Cost(**{**given, "seconds": 1.0, "cpu_us": 100.0, **figures})


def an_append_result(pairs=None, cpu_us=(100.0, 100.0)):
    """Return a result of a log that has half the file's speed."""
    chosen = pairs or (Pair(a_cost(seconds=2.0), a_cost(seconds=1.0, syncs=10)),)
    at_sizes = (
        AtSize(10**number, a_cost(cpu_us=spent), a_cost(cpu_us=100.0), 10**number + 100)
        for number, spent in enumerate(cpu_us, 3)
    )
    return AppendResult(chosen, tuple(at_sizes), {"entries": 100}, FACTS)


def a_verify_result(peaks_kib=(2048, 2048)):
    found = (
        Verification(100 * number, 1.0, 500.0, peak) for number, peak in enumerate(peaks_kib, 1)
    )
    return VerifyResult(tuple(found), {}, FACTS)
