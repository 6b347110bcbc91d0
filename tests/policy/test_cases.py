from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.policy.cases import run_cases
from tests.policy.builders import a_case
from tests.policy.sets import a_policy_set

DECISION = """
decision := {
	"verdict": "permit",
	"denials": [],
	"outcomes": [{
		"action": "release",
		"parameters": {},
		"reasons": [],
		"members": ["facts", "witness"],
	}],
	"obligations": [],
	"regime": {"sender": "JI", "recipient": "DSGVO"},
} if not input.facts.broken

decision := {"verdict": "maybe"} if input.facts.broken == true

decision := 1 / input.facts.broken if input.facts.broken == 0
"""
ALL_RELEASED = {
    "decision": "allow",
    "released": ["facts", "witness"],
    "withheld": [],
    "redacted": [],
    "obligations": [],
}
SCHEMAS = {
    "facts.json": {"facts": {}, "field_facts": {}},
    "decision.json": {"properties": {"verdict": {"enum": ["permit", "deny", "hold"]}}},
}


async def results_of(*cases):
    policy_set = a_policy_set(DECISION, schemas=SCHEMAS)
    engine = EmbeddedEngine(PoolLimits(children=1))
    await engine.start(policy_set)
    try:
        return await run_cases(engine, policy_set, cases)
    finally:
        await engine.close()


async def test_each_case_is_decided_and_compared():
    good, bad = await results_of(a_case(expected=ALL_RELEASED), a_case())

    assert (good.id, good.title, good.passed) == ("V01", "A title", True)
    assert not bad.passed
    assert any("zu Unrecht freigegeben: `witness`" in text for text in bad.differences)


async def test_a_decision_that_its_schema_refuses_fails_the_case():
    (result,) = await results_of(a_case(expected=ALL_RELEASED, facts={"broken": True}))

    assert not result.passed
    assert result.differences[0].startswith("Entscheidung nicht nach Schema: /verdict")


async def test_no_decision_fails_the_case():
    (result,) = await results_of(a_case(expected=ALL_RELEASED, facts={"broken": 0}))

    assert result.differences[0].startswith("keine Entscheidung: the rules gave an error")
