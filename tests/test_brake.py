"""What a stop covers is not decided, not asked for and not said, from the next request on."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.brake import refuse_stopped
from gateway.errors import InvalidRequest, Stopped
from gateway.model.evidence import Answer, EntryType, Part
from gateway.ports import PolicyEngine
from gateway.reading import exchange_view
from tests.asking import asked, declined
from tests.builders import (
    a_caller,
    a_registry,
    a_unit,
    an_envelope,
    an_exchange,
    deny_all,
    the_police,
)
from tests.gateways import Gateway, SqlGateway

KEY = "00000000-0000-4000-8000-000000000000"
HAZARD = {
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "sender_kind": "POLICE_INSPECTION",
    "recipient_kind": "MUNICIPAL_ORDER",
}
COVERING: list[dict[str, Any]] = [
    {"all": True},
    {"unit": "polizei"},
    {"unit": "ordnungsamt"},
    {"exchange_kind": "PREMISES_HAZARD_NOTICE"},
    HAZARD,
]
NAMES = ["all", "sender", "recipient", "kind", "route"]


@pytest.mark.parametrize("scope", COVERING, ids=NAMES)
async def test_what_a_stop_covers_is_refused_before_the_rules_are_asked(
    gateway: Gateway, scope: dict[str, Any]
) -> None:
    """The refusal is an entry that names the stop; nothing waits for the recipient."""
    stop_id = await gateway.stop(**scope)

    with pytest.raises(Stopped) as refused:
        await gateway.submit()

    assert refused.value.stop.shown() == {
        "id": stop_id,
        "reason": "Verdacht auf Missbrauch",
        "since": gateway.clock.at,
        **scope,
    }
    assert gateway.engine.asked == []
    assert await gateway.entries(EntryType.DECISION) == []
    assert await gateway.deliveries() == []
    for part in (Part.SENDER, Part.AUDIT):
        (said,) = await gateway.parts(EntryType.REFUSAL, part)
        assert (said["error"], said["stop"]) == ("Stopped", stop_id)


@pytest.mark.parametrize(
    "scope",
    [
        {"unit": "jugendamt"},
        {"exchange_kind": "REGISTER_REQUEST"},
        {**HAZARD, "sender_kind": "FIRE_SERVICE"},
    ],
    ids=["unit", "kind", "route"],
)
async def test_what_no_stop_covers_goes_on(gateway: Gateway, scope: dict[str, Any]) -> None:
    await gateway.register(a_unit("jugendamt", kind="YOUTH_OFFICE"))
    await gateway.stop(**scope)
    assert (await gateway.submit()).status == 201


async def test_after_lifting_the_same_request_is_decided(gateway: Gateway) -> None:
    """The refusal did not bind the idempotency key."""
    stop_id = await gateway.stop(all=True)
    with pytest.raises(Stopped):
        await gateway.submit(key=KEY)

    await gateway.lift(stop_id)

    assert (await gateway.submit(key=KEY)).status == 201


async def test_of_two_stops_the_older_is_named_and_both_must_be_lifted(gateway: Gateway) -> None:
    first = await gateway.stop(unit="polizei")
    gateway.clock.at += 1
    second = await gateway.stop(all=True)
    for stop_id in (first, second):
        with pytest.raises(Stopped) as refused:
            await gateway.submit()
        assert refused.value.stop.id == stop_id
        await gateway.lift(stop_id)
    assert (await gateway.submit()).status == 201


async def test_a_repeat_of_what_was_decided_gets_its_answer_under_a_stop_too(
    gateway: Gateway,
) -> None:
    first = await gateway.submit(key=KEY, at=gateway.clock.at)
    await gateway.stop(all=True)
    repeated = await gateway.submit(key=KEY, at=gateway.clock.at)
    assert (repeated.status, repeated.exchange_id) == (first.status, first.exchange_id)
    assert len(await gateway.entries(EntryType.DECISION)) == 1


async def test_a_request_that_has_no_form_is_told_so_under_a_stop_too(gateway: Gateway) -> None:
    await gateway.stop(all=True)
    with pytest.raises(InvalidRequest):
        await gateway.submit(an_envelope(recipient="niemand"))


@dataclass
class DuringDecision:
    """A PDP while whose first answer someone places a stop."""

    gateway: Gateway
    inner: PolicyEngine
    name: str = "memory/1"
    placed: bool = False

    async def decide(self, policy_digest: str, policy_input: Any) -> Any:
        answer = await self.inner.decide(policy_digest, policy_input)
        if not self.placed:
            self.placed = True
            await self.gateway.stop(all=True)
        return answer


async def test_a_decision_that_was_on_its_way_is_not_recorded(gateway: Gateway) -> None:
    """It was made under a registry that is in force no more: it is looked at again."""
    engine = DuringDecision(gateway, gateway.ports.engine)
    slow = gateway.with_ports(engine=engine)

    with pytest.raises(Stopped):
        await slow.submit()

    assert len(gateway.engine.asked) == 1
    types = [entry.type for entry in await gateway.entries()]
    assert EntryType.DECISION not in types
    assert types[-2:] == [EntryType.STOP, EntryType.REFUSAL]
    assert await gateway.deliveries() == []


async def test_no_decision_stands_in_the_log_after_the_stop(sql_gateway: SqlGateway) -> None:
    """Eight senders go on until they are refused; what is decided by then stands before it."""
    answers: list[Answer] = []

    async def send() -> None:
        while True:
            answers.append(await sql_gateway.submit())

    async def stop() -> None:
        while len(answers) < 20:
            await asyncio.sleep(0)
        await sql_gateway.stop(exchange_kind="PREMISES_HAZARD_NOTICE")

    *ended, _ = await asyncio.gather(*(send() for _ in range(8)), stop(), return_exceptions=True)

    entries = await sql_gateway.entries()
    (stopped,) = [entry.index for entry in entries if entry.type is EntryType.STOP]
    decided = [entry.index for entry in entries if entry.type is EntryType.DECISION]
    assert [type(end) for end in ended] == [Stopped] * 8
    assert len(decided) == len(answers) >= 20
    assert max(decided) < stopped
    assert len(await sql_gateway.parts(EntryType.REFUSAL)) == 8


# --- requests for data


@pytest.fixture
async def register(gateway: Gateway) -> Gateway:
    """A gateway with a register that the order office asks."""
    office = a_unit("meldebehoerde", kind="REGISTRATION_OFFICE", controller="amt-traeger")
    await gateway.register(office)
    return gateway


@pytest.mark.parametrize(
    "scope",
    [
        {"all": True},
        {"unit": "meldebehoerde"},
        {"exchange_kind": "REGISTER_REQUEST"},
        {
            "exchange_kind": "REGISTER_REQUEST",
            "sender_kind": "REGISTRATION_OFFICE",
            "recipient_kind": "MUNICIPAL_ORDER",
        },
    ],
    ids=["all", "holder", "kind", "route"],
)
async def test_what_would_be_stopped_is_neither_asked_for_nor_declined(
    register: Gateway, scope: dict[str, Any]
) -> None:
    """The route is the one of the data: from the unit that is asked to the one that asks."""
    earlier = (await asked(register)).exchange_id
    stop_id = await register.stop(**scope)

    with pytest.raises(Stopped):
        await asked(register)
    with pytest.raises(Stopped):
        await declined(register, earlier)

    assert len(await register.entries(EntryType.REQUEST)) == 1
    assert [part["stop"] for part in await register.parts(EntryType.REFUSAL)] == [stop_id] * 2
    await register.lift(stop_id)
    assert (await declined(register, earlier)).status == 201


# --- what is shown


async def test_the_sender_sees_the_stop_that_holds_its_exchange(gateway: Gateway) -> None:
    exchange_id = (await gateway.submit()).exchange_id
    caller = a_caller("polizei")
    assert "stop" not in await exchange_view(caller, exchange_id, gateway.ports)

    stop_id = await gateway.stop(**HAZARD)

    view = await exchange_view(caller, exchange_id, gateway.ports)
    assert (view["state"], view["stop"]["id"]) == ("permitted", stop_id)
    await gateway.lift(stop_id)
    assert "stop" not in await exchange_view(caller, exchange_id, gateway.ports)


async def test_a_stop_that_comes_after_the_end_is_not_shown(gateway: Gateway) -> None:
    gateway.engine.rule = deny_all
    exchange_id = (await gateway.submit()).exchange_id
    await gateway.stop(all=True)
    assert "stop" not in await exchange_view(a_caller("polizei"), exchange_id, gateway.ports)


def test_without_a_stop_nothing_is_refused() -> None:
    registry = a_registry(the_police(), a_unit())
    refuse_stopped(an_exchange(registry).way, registry)
    assert registry.stops == {}
