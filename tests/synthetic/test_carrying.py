"""Exchanges are carried through the pipeline of a gateway, each once."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import InvalidRequest, PolicyUnavailable
from gateway.model.evidence import EntryType, Part
from gateway.registry import canonical_unit, registry_digest
from gateway.synthetic.carrying import Carrier
from gateway.synthetic.keys import document_of, keys_for
from gateway.synthetic.units import demo_units
from gateway.synthetic.varying import Storyteller
from gateway.synthetic.writing import Writer
from tests.builders import PUBLIC_URL, TODAY, the_policies
from tests.gateways import MemoryGateway, a_memory_gateway

UNITS = demo_units(the_policies().data["agency_kinds"])
DAY = date(1970, 1, 1) + timedelta(days=TODAY)


@pytest.fixture
async def gateway() -> AsyncIterator[MemoryGateway]:
    yield await a_memory_gateway()


def a_carrier(gateway: MemoryGateway, folder: Path, today: date = DAY, **changes: Any) -> Carrier:
    """Let the registry know the units, and return what carries their exchanges."""
    keys, registry = keys_for(UNITS, folder), gateway.registry
    for unit in UNITS:
        document = {**document_of(unit, keys[unit.id]), **changes}
        registry.documents[unit.id] = canonical_unit(document)
    registry.digest = registry_digest(registry.documents)
    policies = the_policies()
    writer = Writer(policies, UNITS, today)
    return Carrier(gateway.ports, PUBLIC_URL, keys, Storyteller(policies), writer)


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


async def test_each_exchange_is_a_decision_and_what_it_answers_a_request(
    gateway: MemoryGateway, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    carrier = a_carrier(gateway, tmp_path)
    carried = await carrier.carry(1, 100, lambda *far: told.append(far))

    decisions = await gateway.parts(EntryType.DECISION)
    requests = await gateway.entries(EntryType.REQUEST)
    assert len(decisions) == carried.verdicts.total() == carried.kinds.total() == 100
    assert len(requests) == carried.requests > 0
    assert told == [(done, 100) for done in range(1, 101)]
    asked = [row.get("in_reply_to") for row in await gateway.parts(EntryType.DECISION, Part.INPUT)]
    assert {it for it in asked if it} == {entry.entry_id for entry in requests}


async def test_the_same_run_again_decides_nothing_anew(
    gateway: MemoryGateway, tmp_path: Path
) -> None:
    first = await a_carrier(gateway, tmp_path).carry(1, 90, quiet)
    size = (await gateway.log.head()).size
    again = await a_carrier(gateway, tmp_path).carry(1, 90, quiet)
    assert (again, (await gateway.log.head()).size) == (first, size)

    await a_carrier(gateway, tmp_path).carry(1, 95, quiet)
    assert len(await gateway.entries(EntryType.DECISION)) == 95


async def test_the_same_seed_writes_the_same_and_another_one_other_requests(
    gateway: MemoryGateway, tmp_path: Path
) -> None:
    def envelopes(carrier: Carrier, seed: int) -> list[Any]:
        return [carrier.written(seed, number).envelope for number in range(120)]

    one, other = [a_carrier(gateway, tmp_path) for _ in range(2)]
    assert json.dumps(envelopes(one, 1)) == json.dumps(envelopes(other, 1))
    assert envelopes(one, 1) != envelopes(one, 2)


async def test_an_exchange_that_is_not_decided_ends_the_run_with_its_own_error(
    gateway: MemoryGateway, tmp_path: Path
) -> None:
    carrier = a_carrier(gateway, tmp_path)
    gateway.engine.failure = "gone"
    with pytest.raises(PolicyUnavailable, match="gone"):
        await carrier.carry(1, 10, quiet)


async def test_a_request_that_is_refused_ends_the_run(
    gateway: MemoryGateway, tmp_path: Path
) -> None:
    carrier = a_carrier(gateway, tmp_path, may_receive=False)
    with pytest.raises(InvalidRequest, match="recipient"):
        await carrier.carry(1, 10, quiet)
