"""Rounds and results that are valid unless told otherwise."""

from gateway.bench.figures import Counts, Latency, Result, Round, Way


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
    facts = {
        "processor": "Prozessor X",
        "cores": 2,
        "core_measured": 1,
        "python": "3.11",
        "file_system": "ext4",
    }
    return Result(chosen, counts(**given), {"seconds": 1.0}, facts)
