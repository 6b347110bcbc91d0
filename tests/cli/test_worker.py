"""`datenschleuse worker` as a process: start, operations port, end."""

import json
from pathlib import Path

import aiohttp
import pytest

from tests.adapters.https_recipient import Certificates, make_certificates
from tests.cli.processes import found_gateway, running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates")


async def test_it_starts_says_that_it_is_ready_and_ends_on_sigterm(
    tmp_path: Path, certificates: Certificates
) -> None:
    found_gateway(tmp_path / "gateway", certificates)

    async with running("worker", "--home", tmp_path / "gateway") as worker:
        port = json.loads(await worker.until('"listening"'))["operations"]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as operations:
            live = (await operations.get("/livez")).status
            ready = await (await operations.get("/readyz")).json()
            metrics = await (await operations.get("/metrics")).text()
        status = await worker.stop()

    assert (live, status) == (200, 0)
    assert ready["ready"]
    assert "datenschleuse_deliveries_in_flight 0.0" in metrics
    assert '"worker_stopped"' in worker.output


async def test_a_folder_without_a_gateway_is_refused(tmp_path: Path) -> None:
    async with running("worker", "--home", tmp_path) as worker:
        status = await worker.stop_by_itself()

    assert status == 1
    assert "datenschleuse init" in worker.output


async def test_settings_under_which_two_workers_could_push_are_refused(
    tmp_path: Path, certificates: Certificates
) -> None:
    home = tmp_path / "gateway"
    found_gateway(home, certificates)
    settings = (home / "gateway.toml").read_text().replace("lease_s = 60", "lease_s = 5")
    (home / "gateway.toml").write_text(settings)

    async with running("worker", "--home", home) as worker:
        status = await worker.stop_by_itself()

    assert status == 1
    assert "lease_s" in worker.output


async def test_a_missing_certificate_is_refused(tmp_path: Path, certificates: Certificates) -> None:
    found_gateway(tmp_path / "gateway", certificates)
    certificates.gateway_key.unlink()

    async with running("worker", "--home", tmp_path / "gateway") as worker:
        status = await worker.stop_by_itself()

    assert status == 1
    assert "TLS needs" in worker.output
