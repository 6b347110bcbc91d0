"""The points of the demonstration: real exchanges from one agency to another."""

import signal

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import EXECUTIVE, LOGISTICS, ORDER_OFFICE, POLICE, YOUTH_OFFICE, Office
from gateway.demo.stage import ORIGIN
from gateway.model.evidence import EntryType, Part, Receipt
from gateway.verify import VerifiedReceipt, verify_receipt
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Json, Running, delivered, eventually, send, settled, state_of

pytestmark = pytest.mark.xdist_group("e2e")


async def accepted(stage: Running, office: Office, exchange: dict[str, Json]) -> dict[str, Json]:
    """Submit what must be permitted; return the answer's body."""
    answer = await send(stage, office, exchange)
    assert answer.status == 201, answer.body
    assert answer.headers["location"] == f"/v1/exchanges/{answer.json()['exchange_id']}"
    return answer.json()


def verified(stage: Running, body: dict[str, Json]) -> VerifiedReceipt:
    """Verify the receipt in an answer with the root key alone."""
    return verify_receipt(Receipt(**body["receipt"]), stage.keys, ORIGIN)


def reasons_of(rows: list[dict[str, Json]]) -> set[tuple[str, str]]:
    return {(row["reason"], row["rule"]) for row in rows}


async def test_blocked_exits_are_told_to_the_order_office_and_to_nobody_else(
    stage: Running,
) -> None:
    """What is released arrives decrypted; each withheld member has its norm and sentence."""
    exchange = exchanges.emergency_exits()

    body = await accepted(stage, POLICE, exchange)

    released = {
        "hazard_facts",
        "licensee_name",
        "officer_contact",
        "photos_exits_no_persons",
        "premises_address",
        "time_of_finding",
    }
    assert (body["verdict"], set(body["released"])) == ("permit", released)
    withheld = {member for row in body["withheld"] for member in row["members"]}
    assert withheld == exchange["payload"].keys() - released
    assert all(row["norm"] and row["de"].endswith(".") and row["en"] for row in body["withheld"])

    document = await delivered(stage, ORDER_OFFICE, body["exchange_id"])
    assert document["exchange"] == {
        "exchange_id": body["exchange_id"],
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "payload": {name: exchange["payload"][name] for name in released},
    }
    others = [office for office in stage.receivers if office is not ORDER_OFFICE]
    assert [stage.inbox_of(office, body["exchange_id"]) for office in others] == [[], [], []]


async def test_the_decision_is_an_entry_before_its_delivery_is_one(stage: Running) -> None:
    body = await accepted(stage, POLICE, exchanges.emergency_exits())
    receipt = verified(stage, body)
    await settled(stage, POLICE, body["exchange_id"], "delivered")

    copy = log_copy(stage)

    decision = copy.decisions[body["exchange_id"]]
    assert (decision.index, decision.claims) == (receipt.index, receipt.claims)
    assert decision.parts[Part.AUDIT]["verdict"] == "permit"
    events = copy.events_of(body["exchange_id"])
    assert [entry.parts[Part.AUDIT]["event"] for entry in events] == ["attempt", "acknowledged"]
    assert decision.index < min(entry.index for entry in events)


async def test_a_partnership_is_no_basis_and_the_denial_has_a_receipt_as_a_permit_has(
    stage: Running,
) -> None:
    answer = await send(stage, POLICE, exchanges.person_list())

    body = answer.json()
    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")
    assert ("partnership_is_no_basis", "PARTNERSHIP-1") in reasons_of(body["denials"])
    assert all(row["norm"] and row["de"] and row["en"] for row in body["denials"])
    receipt = verified(stage, body)
    assert receipt.claims.type is EntryType.DECISION
    assert receipt.claims.id == body["exchange_id"]
    assert receipt.parts[Part.SENDER]["verdict"] == "deny"
    assert receipt.parts[Part.SENDER]["released"] == []
    assert log_copy(stage).decisions[body["exchange_id"]].index == receipt.index
    assert await state_of(stage, POLICE, body["exchange_id"]) == "denied"
    assert stage.inbox_of(ORDER_OFFICE, body["exchange_id"]) == []


async def test_a_child_in_present_danger_is_told_at_once_and_approved_within_a_day(
    stage: Running,
) -> None:
    exchange = exchanges.child_in_danger()

    body = await accepted(stage, YOUTH_OFFICE, exchange)

    approval = next(row for row in body["obligations"] if row["code"] == "OB-HUMAN-APPROVAL")
    assert approval["parameters"] == {"due_within_h": 24}
    document = await delivered(stage, POLICE, body["exchange_id"])
    payload = document["exchange"]["payload"]
    assert payload["whereabouts"] == exchange["payload"]["whereabouts"]
    assert not payload.keys() & {"therapy_notes_mother", "benefit_history"}


async def test_a_small_cell_withholds_its_table_and_the_text_beside_it_goes(
    stage: Running,
) -> None:
    exchange = exchanges.statistics()

    body = await accepted(stage, POLICE, exchange)

    assert [row["members"] for row in body["withheld"]] == [["table_district_month_offencegroup"]]
    document = await delivered(stage, EXECUTIVE, body["exchange_id"])
    assert document["exchange"]["payload"] == {"trend_text": exchange["payload"]["trend_text"]}


async def test_a_private_partner_reports_an_event_without_its_company_data(
    stage: Running,
) -> None:
    body = await accepted(stage, LOGISTICS, exchanges.suspicious_event())

    document = await delivered(stage, POLICE, body["exchange_id"])
    payload = document["exchange"]["payload"]
    assert sorted(payload) == body["released"]
    assert "observed_behaviour" in payload
    assert not payload.keys() & {"gps_tracks_all_drivers", "driver_sick_notes", "customer_list"}


async def test_the_recipient_gets_a_receipt_that_names_the_payload_it_decrypted(
    stage: Running,
) -> None:
    body = await accepted(stage, POLICE, exchanges.emergency_exits())

    document = await delivered(stage, ORDER_OFFICE, body["exchange_id"])

    receipt = verified(stage, document)
    assert receipt.claims.id == body["exchange_id"]
    assert receipt.index == verified(stage, body).index
    assert set(receipt.parts) == {Part.RECIPIENT}
    assert receipt.parts[Part.RECIPIENT]["recipient"] == ORDER_OFFICE.id


async def test_a_recipient_that_was_down_gets_it_once_when_it_is_back(stage: Running) -> None:
    stage.stop(YOUTH_OFFICE.id, signal.SIGKILL)
    body = await accepted(stage, POLICE, exchanges.notice_to_youth_office())
    exchange_id = body["exchange_id"]
    await eventually(lambda: stage.outbox(exchange_id)["attempts"] >= 2)
    assert await state_of(stage, POLICE, exchange_id) == "permitted"

    stage.start_receiver(YOUTH_OFFICE)
    await settled(stage, POLICE, exchange_id, "delivered")

    assert len(stage.inbox_of(YOUTH_OFFICE, exchange_id)) == 1
    assert stage.pushes(YOUTH_OFFICE, exchange_id) == ["new"]
    events = log_copy(stage).events_of(exchange_id)
    assert [entry.parts[Part.AUDIT]["event"] for entry in events] == [
        "attempt",
        "failed",
        "acknowledged",
    ]
    assert stage.outbox(exchange_id)["jwe"] is None
