"""Many inputs decided by one policy set, each answer at its place."""

import pytest

from gateway.adapters.engine_batch import engine_batch
from gateway.errors import PolicySetRefused
from tests.policy.sets import a_policy_set

SCHEMA = {
    "decision.json": {
        "type": "object",
        "required": ["number"],
        "properties": {"number": {"type": "integer"}},
    }
}
ECHO = """decision := {"number": input.number} if input.number != 3

else := {"other": true}
"""


@pytest.mark.parametrize("children", [1, 2])
async def test_answers_come_in_the_order_of_the_questions(children: int) -> None:
    rules = a_policy_set(ECHO, schemas=SCHEMA)
    async with engine_batch(rules, children) as batch:
        decided = await batch.decide([{"number": number} for number in (1, 2, 4)])
    assert decided == [{"number": 1}, {"number": 2}, {"number": 4}]


async def test_what_is_not_decided_by_the_schema_is_not_decided() -> None:
    rules = a_policy_set(ECHO, schemas=SCHEMA)
    async with engine_batch(rules) as batch:
        assert await batch.decide([{"number": 3}, {"number": "x"}]) == [None, None]


async def test_an_error_in_the_rules_leaves_one_question_undecided() -> None:
    failing = 'decision := {"number": 10 / object.get(input, "number", 1)}'
    rules = a_policy_set(failing, schemas=SCHEMA)
    async with engine_batch(rules) as batch:
        assert await batch.decide([{"number": 0}, {"number": 5}]) == [None, {"number": 2}]


async def test_rules_that_do_not_compile_are_refused() -> None:
    with pytest.raises(PolicySetRefused):
        async with engine_batch(a_policy_set("decision := nothing", schemas=SCHEMA)):
            pass
