"""`datenschleuse partner` and `datenschleuse worker`, as the processes that they are."""

import json
import time
from pathlib import Path

import pytest

from gateway.adapters.clock import SystemClock
from tests.adapters.https_recipient import Certificates, free_port, make_certificates
from tests.builders import keys_of
from tests.cli.processes import access_file, found_gateway, running
from tests.delivery.world import a_unit, open_world
from tests.gateways import SqlGateway
from tests.serving import OFFICE, access_file_of, served


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


def fetch(access: Path, into: Path, *more: str) -> tuple[str | Path, ...]:
    """Return the command that empties the inbox of the order office."""
    opening = ("--decryption-key", access.with_name("opening.pem"))
    return ("partner", "fetch", "--partner", access, *opening, "--into", into, *more)


async def test_the_inbox_is_emptied_into_a_folder(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    sql_gateway.clock.at = int(time.time())
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, endpoint=None)
        sent = [(await sql_gateway.submit()).exchange_id for _ in range(2)]
        async with running(*fetch(access, tmp_path / "inbox")) as first:
            statuses = [await first.stop_by_itself()]
        async with running(*fetch(access, tmp_path / "inbox", "--json")) as second:
            statuses.append(await second.stop_by_itself())

    kept = [json.loads(path.read_text()) for path in (tmp_path / "inbox").iterdir()]
    assert statuses == [0, 0]
    assert {document["exchange"]["exchange_id"] for document in kept} == set(sent)
    assert all(f"Angenommen: Vorgang {exchange_id}" in first.output for exchange_id in sent)
    assert "Beispielufer" not in first.output
    assert second.output == ""


async def test_a_delivery_that_is_refused_is_said_and_is_the_exit_status(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    sql_gateway.clock.at = int(time.time())
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, endpoint=None)
        await sql_gateway.submit()
        other = keys_of("polizei").decryption  # it does not open what is for the office
        access.with_name("opening.pem").write_bytes(other.as_pem(private=True))
        async with running(*fetch(access, tmp_path / "inbox", "--json")) as fetching:
            status = await fetching.stop_by_itself()

    line = json.loads(fetching.output)
    assert status == 1
    assert (line["exchange_id"], line["problem"].split(":")[0]) == (None, "seal_refused")


async def test_without_a_gateway_nothing_is_fetched(
    tmp_path: Path, certificates: Certificates
) -> None:
    found_gateway(tmp_path / "gateway", certificates)
    file = access_file(tmp_path, tmp_path / "gateway", certificates)
    into = ("--decryption-key", tmp_path / "opening.pem", "--into", tmp_path / "inbox")
    async with running("partner", "fetch", "--partner", file, *into) as fetching:
        assert await fetching.stop_by_itself() == 2
    assert "Abgeholt ist nicht alles" in fetching.output


async def test_a_partner_has_itself_tested(
    sql_gateway: SqlGateway, home: Path, tmp_path: Path
) -> None:
    sql_gateway.clock.at = int(time.time())
    async with served(sql_gateway, tmp_path) as api:
        access = await access_file_of(api, OFFICE, home, endpoint=None)
        opening = ("--decryption-key", access.with_name("opening.pem"))
        async with running("partner", "self-test", "--partner", access, *opening) as testing:
            status = await testing.stop_by_itself()
        other = keys_of("polizei").decryption
        access.with_name("opening.pem").write_bytes(other.as_pem(private=True))
        async with running(
            *("partner", "self-test", "--partner", access, *opening, "--no-trial", "--json")
        ) as wrong:
            wrong_status = await wrong.stop_by_itself()

    assert status == 0
    assert "gut      signature: Die Signatur stimmt." in testing.output
    assert "gut      decryption:" in testing.output
    assert wrong_status == 1
    assert {check["check"]: check["ok"] for check in json.loads(wrong.output)}[
        "decryption"
    ] is False
