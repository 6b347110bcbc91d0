"""A payload schema alone permits nothing: without a necessity table every kind is denied."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.model.evidence import EntryType, Part
from tests.builders import a_unit, the_policies
from tests.fuzz.samples import a_request
from tests.gateways import Gateway, a_memory_gateway

ROUTES = [
    (kind, sender, recipient)
    for kind, senders in sorted(the_policies().data["routes"].items())
    for sender, recipients in sorted(senders.items())
    for recipient in sorted(recipients)
]
REASON = {"reason": "kind_without_rules", "rule": "GATEWAY-1"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def engine(anyio_backend: str) -> AsyncIterator[EmbeddedEngine]:
    """The rules in force, with every table but the one that says what is necessary."""
    whole = the_policies().policy_set
    lookup = {**whole.data["lookup"], "needs": {}}
    without = replace(whole, data={**whole.data, "necessity": {}, "lookup": lookup})
    embedded = EmbeddedEngine(PoolLimits(children=1, deadline_s=30.0, waiting=16))
    await embedded.start(without)
    yield embedded
    await embedded.close()


async def a_gateway(engine: EmbeddedEngine, sender: str, recipient: str) -> Gateway:
    gateway = await a_memory_gateway()
    controller = "pi-lueneburg"  # the rules hold this controller's confirmations
    await gateway.register(
        a_unit("absender", kind=sender, controller=controller),
        a_unit("empfaenger", kind=recipient),
    )
    return gateway.with_ports(engine=engine)


@pytest.mark.parametrize(("kind", "sender", "recipient"), ROUTES)
async def test_a_schema_alone_permits_nothing(
    engine: EmbeddedEngine, kind: str, sender: str, recipient: str
) -> None:
    gateway = await a_gateway(engine, sender, recipient)
    asked = a_request(kind, recipient="empfaenger", legal_basis=["NPOG-41", "SGB10-73"])

    answer = await gateway.submit(asked, sender="absender")

    assert answer.status == 403
    (audit,) = await gateway.parts(EntryType.DECISION, Part.AUDIT)
    assert audit["decision"]["denials"][0] == REASON
    (outcome,) = audit["decision"]["outcomes"]
    assert outcome["action"] == "withhold"
    assert {name.partition("#")[0] for name in outcome["members"]} == set(asked["payload"])
    assert await gateway.deliveries() == []
