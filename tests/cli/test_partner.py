"""`datenschleuse partner receive` and `datenschleuse worker`, as the processes that they are."""

import json
from pathlib import Path

import pytest

from gateway.adapters.clock import SystemClock
from tests.adapters.https_recipient import Certificates, free_port, make_certificates
from tests.cli.processes import access_file, found_gateway, running
from tests.delivery.world import a_unit, open_world


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates")


async def test_a_delivery_goes_from_the_worker_to_the_partners_folder(
    tmp_path: Path, certificates: Certificates
) -> None:
    """The key list that `init` signed is all that the partner trusts."""
    home, inbox = tmp_path / "gateway", tmp_path / "inbox"
    found_gateway(home, certificates)
    port = free_port()
    url = f"https://127.0.0.1:{port}/lieferungen"
    async with open_world(home, SystemClock()) as world:
        await world.register(a_unit(endpoint={"url": url, "private_address": True}))
        delivery_id = await world.queue(payload={"premises_address": "Am Sande 1"})
        receive = (
            *("partner", "receive", "--url", url, "--listen", f"127.0.0.1:{port}"),
            *("--partner", access_file(tmp_path, home, certificates)),
            *("--decryption-key", tmp_path / "opening.pem", "--into", inbox),
        )
        async with running(*receive) as partner:
            ready = await partner.until("Empfang bereit")
            async with running("worker", "--home", home) as worker:
                said = await partner.until("Angenommen")
                statuses = (await worker.stop(), await partner.stop())

        events = world.events(delivery_id)
        exchange_id = (await world.delivery(delivery_id)).exchange_id

    kept = json.loads((inbox / f"{delivery_id}.json").read_text())
    assert url in ready
    assert exchange_id in said
    assert kept["exchange"]["payload"] == {"premises_address": "Am Sande 1"}
    assert events == ["attempt", "acknowledged"]
    assert statuses == (0, 0)
    assert "Am Sande" not in worker.output + partner.output


@pytest.mark.parametrize("missing", ["root_key", "keys", "origin"])
async def test_receiving_needs_the_keys_of_the_log(
    tmp_path: Path, certificates: Certificates, missing: str
) -> None:
    """Without them nothing could be checked."""
    file = access_file(tmp_path, tmp_path / "gateway", certificates)
    lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{missing} ")]
    file.write_text("\n".join(lines))
    receive = (
        *("partner", "receive", "--url", "https://127.0.0.1:1/x", "--listen", "127.0.0.1:0"),
        *("--partner", file, "--decryption-key", tmp_path / "opening.pem"),
        *("--into", tmp_path / "inbox"),
    )
    async with running(*receive) as partner:
        status = await partner.stop_by_itself()

    assert status == 1
    assert "Der Empfang startet nicht" in partner.output
