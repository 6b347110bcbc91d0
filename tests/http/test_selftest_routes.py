"""The self-test over HTTPS: certificate, signature, decryption, and a trial that really arrives."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.partner import Partner
from gateway.client.receive import Accepted, Receiver, Trust
from gateway.client.receive_server import Listening, ReceiveServer, receive_context
from gateway.client.sender import Sender
from gateway.model.evidence import EntryType
from gateway.sealing import unseal
from gateway.signatures import sign_reading
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from tests.builders import ORIGIN, keys_of
from tests.gateways import SqlGateway
from tests.serving import OFFICE, Served, served

PATH = "/v1/self-test"


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path) as opened:
        yield opened


def checks(members: dict[str, Any]) -> dict[str, bool | None]:
    return {check["check"]: check["ok"] for check in members["checks"]}


async def tested(api: Served, unit: str = OFFICE) -> dict[str, Any]:
    """Call the self-test with the unit's signature."""
    sender = api.senders[unit]
    headers = sign_reading(
        sender.signer, method="GET", target_uri=api.url + PATH, created=api.gateway.clock.at
    )
    answer = await sender._call("GET", PATH, headers, None)
    assert answer.status == 200
    return answer.json()


async def test_a_unit_that_signs_is_told_that_all_is_well(api: Served) -> None:
    members = await tested(api)
    assert members["unit"] == OFFICE
    assert members["gateway_time"] == api.gateway.clock.at
    assert checks(members) == {
        "certificate": True,
        "pin": True,
        "unit": True,
        "signature": True,
        "clock": True,
        "encryption_key": None,
        "deliveries": None,
    }


async def test_a_unit_that_does_not_sign_may_give_its_time(api: Served) -> None:
    at = api.gateway.clock.at - 1000
    members = await api.get(f"{PATH}?at={at}", OFFICE)
    assert (checks(members)["signature"], checks(members)["clock"]) == (None, False)


@pytest.mark.parametrize("query", ["?at=now", "?at=0", "?unit=polizei"])
async def test_a_query_is_read_strictly(api: Served, query: str) -> None:
    assert (await api.police.get(PATH + query)).status == 422


async def test_a_certificate_that_nobody_registered_gets_401_and_its_pin(api: Served) -> None:
    partner: Partner = api.pki.member("jugendamt", api.url).partner
    async with Sender(partner) as stranger:
        answer = await stranger.get(PATH)
        elsewhere = await stranger.get("/v1/exchanges")

    members = answer.json()
    assert (answer.status, elsewhere.status) == (401, 401)
    assert members["type"] == elsewhere.json()["type"]
    assert (members["unit"], members["challenge"]) == (None, None)
    assert checks(members) == {"certificate": True, "pin": False}


async def test_a_suspended_unit_gets_401_and_is_told_why(api: Served) -> None:
    await api.change(OFFICE, status="suspended")
    answer = await api.office.get(PATH)
    assert answer.status == 401
    assert checks(answer.json())["unit"] is False


async def test_a_unit_shows_that_it_opens_what_is_sealed_to_it(api: Served) -> None:
    challenge = (await tested(api))["challenge"]
    opened = json.loads(unseal(challenge["jwe"].encode(), keys_of(OFFICE).decryption))
    body = json.dumps({"expires": challenge["expires"], "answer": opened["answer"]}).encode()

    right = await api.post(challenge["answer_to"], body, OFFICE)
    others = await api.post(challenge["answer_to"], body, "polizei")

    assert (right[0], right[1]["ok"]) == (200, True)
    assert (others[0], others[1]["ok"]) == (200, False)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("decryption", b"{}"),
        ("decryption", b'{"expires": "1", "answer": "x"}'),
        ("decryption", b'{"expires": 1, "answer": "x", "note": 1}'),
        ("delivery", b'{"to": "https://elsewhere.example"}'),
    ],
)
async def test_what_has_another_form_is_refused_and_recorded(
    api: Served, path: str, body: bytes
) -> None:
    status, members = await api.post(f"{PATH}/{path}", body, OFFICE)
    assert (status, members["faults"][0]["pointer"]) == (422, "")
    assert len(await api.gateway.entries(EntryType.REFUSAL)) == 1


async def test_an_unsigned_trial_is_not_sent(api: Served) -> None:
    headers = {"content-type": "application/json", "idempotency-key": "x"}
    answer = await api.office.send_bytes(b"{}", headers, f"{PATH}/delivery")
    assert answer.status == 401


# --- a trial ------------------------------------------------------------------------


@asynccontextmanager
async def receiving(
    api: Served, home: Path, folder: Path, key_of: str = OFFICE
) -> AsyncIterator[list[Accepted]]:
    """Run the order office's own receiver, registered at its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"https://localhost:{port}/lieferungen"
    root = PublicKey.from_pem((home / "root.pub").read_bytes())
    keys = open_key_list((home / "keys.jws").read_text().strip(), root)
    trust = Trust(ORIGIN, keys, OFFICE, keys_of(key_of).decryption, skew_s=10**9)
    receiver = Receiver(trust, DeliveryFolder(folder))
    context = receive_context(api.pki.ca_file, *api.pki.server)
    accepted: list[Accepted] = []
    listening = Listening("127.0.0.1", port, url)
    async with ReceiveServer(receiver, listening, context, accepted.append):
        await api.change(OFFICE, endpoint={"url": url, "private_address": True})
        yield accepted


async def test_a_trial_arrives_is_opened_and_not_kept(
    api: Served, home: Path, tmp_path: Path
) -> None:
    size = (await api.gateway.ports.log.head()).size
    async with receiving(api, home, tmp_path / "inbox") as accepted:
        size = (await api.gateway.ports.log.head()).size
        with structlog.testing.capture_logs() as lines:
            status, members = await api.post(f"{PATH}/delivery", b"{}", OFFICE)

    assert (status, members["ok"]) == (200, True)
    assert [one.trial for one in accepted] == [True]
    assert list((tmp_path / "inbox").iterdir()) == []
    assert (await api.gateway.ports.log.head()).size == size  # no entry, no exchange
    assert [(line["event"], line["unit"]) for line in lines] == [("trial_delivery", OFFICE)]


async def test_a_trial_that_cannot_be_opened_is_reported(
    api: Served, home: Path, tmp_path: Path
) -> None:
    async with receiving(api, home, tmp_path / "inbox", key_of="jugendamt"):
        _, members = await api.post(f"{PATH}/delivery", b"{}", OFFICE)
    assert members["ok"] is False
    assert "http_422" in members["en"]
    assert "öffnen" in members["todo"]


async def test_a_receiver_that_is_not_there_is_reported(api: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    endpoint = {"url": f"https://localhost:{port}/x", "private_address": True}
    await api.change(OFFICE, endpoint=endpoint)

    _, members = await api.post(f"{PATH}/delivery", b"{}", OFFICE)

    assert members["ok"] is False
    assert members["en"].endswith("connection.")


async def test_the_second_trial_in_a_moment_is_too_many(api: Served) -> None:
    await api.post(f"{PATH}/delivery", b"{}", OFFICE)
    status, _ = await api.post(f"{PATH}/delivery", b"{}", OFFICE)
    assert status == 429


async def test_a_unit_with_an_inbox_is_told_to_fetch(api: Served) -> None:
    await api.change(OFFICE, endpoint=None)
    status, members = await api.post(f"{PATH}/delivery", b"{}", OFFICE)
    assert (status, members["ok"]) == (200, None)
    assert "/v1/inbox" in members["todo"]
