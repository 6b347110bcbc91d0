"""What a bench runs on is there while it lasts, and gone afterwards."""

import os
import tempfile

import pytest

from gateway.bench.set_up import set_up


def test_whatever_breaks_off_inside_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    affinity, said = os.sched_getaffinity(0), []

    with pytest.raises(KeyError, match="breaks off"), set_up(said.append) as bench:
        processes = list(bench.stage.processes.values())
        assert {"serve", "worker", "proxy", "recipient"} <= bench.stage.processes.keys()
        assert all(process.poll() is None for process in processes)
        assert bench.watch.count_acknowledged() == 0
        raise KeyError("breaks off")

    assert all(process.poll() is not None for process in processes)
    assert list(tmp_path.iterdir()) == []
    assert os.sched_getaffinity(0) == affinity
    assert said == ["Aufbau (building)"]
