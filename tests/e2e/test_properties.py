"""Whatever is sent: only what was decided leaves, and nothing leaves undecided (G1, G2)."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.client.sender import SentAnswer
from gateway.demo import exchanges
from gateway.demo.cast import LOGISTICS, POLICE, YOUTH_OFFICE, Office
from gateway.model.evidence import Part
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Json, Running, delivered, send

pytestmark = pytest.mark.xdist_group("e2e")
SENT = (
    (POLICE, exchanges.emergency_exits),
    (POLICE, exchanges.person_list),
    (YOUTH_OFFICE, exchanges.child_in_danger),
    (POLICE, exchanges.notice_to_youth_office),
    (POLICE, exchanges.statistics),
    (LOGISTICS, exchanges.suspicious_event),
)


@st.composite
def submissions(draw: Any) -> tuple[Office, dict[str, Json]]:
    """Draw an exchange of the demonstration with fewer members, facts and roles."""
    office, make = draw(st.sampled_from(SENT))
    exchange = make()
    for name in ("payload", "facts", "field_facts"):
        row = exchange.get(name, {})
        least = 1 if name == "payload" else max(0, len(row) - 2)
        kept = draw(st.sets(st.sampled_from(sorted(row)), min_size=least)) if row else set()
        exchange[name] = {key: value for key, value in row.items() if key in kept}
    exchange["field_facts"] = {
        name: row for name, row in exchange["field_facts"].items() if name in exchange["payload"]
    }
    exchange["free_text_checked"] = draw(st.booleans())
    exchange["legal_basis"] = draw(st.permutations(exchange["legal_basis"]))
    return office, exchange


@given(submission=submissions())
@settings(max_examples=25)
def test_what_arrives_is_what_was_released_of_what_was_offered(
    stage: Running, submission: tuple[Office, dict[str, Json]]
) -> None:
    office, exchange = submission
    offered = exchange["payload"]

    answer = asyncio.run(send(stage, office, exchange))

    assert answer.status in {201, 202, 403}, answer.body
    body = answer.json()
    withheld = [member for row in body["withheld"] for member in row["members"]]
    if answer.status == 201:
        assert sorted([*body["released"], *withheld]) == sorted(offered)
        recipient = recipient_of(stage, exchange)
        document = asyncio.run(delivered(stage, recipient, body["exchange_id"]))
        assert document["exchange"]["payload"] == {name: offered[name] for name in body["released"]}
    else:
        assert_nothing_left(stage, answer)


def assert_nothing_left(stage: Running, answer: SentAnswer) -> None:
    exchange_id = answer.json()["exchange_id"]
    assert [office for office in stage.receivers if stage.inbox_of(office, exchange_id)] == []


def recipient_of(stage: Running, exchange: dict[str, Json]) -> Office:
    return next(office for office in stage.receivers if office.id == exchange["recipient"])


async def test_nothing_at_any_recipient_lacks_its_decision_or_came_before_it(
    stage: Running,
) -> None:
    """G1: looked at over everything that this gateway has ever delivered."""
    for office, make in SENT:
        sent = await send(stage, office, make())
        if sent.status == 201:
            recipient = recipient_of(stage, make())
            await delivered(stage, recipient, sent.json()["exchange_id"])

    inboxes = {office.id: stage.inbox(office) for office in stage.receivers}
    log = log_copy(stage)

    decisions = log.decisions
    seen = set()
    for recipient, documents in inboxes.items():
        for document in documents:
            decision = decisions[document["exchange"]["exchange_id"]]
            attempt = log.events_of(decision.claims.id)[0]
            assert decision.parts[Part.AUDIT]["verdict"] == "permit"
            assert decision.parts[Part.AUDIT]["recipient"]["unit"] == recipient
            assert decision.parts[Part.RECIPIENT]["delivery_id"] == document["delivery_id"]
            assert attempt.parts[Part.AUDIT]["event"] == "attempt"
            assert decision.index < attempt.index
            seen.add(document["delivery_id"])
    assert len(seen) == sum(map(len, inboxes.values())) >= 4
