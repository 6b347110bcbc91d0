"""A refusal of a known unit is an entry: who, when, which kind of error, and no word of content."""

import pytest

from gateway.errors import (
    Fault,
    GatewayError,
    InvalidRequest,
    LogUnavailable,
    MalformedRequest,
    PolicyUnavailable,
    TooManyRequests,
)
from gateway.model.evidence import EntryType, Part
from gateway.refusals import Refusals
from tests.builders import NOW, a_caller, the_policies
from tests.gateways import Gateway, MemoryGateway

CANARY = "kanarienvogel"
MINUTE = NOW - NOW % 60


async def refuse(
    gateway: Gateway,
    error: GatewayError | None = None,
    unit: str = "polizei",
    refusals: Refusals | None = None,
) -> None:
    await (refusals or gateway.ports.refusals).record(
        error or MalformedRequest("x"), a_caller(unit).unit, gateway.clock.now(), the_policies()
    )


async def test_a_refusal_says_who_when_and_what_kind(gateway: Gateway) -> None:
    await refuse(gateway, InvalidRequest([Fault(f"/{CANARY}", CANARY)]))

    (entry,) = await gateway.entries(EntryType.REFUSAL)

    assert set(entry.parts) == {Part.SENDER, Part.AUDIT}
    expected = {
        "unit": "polizei",
        "kind": "POLICE_INSPECTION",
        "controller": "polizei-traeger",
        "refused_at": NOW,
        "error": "InvalidRequest",
    }
    assert await gateway.parts(EntryType.REFUSAL, Part.SENDER) == [expected]
    assert await gateway.parts(EntryType.REFUSAL, Part.AUDIT) == [expected]


async def test_its_record_lies_with_the_units_controller_for_the_time_of_the_table(
    gateway: Gateway,
) -> None:
    await refuse(gateway)
    (entry,) = await gateway.entries(EntryType.REFUSAL)
    assert entry.bucket == "polizei-traeger.decision_log_DSGVO.2027-12"


async def test_above_a_rate_a_minute_has_one_summary_for_each_unit(gateway: Gateway) -> None:
    refusals = Refusals(gateway.ports.drafter, gateway.ports.log, singly=2)
    for _ in range(4):
        await refuse(gateway, refusals=refusals)
    await refuse(gateway, PolicyUnavailable("late"), refusals=refusals)
    await refuse(gateway, unit="ordnungsamt", refusals=refusals)
    assert len(await gateway.entries(EntryType.REFUSAL)) == 3

    gateway.clock.pass_time(60)
    await refuse(gateway, refusals=refusals)

    *_, summary, last = await gateway.parts(EntryType.REFUSAL)
    assert (summary["unit"], summary["minute"]) == ("polizei", MINUTE)
    assert summary["refusals"] == {"MalformedRequest": 2, "PolicyUnavailable": 1}
    assert last["refused_at"] == NOW + 60


async def test_calls_over_the_rate_are_counted_only(gateway: Gateway) -> None:
    for _ in range(3):
        await refuse(gateway, TooManyRequests("x"))
    assert await gateway.entries(EntryType.REFUSAL) == []

    gateway.clock.pass_time(60)
    await gateway.ports.refusals.flush(gateway.clock.now(), the_policies())

    (summary,) = await gateway.parts(EntryType.REFUSAL)
    assert summary["refusals"] == {"TooManyRequests": 3}


async def test_when_the_gateway_stops_nothing_counted_is_lost(gateway: Gateway) -> None:
    await refuse(gateway, TooManyRequests("x"))
    now = gateway.clock.now()

    await gateway.ports.refusals.flush(now, the_policies())
    assert await gateway.entries(EntryType.REFUSAL) == []
    await gateway.ports.refusals.flush(now, the_policies(), all_of_them=True)

    assert len(await gateway.entries(EntryType.REFUSAL)) == 1


async def test_a_summary_that_cannot_be_written_waits(memory_gateway: MemoryGateway) -> None:
    await refuse(memory_gateway, TooManyRequests("x"))
    memory_gateway.clock.pass_time(60)
    memory_gateway.log.unreadable = True
    await memory_gateway.ports.refusals.flush(memory_gateway.clock.now(), the_policies())
    memory_gateway.log.unreadable = False

    await memory_gateway.ports.refusals.flush(memory_gateway.clock.now(), the_policies())
    await memory_gateway.ports.refusals.flush(memory_gateway.clock.now(), the_policies())

    assert len(await memory_gateway.entries(EntryType.REFUSAL)) == 1


async def test_without_the_log_there_is_no_refusal(memory_gateway: MemoryGateway) -> None:
    """The caller is told that the log is unavailable, and not that its request was wrong."""
    memory_gateway.log.unreadable = True
    with pytest.raises(LogUnavailable):
        await refuse(memory_gateway)


async def test_a_change_of_rules_on_the_way_does_not_lose_a_refusal(gateway: Gateway) -> None:
    """The entry is drafted again under the digest that is in force."""
    before = gateway.ports.log
    changes = iter([True, False])

    class Changing:
        """The log, in which another one changes the registry after the head was read."""

        def __getattr__(self, name: str) -> object:
            return getattr(before, name)

        async def head(self) -> object:
            head = await before.head()
            if next(changes, False):
                await gateway.append(new_registry_digest="f" * 64)
            return head

    refusals = Refusals(gateway.ports.drafter, Changing(), singly=20)  # type: ignore[arg-type]
    await refuse(gateway, refusals=refusals)

    assert (await gateway.parts(EntryType.REFUSAL))[-1]["error"] == "MalformedRequest"


async def test_without_rules_at_hand_a_refusal_is_counted_and_recorded_once_they_are(
    gateway: Gateway,
) -> None:
    """They say how long its record is kept: a summary follows when they are loaded."""
    refusals, unit = gateway.ports.refusals, a_caller("polizei").unit
    await refusals.record(PolicyUnavailable("x"), unit, gateway.clock.now(), None)
    gateway.clock.pass_time(60)
    await refusals.flush(gateway.clock.now(), None, all_of_them=True)
    assert await gateway.entries(EntryType.REFUSAL) == []

    await refusals.flush(gateway.clock.now(), the_policies())

    (summary,) = await gateway.parts(EntryType.REFUSAL)
    assert (summary["minute"], summary["refusals"]) == (MINUTE, {"PolicyUnavailable": 1})
