"""A trial goes to the unit's own endpoint, is marked, and is of no exchange."""

import json
from typing import Any

import pytest

from gateway.adapters.memory.destination import MemoryDestination
from gateway.errors import DeliveryFailed, TooManyRequests
from gateway.readings.trial import PAUSE_S, Trials
from gateway.registry import parse_unit
from gateway.sealing import unseal
from tests.builders import NOW, a_unit, keys_of

UNIT = parse_unit(a_unit())


class Clock:
    at = NOW

    def __call__(self) -> int:
        return self.at


def trials(destination: MemoryDestination | None = None, clock: Clock | None = None) -> Trials:
    return Trials(destination or MemoryDestination(), clock or Clock())


async def test_a_trial_is_sealed_to_the_unit_and_says_what_it_is() -> None:
    destination = MemoryDestination()

    check = await trials(destination).send(UNIT)

    (pushed,) = destination.arrived
    body = json.loads(pushed.body)
    opened = json.loads(unseal(pushed.jwe, keys_of("ordnungsamt").decryption))
    assert check.ok is True
    assert pushed.unit == "ordnungsamt"
    assert body == {
        "delivery_id": pushed.delivery_id,
        "jwe": pushed.jwe.decode(),
        "self_test": True,
    }
    assert opened == {"self_test": True, "delivery_id": pushed.delivery_id}


@pytest.mark.parametrize(
    "code", ["connection", "tls", "dns", "timeout", "wrong_acknowledgement", "http_401", "http_500"]
)
async def test_what_came_back_is_told_with_what_to_do(code: str) -> None:
    check = await trials(MemoryDestination(failures=[DeliveryFailed(code)])).send(UNIT)
    assert check.ok is False
    assert code in check.en
    assert check.todo
    assert check.todo_en


@pytest.mark.parametrize(
    ("changes", "ok"), [({"endpoint": None}, None), ({"encryption_key": None}, False)]
)
async def test_without_an_endpoint_or_a_key_nothing_is_sent(
    changes: dict[str, Any], ok: bool | None
) -> None:
    destination = MemoryDestination()
    check = await trials(destination).send(parse_unit(a_unit(**changes)))
    assert (check.ok, destination.arrived) == (ok, [])
    assert check.todo


async def test_a_gateway_that_has_no_way_out_says_so() -> None:
    assert (await Trials(None, Clock()).send(UNIT)).ok is None


async def test_a_unit_may_not_let_the_gateway_send_again_and_again() -> None:
    clock = Clock()
    sending = trials(clock=clock)
    await sending.send(UNIT)

    with pytest.raises(TooManyRequests) as refused:
        await sending.send(UNIT)

    assert refused.value.retry_after_s == PAUSE_S
    assert (await sending.send(parse_unit(a_unit("jugendamt")))).ok is True
    clock.at += PAUSE_S
    assert (await sending.send(UNIT)).ok is True
