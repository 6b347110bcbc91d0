"""The gateway's clock jumps back and forth by hours, while it decides, delivers and verifies.

What the log shows then: entries in the order in which they were made, each with the time that
the clock showed. Nothing that proves anything leans on times.
"""

import random
import secrets
import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import AuthenticationFailed
from gateway.fsck.check import check_gateway
from gateway.model.evidence import DeliveryState, EntryType
from gateway.pipeline import submit
from tests.builders import NOW, a_message
from tests.faults.brittle import Breaking
from tests.faults.courses import KEY, Course, opened
from tests.gateways import FIRST_ENTRIES, settings_for

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_JUMPS = 60


@pytest.fixture
async def course(_founded: Path, tmp_path: Path) -> AsyncIterator[Course]:
    home = shutil.copytree(_founded, tmp_path / "gateway")
    async with opened(home, Breaking()) as course:
        yield course


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_sender_whose_clock_did_not_jump_is_refused_and_served_once_it_is_right_again(
    course: Course, hours: int
) -> None:
    """300 seconds are allowed each way; a signature from another time may be an old one."""
    course.gateway.clock.pass_time(hours * _HOUR_S)
    with pytest.raises(AuthenticationFailed):
        await submit(a_message(key=KEY, at=NOW), course.ports)
    course.gateway.clock.pass_time(-hours * _HOUR_S)

    answer = await submit(a_message(key=KEY, at=NOW), course.ports)

    assert answer.status == 201
    assert len(await course.gateway.entries(EntryType.DECISION)) == 1


async def test_decisions_stand_in_the_order_in_which_they_were_made_each_with_its_time(
    course: Course,
) -> None:
    shown = []
    for number, jump_s in enumerate((0, 7 * _HOUR_S, -30 * _HOUR_S, 2 * _HOUR_S)):
        course.gateway.clock.pass_time(jump_s)
        shown.append(course.gateway.clock.at)
        await course.ask(str(uuid.UUID(int=number)))

    parts = await course.gateway.parts(EntryType.DECISION)
    assert [part["decided_at"] for part in parts] == shown
    assert shown != sorted(shown)
    assert course.gateway.verify(course.gateway.home / "copy").size == FIRST_ENTRIES + len(shown)


async def test_turned_back_a_delivery_waits_and_is_made_once_the_time_has_come_again(
    course: Course,
) -> None:
    await course.ask(KEY)
    course.gateway.clock.pass_time(-6 * _HOUR_S)
    await course.work()
    waited = list(course.destination.arrived)
    course.gateway.clock.pass_time(6 * _HOUR_S)
    await course.work()

    assert waited == []
    assert len(course.destination.arrived) == 1
    assert await _states(course) == [DeliveryState.DELIVERED]


async def test_put_forward_in_the_middle_of_an_attempt_another_worker_repeats_it_recognisably(
    course: Course,
) -> None:
    """The lease is over for everybody; one of the two acknowledgements is recorded."""
    await course.ask(KEY)

    async def jump(_pushed: Any) -> None:
        course.destination.before_answer = None
        course.gateway.clock.pass_time(5 * _HOUR_S)
        await course.work()

    course.destination.before_answer = jump
    await course.work()

    assert len(course.destination.arrived) == 2
    assert len({push.delivery_id for push in course.destination.arrived}) == 1
    assert len({push.jwe for push in course.destination.arrived}) == 1
    assert await _events(course) == {"attempt": 1, "acknowledged": 1}


async def test_turned_back_in_the_middle_of_an_attempt_nobody_else_takes_it_up(
    course: Course,
) -> None:
    await course.ask(KEY)

    async def jump(_pushed: Any) -> None:
        course.destination.before_answer = None
        course.gateway.clock.pass_time(-5 * _HOUR_S)
        await course.work()

    course.destination.before_answer = jump
    await course.work()

    assert len(course.destination.arrived) == 1
    assert await _events(course) == {"attempt": 1, "acknowledged": 1}


async def test_far_ahead_a_delivery_is_given_up_with_an_entry_and_never_sent_afterwards(
    course: Course,
) -> None:
    await course.ask(KEY)
    course.gateway.clock.pass_time(15 * _DAY_S)
    await course.work()
    course.gateway.clock.pass_time(-15 * _DAY_S)
    await course.work()

    assert course.destination.arrived == []
    assert await _states(course) == [DeliveryState.GIVEN_UP]
    assert await _events(course) == {"given_up": 1}


@pytest.mark.parametrize("seed", [1, secrets.randbelow(2**32)], ids=["seed 1", "a new seed"])
async def test_whatever_the_clock_does_each_request_has_one_decision_and_one_end(
    course: Course, seed: int
) -> None:
    """Jumps of up to twelve hours each way between everything that people and worker do."""
    print(f"seed {seed}")
    chance, clock = random.Random(seed), course.gateway.clock
    for number in range(_JUMPS):
        clock.pass_time(chance.randint(-12 * _HOUR_S, 12 * _HOUR_S))
        match chance.choice(["ask", "again", "work", "work"]):
            case "ask":
                await course.ask(str(uuid.UUID(int=number)))
            case "again" if course.sent:
                await course.ask(chance.choice(list(course.sent)))
            case _:
                await course.work()
    clock.at = max(clock.at, NOW) + 30 * _DAY_S
    await course.work()

    for key in course.sent:
        again = await course.ask(key)
        assert all(answer.body == again.body for answer in course.answers[key])
    assert len(await course.gateway.entries(EntryType.DECISION)) == len(course.sent)
    assert set(await _states(course)) <= {DeliveryState.DELIVERED, DeliveryState.GIVEN_UP}
    happened = await _events(course)
    assert happened["acknowledged"] + happened["given_up"] == len(course.sent)
    course.gateway.verify(course.gateway.home / "copy")
    findings = check_gateway(settings_for(course.gateway.home)).findings
    assert findings.clean, findings.shown


async def _states(course: Course) -> list[DeliveryState]:
    return [delivery.state for delivery in await course.gateway.deliveries()]


async def _events(course: Course) -> Counter[str]:
    return Counter(part["event"] for part in await course.gateway.parts(EntryType.DELIVERY))
