"""What must fail, fails with an answer that tells nothing; what is repeated, happens once."""

import asyncio
import json
import uuid
from collections.abc import Iterator

import pytest

from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges, failures
from gateway.demo.cast import EXECUTIVE, ORDER_OFFICE, POLICE
from gateway.demo.failures import Failure
from tests.e2e.log_copy import LogCopy, log_copy
from tests.e2e.running import Json, Running, delivered, exchanges_in, send, settled

pytestmark = pytest.mark.xdist_group("e2e")

RECORDED = {
    "unknown member": "InvalidRequest",
    "duplicate JSON member": "NotStrictJson",
    "recipient without encryption key": "InvalidRequest",
}
"""Attempts of a proven unit, with the error that their entry names; the others leave none."""


def strings_in(value: Json) -> Iterator[str]:
    """Give every string in a payload that is long enough to be told from a word of ours."""
    if isinstance(value, str):
        if len(value) >= 4:
            yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings_in(inner)


async def recorded_since(stage: Running, before: LogCopy) -> tuple[list[str], int]:
    """Return the refusals and the number of decisions that came after the copy *before*."""
    after = log_copy(stage)
    refusals = after.refusals()[len(before.refusals()) :]
    return refusals, len(after.decisions) - len(before.decisions)


@pytest.mark.parametrize("failure", failures.ALL, ids=lambda failure: failure.english)
async def test_an_attempt_that_must_fail_is_answered_without_a_word_of_it(
    stage: Running, failure: Failure
) -> None:
    """No decision, no delivery, no value and no unknown name in the answer."""
    before = log_copy(stage)

    seen = await failure.attempt(stage)

    assert seen.status == failure.status
    if seen.status != failures.NO_ANSWER:
        problem = json.loads(seen.body)
        assert problem["status"] == failure.status
        assert problem["type"].startswith(f"{stage.url}/problems/")
        assert problem["title"]
        assert problem["title_en"]
        said = seen.body.decode()
        told = [text for text in strings_in(exchanges.emergency_exits()["payload"]) if text in said]
        assert told == []
        assert "blood_type_of_guests" not in said
    expected = [RECORDED[failure.english]] if failure.english in RECORDED else []
    assert await recorded_since(stage, before) == (expected, 0)
    assert exchanges_in(stage.inbox(ORDER_OFFICE)) <= before.decisions.keys()


async def test_unknown_names_are_counted_and_never_printed(stage: Running) -> None:
    """Wherever a sender may invent a name: payload, person, facts, facts of a member."""
    exchange = exchanges.emergency_exits()
    exchange["payload"]["zeugnis_von_frau_x"] = "1"
    exchange["payload"]["licensee_name"]["konfession_x"] = "1"
    exchange["facts"]["verdacht_gegen_x"] = True
    exchange["field_facts"]["haftgrund_x"] = {"data_subject_role": "suspect"}
    exchange["field_facts"]["witness_name"]["krankheit_x"] = "1"

    first = await send(stage, POLICE, exchange)
    second = await send(stage, POLICE, {**exchange, "vorname_x": 1, "field_facts": {"haft_x": 1}})

    assert [first.status, second.status] == [422, 422]
    assert "_x" not in (first.body + second.body).decode()
    pointers = {fault["pointer"] for fault in first.json()["faults"] + second.json()["faults"]}
    assert pointers >= {"/facts", "/payload", "/payload/licensee_name", "/field_facts", ""}


@pytest.mark.parametrize(
    ("fact", "value"),
    [("consent", {"_sd": "x"}), ("consent", {"...": "x"}), ("review_date", "0001-01-01")],
)
async def test_a_fact_that_no_record_could_hold_is_the_senders_fault(
    stage: Running, fact: str, value: Json
) -> None:
    """Told as such, since sending it again would not help."""
    exchange = exchanges.emergency_exits()
    exchange["facts"][fact] = value
    before = log_copy(stage)

    answer = await send(stage, POLICE, exchange)

    assert (answer.status, answer.json()["faults"][0]["pointer"]) == (422, f"/facts/{fact}")
    assert await recorded_since(stage, before) == (["InvalidRequest"], 0)


async def test_a_replay_gets_the_stored_answer_one_decision_and_one_delivery(
    stage: Running,
) -> None:
    before, key = log_copy(stage), str(uuid.uuid4())
    exchange = exchanges.statistics()

    answers = [await send(stage, POLICE, exchange, key) for _ in range(3)]

    assert [answer.status for answer in answers] == [201, 201, 201]
    assert {answer.body for answer in answers} == {answers[0].body}
    exchange_id = answers[0].json()["exchange_id"]
    assert await recorded_since(stage, before) == ([], 1)
    await settled(stage, POLICE, exchange_id, "delivered")
    again = await send(stage, POLICE, exchange, key)
    assert again.body == answers[0].body
    assert stage.pushes(EXECUTIVE, exchange_id) == ["new"]
    assert len(stage.inbox_of(EXECUTIVE, exchange_id)) == 1


async def test_a_denial_is_replayed_as_it_was(stage: Running) -> None:
    before, key = log_copy(stage), str(uuid.uuid4())
    first, second = [await send(stage, POLICE, exchanges.person_list(), key) for _ in range(2)]
    assert (first.status, first.body) == (403, second.body)
    assert await recorded_since(stage, before) == ([], 1)


async def test_a_key_that_stands_for_another_body_is_a_conflict(stage: Running) -> None:
    key = str(uuid.uuid4())
    assert (await send(stage, POLICE, exchanges.statistics(), key)).status == 201
    before = log_copy(stage)

    answer = await send(stage, POLICE, exchanges.emergency_exits(), key)

    assert (answer.status, answer.json()["title_en"]) == (409, "The key stands for another request")
    assert await recorded_since(stage, before) == (["IdempotencyConflict"], 0)


async def test_twenty_duplicates_at_once_are_decided_and_delivered_once(stage: Running) -> None:
    """G9: on one connection each, with the same key, body and signature."""
    before = log_copy(stage)
    body = json.dumps(exchanges.emergency_exits(), ensure_ascii=False).encode()

    async with Sender(stage.partner(POLICE)) as sender:
        headers = sender.sign(body, str(uuid.uuid4()))
        answers: list[SentAnswer] = await asyncio.gather(
            *(sender.send_bytes(body, headers) for _ in range(20))
        )

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert await recorded_since(stage, before) == ([], 1)
    exchange_id = answers[0].json()["exchange_id"]
    await delivered(stage, ORDER_OFFICE, exchange_id)
    await settled(stage, POLICE, exchange_id, "delivered")
    assert stage.pushes(ORDER_OFFICE, exchange_id) == ["new"]
