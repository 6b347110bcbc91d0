"""`demo-data` makes a gateway and fills it, says what it did, and refuses one of others."""

import json
from pathlib import Path

from tests.cli.in_process import CommandLine
from tests.synthetic.homes import an_empty_home


def test_it_says_what_it_recorded_to_people_and_to_programs(
    datenschleuse: CommandLine, tmp_path: Path
) -> None:
    home = tmp_path / "gateway"

    told = json.loads(datenschleuse("demo-data", "--count", 30, "--home", home, "--json").out)
    again = datenschleuse("demo-data", "--count", 30, "--home", home)

    assert told["demo"] is True
    assert sum(told["kinds"].values()) == sum(told["verdicts"].values()) == 30
    assert told["entries"] == 30 + told["requests"]
    assert (again.status, again.err.strip()) == (0, "")
    assert "       0  neue Einträge, alle DEMO (new entries, all DEMO)" in again.out


def test_a_gateway_that_others_made_is_refused_even_without_units(
    datenschleuse: CommandLine, tmp_path: Path
) -> None:
    an_empty_home(tmp_path / "gateway")
    ended = datenschleuse("demo-data", "--count", 1, "--home", tmp_path / "gateway")
    assert (ended.status, ended.out) == (1, "")
    assert "Nehmen Sie einen neuen Ordner" in ended.err
    assert "Use a new folder" in ended.err


def test_a_gateway_that_knows_real_units_is_refused(datenschleuse: CommandLine, home: Path) -> None:
    ended = datenschleuse("demo-data", "--count", 1, "--home", home)
    assert (ended.status, ended.out) == (1, "")
    assert "nie in ein echtes Protokoll" in ended.err
    assert "never go into a real log" in ended.err
