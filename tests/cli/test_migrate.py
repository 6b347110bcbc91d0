"""`datenschleuse migrate` brings an older database to the schema of this version."""

from pathlib import Path

from gateway.fsck.check import check_gateway
from gateway.settings import load_settings
from tests.cli.processes import running


async def test_a_gateway_is_brought_up_to_date_and_again_nothing_changes(home: Path) -> None:
    for _ in range(2):
        async with running("migrate", "--home", home) as command:
            assert await command.stop_by_itself() == 0
    assert command.output.startswith("Die Datenbank hat den Stand dieser Fassung.")
    assert check_gateway(load_settings(home)).findings.clean


async def test_without_a_gateway_nothing_is_made(tmp_path: Path) -> None:
    async with running("migrate", "--home", tmp_path) as command:
        assert await command.stop_by_itself() == 1
    assert list(tmp_path.iterdir()) == []
