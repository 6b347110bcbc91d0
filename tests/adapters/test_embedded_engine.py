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
        os.kill(next(iter(engine._pool._children)).pid, signal.SIGKILL)
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


async def test_a_swap_changes_the_rules_and_the_digest_together():
    async with an_engine(says("old", OLD)) as engine:
        before = await engine.decide(OLD, {})
        await engine.swap(says("new", NEW))
        after = await engine.decide(NEW, {})

        assert (before, after) == ({"says": "old"}, {"says": "new"})
        with pytest.raises(PolicyUnavailable):
            await engine.decide(OLD, {})


async def test_no_decision_is_lost_or_made_by_the_wrong_rules_during_a_swap():
    async with an_engine(says("old", OLD)) as engine:
        swapped = asyncio.create_task(engine.swap(says("new", NEW)))
        said = []
        while not swapped.done():
            said.append((await engine.decide(OLD, {}))["says"])
            await asyncio.sleep(0)
            if engine._pool.digest == NEW:
                break
        await swapped

        assert set(said) == {"old"}
        assert (await engine.decide(NEW, {}))["says"] == "new"


async def test_a_swap_that_fails_leaves_the_old_rules_in_force():
    async with an_engine(says("old", OLD)) as engine:
        with pytest.raises(PolicySetRefused):
            await engine.swap(a_policy_set("decision := no_such_function(1)", digest=NEW))

        assert await engine.decide(OLD, {}) == {"says": "old"}


async def test_tests_are_not_loaded():
    tests = {"policies/exchange/main/main_test.rego": "package exchange.main_test\n\nx := 1\n"}
    engine = EmbeddedEngine(PoolLimits(), entrypoint="exchange.main_test.x")

    with pytest.raises(PolicySetRefused, match="leere Eingabe"):
        await engine.start(a_policy_set(tests=tests))
