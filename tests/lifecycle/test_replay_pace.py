"""The pace is told by kind, beside the report, and of nothing it is nothing."""

from gateway.lifecycle.replay_pace import Pace


def test_the_rates_of_the_engine_are_told_by_kind() -> None:
    pace = Pace()
    pace.add("STATISTICS", 30, 0.01)
    pace.add("STATISTICS", 10, 0.03)
    pace.add("CROSS_BORDER", 60, 0.06)

    told = pace.document()

    assert told["decisions"] == 100
    assert told["of_the_engine"] == {
        "per_second_and_core": 1000,
        "kinds": {"CROSS_BORDER": 1000, "STATISTICS": 1000},
    }
    assert told["per_second"] > 0
    assert 0 < told["per_second_and_core"] <= 1000  # this process may have spent something too


def test_before_anything_is_decided_it_is_nothing() -> None:
    told = Pace().document()
    assert (told["decisions"], told["per_second"], told["per_second_and_core"]) == (0, 0, 0)
    assert told["of_the_engine"] == {"per_second_and_core": 0, "kinds": {}}
