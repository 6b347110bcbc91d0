"""The policy engine broken in every way: nothing is released, and it is on record."""

import asyncio
import os
import signal
import time

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from gateway.model.evidence import EntryType, Part
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Running, delivered, eventually, exchanges_in, send
from tests.faults.breakable import DEADLINE_S, Breakable
from tests.faults.rules import UNAVAILABLE, exchange_with

pytestmark = pytest.mark.xdist_group("faults")


async def assert_the_next_is_permitted(stage: Running) -> None:
    """An exchange gets its decision and arrives; the engine may need a moment to come back."""

    async def permitted() -> str | None:
        answer = await send(stage, POLICE, exchanges.emergency_exits())
        return answer.json()["exchange_id"] if answer.status == 201 else None

    await delivered(stage, ORDER_OFFICE, await eventually(permitted) or "")


@pytest.mark.parametrize("fault", UNAVAILABLE)
async def test_an_answer_that_is_no_decision_refuses(stage: Breakable, fault: str) -> None:
    """Undefined, late, an error, garbage: 503, one refusal on record, no decision, no delivery."""
    before = log_copy(stage)

    answer = await send(stage, POLICE, exchange_with(fault))

    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "5"
    after = log_copy(stage)
    assert after.refusals()[len(before.refusals()) :] == ["PolicyUnavailable"]
    assert after.of(EntryType.REFUSAL)[-1].parts[Part.AUDIT]["unit"] == POLICE.id
    assert len(after.decisions) == len(before.decisions)
    assert exchanges_in(stage.inbox(ORDER_OFFICE)) <= before.decisions.keys()
    await assert_the_next_is_permitted(stage)


async def test_a_refusal_binds_no_key_so_that_the_same_request_may_come_again(
    stage: Breakable,
) -> None:
    key = "6b0f5f7e-5a34-4c43-9f0e-0b8f4f5f0a01"
    assert (await send(stage, POLICE, exchange_with("FAULT-UNDEFINED"), key)).status == 503
    assert (await send(stage, POLICE, exchanges.emergency_exits(), key)).status == 201


async def test_an_obligation_that_nobody_can_fulfil_denies(stage: Breakable) -> None:
    answer = await send(stage, POLICE, exchange_with("FAULT-OBLIGATION"))

    body = answer.json()
    assert (answer.status, body["verdict"], body["released"]) == (403, "deny", [])
    assert ("obligation_unsupported", "GATEWAY-1") in {
        (row["reason"], row["rule"]) for row in body["denials"]
    }
    assert stage.inbox_of(ORDER_OFFICE, body["exchange_id"]) == []


async def test_the_engine_killed_in_the_middle_of_a_decision(stage: Breakable) -> None:
    """The answer comes at once, long before the deadline, and another child takes over."""
    before = log_copy(stage)
    children = stage.engine_children()
    begun = time.monotonic()
    asking = asyncio.create_task(send(stage, POLICE, exchange_with("FAULT-LATE")))
    await asyncio.sleep(DEADLINE_S / 4)

    for child in children:
        os.kill(child, signal.SIGKILL)
    answer = await asking

    assert answer.status == 503
    assert time.monotonic() - begun < DEADLINE_S
    after = log_copy(stage)
    assert after.refusals()[len(before.refusals()) :] == ["PolicyUnavailable"]
    assert len(after.decisions) == len(before.decisions)
    await assert_the_next_is_permitted(stage)
    assert set(stage.engine_children()).isdisjoint(children)


async def test_the_engine_killed_again_and_again_while_it_is_asked(stage: Breakable) -> None:
    """Every answer is a decision or a 503, and all permits arrive."""
    answers = []
    for _ in range(4):
        for child in stage.engine_children():
            os.kill(child, signal.SIGKILL)
        answers += await asyncio.gather(
            *(send(stage, POLICE, exchanges.emergency_exits()) for _ in range(3))
        )
    assert {answer.status for answer in answers} <= {201, 503}
    for answer in answers:
        if answer.status == 201:
            await delivered(stage, ORDER_OFFICE, answer.json()["exchange_id"])
    await assert_the_next_is_permitted(stage)


async def test_others_wait_for_a_slow_decision_and_are_not_refused_with_it(
    stage: Breakable,
) -> None:
    """One child, one slow question: the next in line gets the whole deadline for its own."""
    slow = asyncio.create_task(send(stage, POLICE, exchange_with("FAULT-LATE")))
    await asyncio.sleep(DEADLINE_S / 4)
    os.kill(stage.engine_children()[0], signal.SIGKILL)
    quick = await send(stage, POLICE, exchanges.person_list())
    assert ((await slow).status, quick.status) == (503, 403)
