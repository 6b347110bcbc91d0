"""Free text that repeats what is withheld waits for a human, or says that one has looked."""

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from gateway.demo.exchanges import WITNESS_FAMILY_NAME
from gateway.model.evidence import Part
from tests.e2e.conftest import HOLD_S
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Json, Running, delivered, get, send, settled, state_of

pytestmark = pytest.mark.xdist_group("e2e")
HIT = [{"member": "hazard_facts", "withheld": "witness_name"}]


def telling_the_witness() -> dict[str, Json]:
    """The hazard notice, whose released facts name the witness that is withheld."""
    exchange = exchanges.emergency_exits()
    exchange["payload"]["hazard_facts"] += f" Gesehen von Frau {WITNESS_FAMILY_NAME.upper()}."
    return exchange


async def test_a_withheld_name_in_free_text_is_held_and_expires_if_nobody_releases_it(
    stage: Running,
) -> None:
    """Held: sealed, not delivered, not seen by the recipient. Expired: an entry, no payload."""
    answer = await send(stage, POLICE, telling_the_witness())
    row = stage.outbox(answer.json()["exchange_id"])

    body = answer.json()
    exchange_id = body["exchange_id"]
    assert (answer.status, body["verdict"], body["free_text"]) == (202, "hold", HIT)
    assert WITNESS_FAMILY_NAME.casefold() not in answer.body.decode().casefold()
    assert (row["state"], row["attempts"]) == ("held", 0)
    assert row["jwe"].count(b".") == 4
    assert row["expires_at"] - row["created_at"] == HOLD_S
    assert await state_of(stage, POLICE, exchange_id) == "held"
    assert (await get(stage, ORDER_OFFICE, f"/v1/exchanges/{exchange_id}")).status == 404

    await settled(stage, POLICE, exchange_id, "expired")

    copy = log_copy(stage)
    (event,) = copy.events_of(exchange_id)
    assert event.parts[Part.AUDIT]["event"] == "expired"
    assert event.claims.time >= row["expires_at"]
    assert copy.decisions[exchange_id].parts[Part.AUDIT]["verdict"] == "hold"
    after = stage.outbox(exchange_id)
    assert (after["state"], after["jwe"], after["attempts"]) == ("expired", None, 0)
    assert stage.inbox_of(ORDER_OFFICE, exchange_id) == []


async def test_a_hit_that_an_official_has_looked_at_is_recorded_and_does_not_hold(
    stage: Running,
) -> None:
    answer = await send(stage, POLICE, {**telling_the_witness(), "free_text_checked": True})

    body = answer.json()
    assert (answer.status, body["verdict"], body["free_text"]) == (201, "permit", HIT)
    await delivered(stage, ORDER_OFFICE, body["exchange_id"])
    audit = log_copy(stage).decisions[body["exchange_id"]].parts[Part.AUDIT]
    assert audit["free_text"] == HIT


async def test_a_hit_is_recorded_with_names_of_members_and_no_word_of_theirs(
    stage: Running,
) -> None:
    answer = await send(stage, POLICE, {**telling_the_witness(), "free_text_checked": True})
    entry = log_copy(stage).decisions[answer.json()["exchange_id"]]
    assert WITNESS_FAMILY_NAME.casefold() not in str(entry.parts).casefold()
