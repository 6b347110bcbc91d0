import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine, children_for_this_machine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import PolicySetRefused, PolicyUnavailable
from tests.policy.sets import a_policy_set

OLD, NEW = "1" * 64, "2" * 64
RULES = """
decision := {"verdict": "deny", "seen": object.get(input, "x", 0)} if not input.trap

decision := {"junk": time.parse_rfc3339_ns(input.x)} if input.trap == "junk time"

decision := {"verdict": "permit"} if {
	input.trap == "junk time under not"
	not time.parse_rfc3339_ns(input.x)
}

decision := {"zero": 1 / input.x} if input.trap == "division"

decision := {"verdict": "permit"} if {
	input.trap == "division under not"
	not 1 / input.x
}

decision := {"half": input.x} if input.trap == "fraction"

decision := "deny" if input.trap == "no object"

decision := {"verdict": x} if {
	input.trap == "two values"
	some x in ["permit", "deny"]
}
"""


@asynccontextmanager
async def an_engine(policy_set=None, **limits):
    engine = EmbeddedEngine(PoolLimits(**{"children": 1, **limits}))
    await engine.start(policy_set or a_policy_set(RULES, digest=OLD))
    try:
        yield engine
    finally:
        await engine.close()


def says(word, digest):
    return a_policy_set(f'decision := {{"says": "{word}"}}', digest=digest)


async def test_the_decision_document_is_returned():
    async with an_engine() as engine:
        decision = await engine.decide(OLD, {"x": ["ü", 2**53 - 1, None]})

    assert decision == {"verdict": "deny", "seen": ["ü", 2**53 - 1, None]}


def test_the_engine_names_itself_with_its_version():
    assert EmbeddedEngine().name == "embedded/opa-1.20.2"


def test_there_is_at_least_one_child():
    assert children_for_this_machine() >= 1


@pytest.mark.parametrize(
    ("trap", "value"),
    [
        ("junk time", "geheim"),
        ("junk time under not", "geheim"),
        ("division", 0),
        ("division under not", 0),
        ("fraction", 0.5),
        ("no object", 1),
        ("two values", 1),
        ("undefined", 1),
    ],
)
async def test_a_trap_gives_no_decision_and_tells_no_fact(trap, value):
    async with an_engine() as engine:
        with pytest.raises(PolicyUnavailable) as error:
            await engine.decide(OLD, {"trap": trap, "x": value})
        after = await engine.decide(OLD, {})

    assert "geheim" not in str(error.value)
    assert after["verdict"] == "deny"


async def test_another_digest_than_the_active_one_gives_no_decision():
    async with an_engine() as engine:
        with pytest.raises(PolicyUnavailable, match="another policy set"):
            await engine.decide(NEW, {})


async def test_without_start_or_after_close_there_is_no_decision():
    async with an_engine() as engine:
        await engine.close()
        with pytest.raises(PolicyUnavailable, match="not started"):
            await engine.decide(OLD, {})

    with pytest.raises(PolicyUnavailable, match="not started"):
        await EmbeddedEngine().decide(OLD, {})


async def test_an_engine_is_ready_while_it_has_a_child():
    assert not EmbeddedEngine().ready
    async with an_engine() as engine:
        assert engine.ready
        os.kill(next(iter(engine._pools[OLD]._children)).pid, signal.SIGKILL)
        while engine.ready:
            await asyncio.sleep(0.005)
        while not engine.ready:
            await asyncio.sleep(0.005)
        assert (await engine.decide(OLD, {}))["verdict"] == "deny"

    assert not engine.ready


@pytest.mark.parametrize(
    "policy_input",
    [{"x": "\ud800"}, {"x": float("nan")}, {"x": {1, 2}}, {"x": "y" * (1024 * 1024)}],
)
async def test_an_input_that_cannot_be_sent_gives_no_decision(policy_input):
    async with an_engine() as engine:
        with pytest.raises(PolicyUnavailable):
            await engine.decide(OLD, policy_input)

        assert (await engine.decide(OLD, {}))["verdict"] == "deny"


async def test_a_nul_in_a_fact_stays_a_nul():
    async with an_engine() as engine:
        assert (await engine.decide(OLD, {"x": "a\0b"}))["seen"] == "a\0b"


async def test_several_sets_are_held_and_a_question_names_the_one_that_answers():
    async with an_engine(says("old", OLD)) as engine:
        await engine.hold(says("new", NEW))
        await engine.hold(says("other", NEW))  # the digest is held already
        asked = await asyncio.gather(*(engine.decide(digest, {}) for digest in (NEW, OLD, NEW)))

    assert [answer["says"] for answer in asked] == ["new", "old", "new"]


async def test_the_next_set_decides_at_once_and_the_one_before_until_it_is_dropped():
    async with an_engine(says("old", OLD)) as engine:
        await engine.hold(says("new", NEW))
        engine.activate(NEW)
        assert await engine.decide(OLD, {}) == {"says": "old"}

        await engine.drop(OLD)
        await engine.drop(OLD)

        assert engine.ready
        assert await engine.decide(NEW, {}) == {"says": "new"}
        with pytest.raises(PolicyUnavailable, match="another policy set"):
            await engine.decide(OLD, {})


async def test_what_a_set_was_asked_before_it_is_dropped_is_answered():
    async with an_engine(says("old", OLD)) as engine:
        await engine.hold(says("new", NEW))
        engine.activate(NEW)
        asked = [asyncio.ensure_future(engine.decide(OLD, {})) for _ in range(20)]
        await asyncio.sleep(0)
        await engine.drop(OLD)

        assert [answer["says"] for answer in await asyncio.gather(*asked)] == ["old"] * 20


async def test_a_start_with_other_rules_lets_the_ones_before_go():
    async with an_engine(says("old", OLD)) as engine:
        await engine.start(says("new", NEW))

        assert await engine.decide(NEW, {}) == {"says": "new"}
        with pytest.raises(PolicyUnavailable):
            await engine.decide(OLD, {})


async def test_rules_that_cannot_be_held_leave_the_others_in_force():
    async with an_engine(says("old", OLD)) as engine:
        with pytest.raises(PolicySetRefused):
            await engine.hold(a_policy_set("decision := no_such_function(1)", digest=NEW))

        assert await engine.decide(OLD, {}) == {"says": "old"}


async def test_tests_are_not_loaded():
    tests = {"policies/exchange/main/main_test.rego": "package exchange.main_test\n\nx := 1\n"}
    engine = EmbeddedEngine(PoolLimits(), entrypoint="exchange.main_test.x")

    with pytest.raises(PolicySetRefused, match="leere Eingabe"):
        await engine.start(a_policy_set(tests=tests))
