"""`datenschleuse doctor` says in German, then in English, what is well and what is not."""

import json
from pathlib import Path

from tests.cli.processes import running
from tests.doctor.conftest import _pki, pki, sound, write_settings

__all__ = ["_pki", "pki", "sound"]


async def test_a_sound_gateway_gives_status_0(sound: Path) -> None:
    async with running("doctor", "--home", sound) as command:
        assert await command.stop_by_itself() == 0
    lines = command.output.splitlines()
    assert lines[0] == "gut      settings: Die Einstellungen sind lesbar."
    assert lines[1] == "         The settings can be read."
    assert not any(line.startswith("FEHLER") for line in lines)


async def test_a_fault_gives_status_1_and_what_to_do(sound: Path) -> None:
    write_settings(sound, public_url="https://schleuse.example")
    async with running("doctor", "--home", sound) as command:
        assert await command.stop_by_itself() == 1
    lines = command.output.splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("FEHLER")]
    assert "tls_name" in lines[at]
    assert lines[at + 2].startswith("         Was tun: ")
    assert lines[at + 3].startswith("         What to do: ")


async def test_a_program_reads_json(sound: Path) -> None:
    async with running("doctor", "--home", sound, "--json") as command:
        assert await command.stop_by_itself() == 0
    found = json.loads(command.output)
    assert {one["check"] for one in found} >= {"settings", "engine", "database"}
    assert {one["level"] for one in found} <= {"well", "note"}


async def test_no_gateway_is_a_fault(tmp_path: Path) -> None:
    async with running("doctor", "--home", tmp_path) as command:
        assert await command.stop_by_itself() == 1
    assert command.output.startswith("FEHLER   settings")
