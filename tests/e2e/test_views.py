"""What a unit may read back, and how long it may read at all."""

import http.client
import json
import signal

import pytest

from gateway.cli.open_governance import open_governance
from gateway.client.sender import Sender
from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE, YOUTH_OFFICE, Office
from gateway.demo.people import OPERATOR
from gateway.demo.people import register as registered
from gateway.demo.stage import ORIGIN, Stage
from gateway.lifecycle.registry_change import suspended
from gateway.model.evidence import EntryType, Part, Receipt
from gateway.verify import verify_receipt
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Json, Running, get, send, settled

pytestmark = pytest.mark.xdist_group("e2e")


async def test_sender_and_recipient_each_see_their_part_and_nobody_else_sees_any(
    stage: Running,
) -> None:
    answer = (await send(stage, POLICE, exchanges.emergency_exits())).json()
    path = f"/v1/exchanges/{answer['exchange_id']}"
    await settled(stage, POLICE, answer["exchange_id"], "delivered")

    sent = (await get(stage, POLICE, path)).json()
    received = (await get(stage, ORDER_OFFICE, path)).json()
    strangers = [(await get(stage, YOUTH_OFFICE, path + end)).status for end in ("", "/receipt")]

    assert {name: sent[name] for name in answer if name != "receipt"} == {
        name: value for name, value in answer.items() if name != "receipt"
    }
    assert (sent["state"], sent["receipt"]) == ("delivered", answer["receipt"])
    assert received["state"] == "delivered"
    assert received["sender"]["unit"] == POLICE.id
    assert not received.keys() & {"withheld", "denials", "released", "verdict"}
    assert strangers == [404, 404]


async def test_each_receipt_shows_the_part_of_its_reader_alone(stage: Running) -> None:
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    await settled(stage, POLICE, exchange_id, "delivered")

    for office, part in ((POLICE, Part.SENDER), (ORDER_OFFICE, Part.RECIPIENT)):
        answer = await get(stage, office, f"/v1/exchanges/{exchange_id}/receipt")
        receipt = verify_receipt(Receipt(**answer.json()), stage.keys, ORIGIN)
        assert (set(receipt.parts), receipt.claims.id) == ({part}, exchange_id)


async def test_a_recipient_sees_nothing_before_it_was_delivered(stage: Running) -> None:
    stage.stop(YOUTH_OFFICE.id, signal.SIGKILL)
    sent = await send(stage, POLICE, exchanges.notice_to_youth_office())
    path = f"/v1/exchanges/{sent.json()['exchange_id']}"

    before = (await get(stage, YOUTH_OFFICE, path)).status
    stage.start_receiver(YOUTH_OFFICE)
    await settled(stage, POLICE, sent.json()["exchange_id"], "delivered")
    after = (await get(stage, YOUTH_OFFICE, path)).status

    assert (before, after) == (404, 200)


async def test_the_recipient_of_what_was_denied_learns_nothing_of_it(stage: Running) -> None:
    denied = (await send(stage, POLICE, exchanges.person_list())).json()

    answer = await get(stage, ORDER_OFFICE, f"/v1/exchanges/{denied['exchange_id']}")

    assert answer.status == 404
    nothing = await get(stage, ORDER_OFFICE, f"/v1/exchanges/{'0' * 32}")
    assert answer.body == nothing.body


@pytest.mark.parametrize("name", ["registry", "x", "..", "0" * 31, "G" * 32])
async def test_an_id_of_no_exchange_is_not_found(stage: Running, name: str) -> None:
    entry = log_copy(stage).of(EntryType.REGISTRY)[0]
    path = f"/v1/exchanges/{entry.claims.id if name == 'registry' else name}"
    assert (await get(stage, POLICE, path)).status == 404


async def test_a_unit_suspended_while_its_connection_is_kept_is_refused_from_then_on(
    stage: Running,
) -> None:
    """Suspended between two requests on one connection; active again, it goes on."""
    connection = kept_connection(stage, POLICE)
    assert status_on(connection, "/v1/log/checkpoint") == 200
    socket = connection.sock
    operator = stage.circle.key(OPERATOR)
    with open_governance(stage.home) as opened:
        known = opened.governance.log.documents()[POLICE.id]
        opened.governance.alone(
            {POLICE.id: suspended(known)}, operator, title="Sperre", reason="Probe"
        )
    try:
        refused = status_on(connection, "/v1/log/checkpoint")
        assert connection.sock is socket  # the very same connection
        sent = await send(stage, POLICE, exchanges.emergency_exits())
        to_suspended = await send(stage, YOUTH_OFFICE, exchanges.child_in_danger())
    finally:
        register(stage, POLICE)

    assert (refused, sent.status, to_suspended.status) == (401, 401, 422)
    assert [fault["pointer"] for fault in to_suspended.json()["faults"]] == ["/recipient"]
    assert status_on(connection, "/v1/log/checkpoint") == 200
    assert connection.sock is socket
    connection.close()


async def test_a_replaced_pin_makes_the_old_certificate_nobodys_at_once(stage: Running) -> None:
    async with Sender(stage.partner(ORDER_OFFICE)) as sender:
        good = (await sender.get("/v1/log/checkpoint")).status
        register(stage, ORDER_OFFICE, pins=["0" * 64])
        try:
            gone = (await sender.get("/v1/log/checkpoint")).status
        finally:
            register(stage, ORDER_OFFICE)
        back = (await sender.get("/v1/log/checkpoint")).status
    assert (good, gone, back) == (200, 401, 200)


def register(stage: Stage, office: Office, **changes: Json) -> None:
    """Write the unit's document again, with *changes*."""
    file = stage.folder / "partners" / office.id / "unit.json"
    document = {**json.loads(file.read_text("utf-8")), **changes}
    registered(stage.home, stage.circle, document)


def kept_connection(stage: Stage, office: Office) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection(
        "localhost", stage.ports["gateway"], context=stage.partner(office).tls(), timeout=20
    )


def status_on(connection: http.client.HTTPSConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status
