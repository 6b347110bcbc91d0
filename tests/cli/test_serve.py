"""`datenschleuse serve` as a process: start, both ports, end."""

import json
import re
import sqlite3
import ssl
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from gateway.policy.archive import pack, unpack
from gateway.policy.policy_files import PolicyFiles
from tests.adapters.https_recipient import Certificates, make_certificates
from tests.cli.processes import found_gateway, running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates")


@pytest.fixture
def home(tmp_path: Path, certificates: Certificates) -> Path:
    home = tmp_path / "gateway"
    found_gateway(home, certificates)
    with (home / "gateway.toml").open("a") as settings:
        settings.write("listen_port = 0\n")
    return home


async def test_it_serves_until_sigterm_and_says_who_could_not_be_let_in(
    home: Path, certificates: Certificates
) -> None:
    tls = ssl.create_default_context(cafile=str(certificates.gateway_ca))
    tls.load_cert_chain(*certificates.recipient())
    tls.check_hostname = False

    async with running("serve", "--home", home) as serve:
        ports = json.loads(await serve.until('"listening"'))
        async with aiohttp.ClientSession() as session:
            operations = f"http://127.0.0.1:{ports['operations']}"
            live = (await session.get(f"{operations}/livez")).status
            ready = await (await session.get(f"{operations}/readyz")).json()
            url = f"https://127.0.0.1:{ports['partner_api']}/v1/log/checkpoint?secret=KANARIE"
            refused = (await session.get(url, ssl=tls)).status
            metrics = await (await session.get(f"{operations}/metrics")).text()
        status = await serve.stop()

    assert (live, refused, status) == (200, 401, 0)
    assert ready == {
        "ready": True,
        "checks": dict.fromkeys(("log", "registry", "engine", "clock", "disk"), "ok"),
    }
    assert 'route="/v1/log/checkpoint",status="401"' in metrics
    assert '"not_authenticated"' in serve.output
    assert "KANARIE" not in serve.output
    assert "Traceback" not in serve.output


async def test_a_folder_without_a_gateway_is_refused(tmp_path: Path) -> None:
    async with running("serve", "--home", tmp_path) as serve:
        status = await serve.stop_by_itself()

    assert status == 1
    assert "datenschleuse init" in serve.output


async def test_a_missing_certificate_is_named(home: Path, certificates: Certificates) -> None:
    certificates.gateway_key.unlink()

    async with running("serve", "--home", home) as serve:
        status = await serve.stop_by_itself()

    assert status == 1
    assert certificates.gateway_key.name in serve.output
    assert "Traceback" not in serve.output


async def test_rules_that_are_not_those_in_force_are_refused(home: Path) -> None:
    """What is stored under the digest in force must still give that digest."""
    with closing(sqlite3.connect(home / "gateway.db")) as database, database:
        (archive,) = database.execute("SELECT archive FROM policy_set").fetchone()
        files = dict(unpack(archive).contents)
        files["schemas/facts.json"] = files["schemas/facts.json"].replace(b"registry", b"sender")
        database.execute("UPDATE policy_set SET archive = ?", (pack(PolicyFiles(files)),))

    async with running("serve", "--home", home) as serve:
        status = await serve.stop_by_itself()

    assert status == 1
    assert "wurde verändert" in serve.output
    assert "Traceback" not in serve.output


async def test_a_database_of_an_older_version_is_refused_with_what_to_do(home: Path) -> None:
    with closing(sqlite3.connect(home / "gateway.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")

    async with running("serve", "--home", home) as serve:
        status = await serve.stop_by_itself()

    assert status == 1
    assert "datenschleuse migrate" in serve.output
    assert "Traceback" not in serve.output


async def test_no_core_dump_can_hold_what_passed_through(home: Path) -> None:
    async with running("serve", "--home", home) as serve:
        await serve.until('"listening"')
        limits = Path(f"/proc/{serve.process.pid}/limits").read_text("ascii")
        await serve.stop()

    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
