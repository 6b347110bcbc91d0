"""Batches are decided as single questions are, whatever becomes of one of them."""

import os
import signal
from collections.abc import Sequence

import pytest

from gateway.adapters.batch_engine import BatchEngine
from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_session import EngineSession
from gateway.errors import PolicySetRefused, PolicyUnavailable
from tests.policy.sets import a_policy_set

RULES = """
decision := {"echo": object.get(input, "x", 0)} if not input.trap

decision := {"half": input.x} if input.trap == "fraction"

decision := "deny" if input.trap == "no object"

decision := {"echo": "late"} if input.trap == "late"
"""
DIGEST = "0" * 64


class Brittle(EngineSession):
    """A child that gives no answer in time to one question."""

    def answers(self, path: str, given: Sequence[bytes]) -> tuple[float, list[bytes]]:
        if any(b"late" in question for question in given):
            raise PolicyUnavailable("no answer in time")
        return super().answers(path, given)


class Spawned(list[EngineSession]):
    """Starts children and remembers them."""

    def __call__(self, limit_s: float) -> EngineSession:
        self.append(Brittle(limit_s))
        return self[-1]


@pytest.mark.parametrize("children", [1, 2, 3])
async def test_answers_stand_in_the_order_of_the_questions(children: int) -> None:
    async with BatchEngine(a_policy_set(RULES), children) as engine:
        many = await engine.decide_many(DIGEST, [{"x": x} for x in range(50)])

    assert many.documents == tuple({"echo": x} for x in range(50))
    assert many.cpu_s > 0


async def test_an_answer_that_is_no_decision_is_none_and_leaves_the_others() -> None:
    asked = [{"x": 1}, *({"trap": it, "x": 0.5} for it in ("fraction", "no object", "undefined"))]
    async with BatchEngine(a_policy_set(RULES), 1) as engine:
        many = await engine.decide_many(DIGEST, [*asked, {"x": 2}])

    assert many.documents == ({"echo": 1}, None, None, None, {"echo": 2})


async def test_a_question_that_is_late_takes_no_other_with_it() -> None:
    spawned = Spawned()
    async with BatchEngine(a_policy_set(RULES), 1, spawn=spawned) as engine:
        many = await engine.decide_many(DIGEST, [{"x": 1}, {"trap": "late"}, {"x": 2}])

    assert many.documents == ({"echo": 1}, None, {"echo": 2})
    assert len(spawned) == 3  # the first, one after the batch, one after the late question alone


async def test_a_child_that_was_killed_is_replaced() -> None:
    spawned = Spawned()
    async with BatchEngine(a_policy_set(RULES), 1, spawn=spawned) as engine:
        os.kill(spawned[0].pid, signal.SIGKILL)
        many = await engine.decide_many(DIGEST, [{"x": 1}, {"x": 2}])

    assert many.documents == ({"echo": 1}, {"echo": 2})


async def test_another_policy_set_is_not_asked() -> None:
    async with BatchEngine(a_policy_set(RULES), 1) as engine:
        with pytest.raises(PolicyUnavailable, match="another policy set"):
            await engine.decide_many("1" * 64, [{}])


@pytest.mark.parametrize("rules", ["decision := {1 2}", "decision := 1 if input.x"])
async def test_rules_that_decide_nothing_are_refused_and_leave_no_child(rules: str) -> None:
    spawned = Spawned()
    with pytest.raises(PolicySetRefused):
        async with BatchEngine(a_policy_set(rules), 2, spawn=spawned):
            pass
    assert len(spawned) == 2
    for session in spawned:
        with pytest.raises(ProcessLookupError):
            os.kill(session.pid, 0)


def test_it_names_the_engine_as_the_one_for_single_questions_does() -> None:
    assert BatchEngine(a_policy_set(), 1).name == EmbeddedEngine().name
