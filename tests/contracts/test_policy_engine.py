"""What every `PolicyEngine` promises: the decision of the rules, or PolicyUnavailable."""

import asyncio

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.adapters.memory.engine import MemoryEngine
from gateway.adapters.opa_engine import OpaLimits
from gateway.errors import PolicyUnavailable
from gateway.local_opa import local_opa
from tests.oracles.opa import opa
from tests.policy.sets import a_policy_set

DIGEST, OTHER = "1" * 64, "2" * 64

# The same rules twice: a decision that repeats a fact, and one trap for each way to have none.
REGO = """
decision := {"verdict": "deny", "seen": object.get(input, "x", 0)} if not input.trap

decision := {"verdict": "permit"} if {
	input.trap == "junk time under not"
	not time.parse_rfc3339_ns(input.x)
}

decision := {"verdict": "permit"} if {
	input.trap == "division under not"
	not 1 / input.x
}

decision := {"half": input.x} if input.trap == "fraction"

decision := "deny" if input.trap == "no object"

decision := {"long": long} if input.trap == "late"

long := count([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i == j])
"""


def rule(policy_input):
    trap = policy_input.get("trap")
    if trap is None:
        return {"verdict": "deny", "seen": policy_input.get("x", 0)}
    if trap == "fraction":
        return {"half": policy_input["x"]}
    if trap == "no object":
        return "deny"
    if trap == "undefined":
        return None
    raise ValueError(trap)


@pytest.fixture(params=["embedded", "memory", pytest.param("opa", marks=pytest.mark.opa)])
async def engine(request):
    if request.param == "memory":
        yield MemoryEngine(DIGEST, rule)
        return
    if request.param == "opa":
        limits = OpaLimits(deadline_s=1.0)
        async with local_opa(opa(), a_policy_set(REGO, digest=DIGEST), limits) as server:
            yield server.engine
        return
    embedded = EmbeddedEngine(PoolLimits(children=1, deadline_s=1.0))
    await embedded.start(a_policy_set(REGO, digest=DIGEST))
    yield embedded
    await embedded.close()


async def test_an_engine_names_itself_with_its_version(engine):
    kind, _, version = engine.name.partition("/")

    assert kind
    assert version


@pytest.mark.parametrize(
    "value", [0, -(2**53) + 1, 2**53 - 1, "ü\0🚓", "", None, True, [], {}, [{"a": [None, 1]}]]
)
async def test_facts_come_through_as_they_are(engine, value):
    decision = await engine.decide(DIGEST, {"x": value})

    assert decision == {"verdict": "deny", "seen": value}


async def test_concurrent_decisions_are_not_mixed_up(engine):
    decisions = await asyncio.gather(*(engine.decide(DIGEST, {"x": x}) for x in range(50)))

    assert [decision["seen"] for decision in decisions] == list(range(50))


async def test_another_digest_than_the_active_one_has_no_decision(engine):
    with pytest.raises(PolicyUnavailable):
        await engine.decide(OTHER, {})


@pytest.mark.parametrize(
    ("trap", "value"),
    [
        ("undefined", 1),
        ("junk time under not", "geheim"),
        ("division under not", 0),
        ("fraction", 0.5),
        ("no object", 1),
        ("late", 1),
    ],
)
async def test_a_trap_has_no_decision_tells_no_fact_and_does_no_lasting_harm(engine, trap, value):
    with pytest.raises(PolicyUnavailable) as error:
        await engine.decide(DIGEST, {"trap": trap, "x": value})

    assert "geheim" not in str(error.value)
    assert (await engine.decide(DIGEST, {"x": 1}))["seen"] == 1


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
async def test_an_input_that_is_no_json_has_no_decision(engine, value):
    with pytest.raises(PolicyUnavailable):
        await engine.decide(DIGEST, {"x": value})


async def test_a_decision_belongs_to_its_caller(engine):
    first = await engine.decide(DIGEST, {"x": [1]})
    first["seen"].append(2)

    assert (await engine.decide(DIGEST, {"x": [1]}))["seen"] == [1]
