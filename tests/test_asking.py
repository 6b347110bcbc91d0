"""A request for data is an entry, and its holder answers or declines; neutral answers tell no more.

The four ends of a request that must not be told apart are made with the rules in force: there is
nothing, a block stands against it, the holder declines, secrecy forbids it.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import IdempotencyConflict, InvalidRequest, NotFound
from gateway.model.evidence import EntryType, Part
from gateway.policies import Policies
from gateway.readings.arrivals import Arrivals
from gateway.readings.data_requests import list_requests, request_view
from gateway.readings.events import read_events
from gateway.readings.listing import ListQuery, list_exchanges
from gateway.tlog.encoding import decode_base64url
from tests.asking import asked, declined
from tests.builders import NOW, a_caller, a_registry, a_unit, the_police, the_policies
from tests.gateways import Gateway, a_memory_gateway

Json = Any
DUE_S = the_policies().answer_after_s


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def engine(anyio_backend: str) -> AsyncIterator[EmbeddedEngine]:
    embedded = EmbeddedEngine(PoolLimits(children=1, deadline_s=30.0, waiting=16))
    await embedded.start(the_policies().policy_set)
    yield embedded
    await embedded.close()


async def a_gateway(engine: EmbeddedEngine) -> Gateway:
    """Return a gateway on the rules in force, with a register that the order office asks."""
    gateway = await a_memory_gateway()
    await gateway.register(a_unit("meldebehoerde", kind="REGISTRATION_OFFICE"))
    return gateway.with_ports(engine=engine)


def an_answer(request_id: str, **changes: Json) -> dict[str, Json]:
    """Return the register's answer, which the rules permit."""
    return {
        "recipient": "ordnungsamt",
        "exchange_kind": "REGISTER_REQUEST",
        "in_reply_to": request_id,
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "DANGER_PREVENTION",
        "purpose_text": "Anschrift des Gastwirts, um die Räumung anzuordnen",
        "legal_basis": ["BMG-34"],
        "justification": "Ersuchen des Ordnungsamts im Einzelfall",
        "case_reference": "MR-1",
        "acting_official": "Max Beispiel",
        "facts": {"request_mode": "on_request", "review_date": "2027-05-01"},
        "field_facts": {
            "current_address": {
                "data_subject_role": "responsible_person",
                "necessity_reason": "Ersuchen",
            }
        },
        "payload": {"current_address": "Am Beispielufer 12, 21335 Lüneburg"},
        **changes,
    }


async def send(gateway: Gateway, request_id: str, **changes: Json) -> list[str]:
    """Answer a request; return the reasons for which that was denied."""
    answer = await gateway.submit(an_answer(request_id, **changes), sender="meldebehoerde")
    return [row["reason"] for row in answer.body["denials"]]


async def nothing_is_there(gateway: Gateway, request_id: str) -> None:
    await declined(gateway, request_id, "no_data")


async def blocked(gateway: Gateway, request_id: str) -> None:
    facts = {"request_mode": "on_request", "review_date": "2027-05-01"}
    facts |= {"information_block": {"set_by": "polizei"}}  # type: ignore[dict-item]
    assert "neutral_no_answer" in await send(gateway, request_id, facts=facts)


async def declines(gateway: Gateway, request_id: str) -> None:
    await declined(gateway, request_id)


async def secret(gateway: Gateway, request_id: str) -> None:
    said = {"data_subject_role": "responsible_person", "necessity_reason": "x", "secrecy": "social"}
    reasons = await send(gateway, request_id, field_facts={"current_address": said})
    assert "social_secrecy" in reasons


async def silence(gateway: Gateway, request_id: str) -> None:
    """The holder does nothing at all."""


ENDS = (nothing_is_there, blocked, declines, secret, silence)


async def seen_by(gateway: Gateway, unit: str, request_id: str) -> bytes:
    """Return all that a unit can read, as bytes, with ids and receipts made alike."""
    caller = a_caller(unit, await gateway.ports.registry.snapshot())
    policies = the_policies()
    ports = gateway.ports
    view = await request_view(caller, request_id, ports, policies)
    listed = await list_requests(caller, -1, 50, ports, policies)
    events = await read_events(caller, -1, 50, 0, Arrivals(ports.log), ports)
    exchanges = await list_exchanges(caller, ListQuery(None, None, -1, 50), ports)
    mine = [row for row in events["events"] if row["type"] in ("request", "decision", "delivery")]
    text = json.dumps([view, listed["requests"], mine, exchanges["exchanges"]])
    for row in mine:
        text = text.replace(row["entry_id"], "ID")
    return text.replace(request_id, "ID").encode()


@pytest.mark.parametrize("after_s", [0, DUE_S - 1, DUE_S, DUE_S + 86_400])
async def test_no_data_blocked_declined_and_secret_are_told_alike_byte_for_byte(
    engine: EmbeddedEngine, after_s: int
) -> None:
    seen = set()
    for end in ENDS:
        gateway = await a_gateway(engine)
        request_id = (await asked(gateway)).exchange_id
        await end(gateway, request_id)
        gateway.clock.at += after_s
        seen.add(await seen_by(gateway, "ordnungsamt", request_id))

    assert len(seen) == 1


@pytest.mark.parametrize("end", ENDS)
async def test_the_answer_comes_at_the_fixed_time_whenever_the_holder_acted(
    engine: EmbeddedEngine, end: Callable[[Gateway, str], Awaitable[None]]
) -> None:
    caller, policies = a_caller("ordnungsamt"), the_policies()
    for acted_after_s in (0, DUE_S - 60, DUE_S + 60):
        gateway = await a_gateway(engine)
        answer = await asked(gateway)
        assert answer.body["answer_at"] == NOW + DUE_S
        states = []
        for at in sorted({acted_after_s, DUE_S - 1, DUE_S, DUE_S + 120}):
            gateway.clock.at = NOW + at
            if at == acted_after_s:
                await end(gateway, answer.exchange_id)
            view = await request_view(caller, answer.exchange_id, gateway.ports, policies)
            states.append((at < DUE_S, view["state"], view["answer"]))
        for early, state, said in states:
            assert state == ("open" if early else "answered")
            assert said == (None if early else policies.data["neutral"]["answer"])


async def test_the_true_reason_stands_in_the_views_of_holder_and_auditor_alone(
    engine: EmbeddedEngine,
) -> None:
    gateway = await a_gateway(engine)
    request_id = (await asked(gateway)).exchange_id
    await blocked(gateway, request_id)
    await nothing_is_there(gateway, request_id)

    holder = await seen_by(gateway, "meldebehoerde", request_id)
    requester = await seen_by(gateway, "ordnungsamt", request_id)
    (decision,) = await gateway.parts(EntryType.DECISION)
    decline = (await gateway.parts(EntryType.REQUEST))[-1]

    assert b"neutral_no_answer" in holder
    assert b"no_data" in holder
    assert b"block_hearing_result" in holder  # what would change it
    assert b"neutral_no_answer" not in requester
    assert b"block_hearing_result" not in requester
    assert b"no_data" not in requester
    assert decision["decision"]["neutral"] is True
    assert decision["decision"]["denials"][0]["reason"] == "neutral_no_answer"
    assert (decline["event"], decline["because"]) == ("declined", "no_data")


async def test_where_no_neutral_answer_is_needed_a_decline_reaches_the_requester(
    engine: EmbeddedEngine,
) -> None:
    gateway = await a_gateway(engine)
    request_id = (
        await asked(gateway, "polizei", holder="ordnungsamt", exchange_kind="JOINT_CONTROL")
    ).exchange_id
    await declined(gateway, request_id, "no_data", "ordnungsamt")

    assert b"no_data" in await seen_by(gateway, "polizei", request_id)


async def test_an_exchange_that_answers_a_request_takes_the_requesters_facts_from_it(
    engine: EmbeddedEngine,
) -> None:
    gateway = await a_gateway(engine)
    request_id = (await asked(gateway)).exchange_id
    gateway.clock.at += 2 * 86_400

    assert await send(gateway, request_id) == []
    (decision,) = await gateway.parts(EntryType.DECISION, Part.INPUT)
    assert decision["in_reply_to"] == request_id
    assert decision["facts"]["recipient_collection_basis"] == "NPOG-30-2"
    assert decision["facts"]["request_age_days"] == 2


@pytest.mark.parametrize(
    ("requester", "changes"),
    [
        ("polizei", {}),
        ("ordnungsamt", {"exchange_kind": "JOINT_CONTROL"}),
        ("ordnungsamt", {"holder": "polizei"}),
    ],
)
async def test_an_exchange_answers_only_what_its_recipient_asked_the_sender_for(
    engine: EmbeddedEngine, requester: str, changes: dict[str, str]
) -> None:
    gateway = await a_gateway(engine)
    request_id = (await asked(gateway, requester, **changes)).exchange_id

    assert "request_reference_missing" in await send(gateway, request_id)


async def test_a_decline_and_an_exchange_are_no_requests(engine: EmbeddedEngine) -> None:
    gateway = await a_gateway(engine)
    request_id = (await asked(gateway)).exchange_id
    decline = await declined(gateway, request_id)
    exchange = await gateway.submit(an_answer(request_id), sender="meldebehoerde")

    for other in (decline.exchange_id, exchange.exchange_id, "0" * 32):
        assert "request_reference_missing" in await send(gateway, other)


async def test_a_request_repeated_is_one_request() -> None:
    gateway = await a_memory_gateway()
    key = "14aba0e4-dfd0-447f-b1d6-0e000b0ae19a"
    first = await asked(gateway, "polizei", key, holder="ordnungsamt")
    again = await asked(gateway, "polizei", key, holder="ordnungsamt")

    assert again == first
    assert len(await gateway.entries(EntryType.REQUEST)) == 1
    with pytest.raises(IdempotencyConflict):
        await asked(gateway, "polizei", key, holder="ordnungsamt", justification="anders")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"holder": "niemand"}, "/holder"),
        ({"holder": "polizei"}, "/holder"),
        ({"purpose": None}, "/purpose"),
        ({"facts": {"danger_level": "concrete"}}, "/facts/danger_level"),
        ({"payload": {}}, ""),
    ],
)
async def test_what_has_not_its_form_is_refused_and_recorded(
    changes: dict[str, Json], pointer: str
) -> None:
    gateway = await a_memory_gateway()
    with pytest.raises(InvalidRequest) as refused:
        await asked(gateway, "polizei", **{"holder": "ordnungsamt", **changes})

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert len(await gateway.entries(EntryType.REFUSAL)) == 1


async def test_a_suspended_unit_is_asked_for_nothing() -> None:
    gateway = await a_memory_gateway()
    await gateway.register(a_unit(status="suspended"))
    with pytest.raises(InvalidRequest):
        await asked(gateway, "polizei", holder="ordnungsamt")


@pytest.mark.parametrize("because", ["blocked", None, ["declined"]])
async def test_a_decline_says_one_of_two_things(because: Json) -> None:
    gateway = await a_memory_gateway()
    request_id = (await asked(gateway, "polizei", holder="ordnungsamt")).exchange_id
    with pytest.raises(InvalidRequest):
        await declined(gateway, request_id, because, "ordnungsamt")


async def test_only_the_unit_that_was_asked_declines() -> None:
    gateway = await a_memory_gateway()
    request_id = (await asked(gateway, "polizei", holder="ordnungsamt")).exchange_id
    for unit, named in (("polizei", request_id), ("ordnungsamt", "0" * 32)):
        with pytest.raises(NotFound):
            await declined(gateway, named, sender=unit)


async def test_nobody_else_sees_a_request() -> None:
    gateway = await a_memory_gateway()
    await gateway.register(a_unit("jugendamt", kind="YOUTH_OFFICE"))
    request_id = (await asked(gateway, "polizei", holder="ordnungsamt")).exchange_id
    stranger = a_caller("jugendamt", a_registry(the_police(), a_unit(), a_unit("jugendamt")))

    with pytest.raises(NotFound):
        await request_view(stranger, request_id, gateway.ports, the_policies())
    assert await list_requests(stranger, -1, 50, gateway.ports, the_policies()) == {
        "requests": [],
        "next": -1,
        "more": False,
    }


async def test_the_holder_reads_who_asks_for_what_and_why() -> None:
    gateway = await a_memory_gateway()
    request_id = (await asked(gateway, "polizei", holder="ordnungsamt")).exchange_id
    view = await request_view(a_caller("ordnungsamt"), request_id, gateway.ports, the_policies())

    assert view["requester"]["unit"] == "polizei"
    assert view["justification"].startswith("Anschrift von")
    assert view["facts"]["recipient_collection_basis"] == "NPOG-30-2"


async def test_a_request_is_taken_by_the_rules_that_are_in_force_when_it_is_recorded() -> None:
    """Rules that changed on the way: it is taken again, and the entry names the new ones."""
    gateway = await a_memory_gateway()
    old = the_policies()
    new = replace(old, policy_set=replace(old.policy_set, digest="2" * 64))
    gateway.log.policy_digest = new.digest
    sets = [old, new]

    def policies() -> Policies:
        return sets.pop(0) if len(sets) > 1 else new

    answer = await asked(gateway.with_ports(policies=policies), "polizei", holder="ordnungsamt")

    (entry,) = await gateway.entries(EntryType.REQUEST)
    assert entry.entry_id == answer.exchange_id
    claims = json.loads(decode_base64url(entry.leaf.decode().split(".")[1], ValueError))
    assert claims["policy_digest"] == new.digest
    assert sets == [new]
