"""`datenschleuse log verify URL`: a unit verifies the log of a running gateway."""

import json
import shutil
from pathlib import Path

from gateway.tlog.encoding import encode_base64
from tests.cli.processes import running
from tests.gateways import SqlGateway, make_home, open_gateway
from tests.serving import OFFICE, Served, access_file_of, served


async def verify(api: Served, key: Path, access: Path, *more: str) -> tuple[int, str]:
    """Run the command; return its exit status and what it printed."""
    async with running(
        "log", "verify", api.url, "--key", key, "--partner", access, *more
    ) as command:
        return await command.stop_by_itself(), command.output


async def test_a_unit_that_verifies_the_log_does_so_over_https(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, verifies_log=True)
        for _ in range(3):
            await sql_gateway.submit()
        status, output = await verify(api, home / "root.pub", access, "--json")
        head = await sql_gateway.ports.log.head()
        again, words = await verify(api, home / "root.pub", access)

    found = json.loads(output)
    assert (status, again) == (0, 0)
    assert (found["verified"], found["size"]) == (True, head.size)
    assert found["root"] == encode_base64(head.root)
    assert found["entries"]["decision"] == 3
    assert f"{head.size} Einträge" in words
    assert access.with_name(f"{OFFICE}.checkpoint").read_text() == head.checkpoint


async def test_another_unit_is_told_that_it_gets_no_entries(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home)
        status, output = await verify(api, home / "root.pub", access)
    assert status == 1
    assert "verifies_log" in output


async def test_a_log_that_is_not_the_one_remembered_is_refused(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    """The unit saw a longer history than the gateway shows now."""
    shutil.copytree(home, tmp_path / "earlier")
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, verifies_log=True)
        head = await sql_gateway.ports.log.head()
        await sql_gateway.submit()
        forked = await _fork(tmp_path / "earlier", head.size)
        access.with_name(f"{OFFICE}.checkpoint").write_text(forked)
        status, output = await verify(api, home / "root.pub", access)
    assert status == 1
    assert "two histories" in output


async def _fork(home: Path, size: int) -> str:
    """Let a restored copy of the gateway go its own way; return its checkpoint."""
    async with open_gateway(home) as gateway:
        while (await gateway.ports.log.head()).size < size:
            await gateway.append()
        return (await gateway.ports.log.head()).checkpoint


async def test_another_root_key_proves_nothing(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    make_home(tmp_path / "other")
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, verifies_log=True)
        status, _ = await verify(api, tmp_path / "other" / "root.pub", access)
    assert status == 2


async def test_a_url_needs_an_access_file(tmp_path: Path) -> None:
    async with running("log", "verify", "https://localhost:1", "--key", "root.pub") as command:
        assert await command.stop_by_itself() == 2
    assert "--partner" in command.output
