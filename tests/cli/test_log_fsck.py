"""`datenschleuse log fsck` says in German and English what is wrong, and what to do."""

import json
import sqlite3
from pathlib import Path

import pytest

from gateway.cli.log_fsck import fsck
from gateway.settings import load_settings
from tests.cli.processes import running


def damage(home: Path, statement: str) -> None:
    database = sqlite3.connect(home / "gateway.db", isolation_level=None)
    assert database.execute(statement).rowcount != 0
    database.close()


def test_a_clean_database_gives_status_0_and_two_lines(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fsck(home) == 0
    german, english = capsys.readouterr().out.splitlines()
    assert german == "Die Datenbank von gateway.example/2026 stimmt mit sich überein: 5 Einträge."
    assert english == "The database of gateway.example/2026 agrees with itself: 5 entries."


def test_a_clean_database_can_be_silent(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fsck(home, quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_a_finding_gives_status_1_its_place_and_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(home, "UPDATE entry SET leaf_hash = zeroblob(32) WHERE `index` = 2")

    assert fsck(home) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Der gespeicherte Hash eines Blattes ist nicht seiner. (1 ×)"
    assert lines[1] == "The stored hash of a leaf is not its own."
    assert lines[2] == "    entry 2: not the hash of its leaf"
    assert lines[3].startswith("  Was tun: Die Datenschleuse anhalten")
    assert lines[4].startswith("  What to do: Stop the gateway")
    assert "stimmt NICHT" in lines[-2]


def test_a_program_reads_the_findings_as_json(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(home, "UPDATE log_head SET checkpoint = 'x'")

    assert fsck(home, as_json=True) == 1

    said = json.loads(capsys.readouterr().out)
    assert (said["clean"], said["size"], said["counts"]) == (False, 5, {"head_refused": 1})
    (finding,) = said["findings"]
    assert (finding["code"], finding["where"]) == ("head_refused", "head")
    assert finding["todo"]


def test_many_findings_are_not_all_printed(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.fsck.findings.SHOWN", 2)
    monkeypatch.setattr("gateway.cli.log_fsck.SHOWN", 2)
    damage(home, "UPDATE entry SET leaf_hash = zeroblob(32)")
    fsck(home)
    assert "    … und 3 weitere (more)" in capsys.readouterr().out.splitlines()


def test_no_gateway_gives_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fsck(tmp_path) == 2
    assert capsys.readouterr().err.startswith("Nicht geprüft")


async def test_the_command_is_there(home: Path) -> None:
    async with running("log", "fsck", "--home", home, "--json") as command:
        assert await command.stop_by_itself() == 0
    assert json.loads(command.output)["origin"] == load_settings(home).origin
