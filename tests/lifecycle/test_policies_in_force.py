"""A process decides by the set that the head names, and loads it where it has to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from gateway.errors import LogUnavailable, PolicySetRefused, PolicyUnavailable
from gateway.lifecycle.policies_in_force import PoliciesInForce
from gateway.policies import Policies
from gateway.policy.policy_set import PolicySet
from tests.builders import the_policies

FIRST, SECOND, THIRD = (digit * 64 for digit in "123")


def a_set(digest: str) -> Policies:
    policies = the_policies()
    return replace(policies, policy_set=replace(policies.policy_set, digest=digest))


class Engine:
    """Notes what is done with sets."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.refuses: set[str] = set()

    async def hold(self, policy_set: PolicySet) -> None:
        if policy_set.digest in self.refuses:
            raise PolicySetRefused("no")
        self.done.append(("hold", policy_set.digest))

    def activate(self, policy_digest: str) -> None:
        self.done.append(("activate", policy_digest))

    async def drop(self, policy_digest: str) -> None:
        self.done.append(("drop", policy_digest))


@asynccontextmanager
async def followed(
    engine: Engine | None = None, load: Callable[[str], Policies] = a_set
) -> AsyncIterator[PoliciesInForce]:
    policies = PoliciesInForce(a_set(FIRST), 5, load, engine, again_s=0.01)
    task = asyncio.create_task(policies.run())
    try:
        yield policies
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not look():
            await asyncio.sleep(0.005)


async def test_a_staged_set_is_loaded_and_decides_from_the_moment_the_head_names_it() -> None:
    engine = Engine()
    async with followed(engine) as policies:
        policies.stage({SECOND})
        await becomes(lambda: SECOND in policies.held)
        assert policies().digest == FIRST

        policies.follow(SECOND, 6)
        assert policies().digest == policies.active == SECOND
        policies.stage(())
        await becomes(lambda: policies.held == {SECOND})

    assert engine.done == [("hold", SECOND), ("activate", SECOND), ("drop", FIRST)]


async def test_without_the_set_in_force_it_refuses_until_that_is_loaded() -> None:
    engine = Engine()
    async with followed(engine) as policies:
        policies.follow(SECOND, 6)
        assert policies.active is None
        with pytest.raises(PolicyUnavailable, match="not loaded here yet"):
            policies()

        await becomes(lambda: policies.active == SECOND)
        assert policies().digest == SECOND

    assert engine.done[:2] == [("hold", SECOND), ("activate", SECOND)]


async def test_a_staged_set_that_does_not_come_into_force_is_let_go() -> None:
    engine = Engine()
    async with followed(engine) as policies:
        policies.stage({SECOND, THIRD})
        await becomes(lambda: policies.held == {FIRST, SECOND, THIRD})
        policies.stage({THIRD})
        await becomes(lambda: policies.held == {FIRST, THIRD})

    assert engine.done[-1] == ("drop", SECOND)


async def test_an_older_head_that_was_seen_later_changes_nothing() -> None:
    async with followed() as policies:
        policies.stage({SECOND})
        await becomes(lambda: SECOND in policies.held)
        policies.follow(SECOND, 7)
        policies.follow(FIRST, 6)

        assert policies().digest == SECOND


@pytest.mark.parametrize("error", [LogUnavailable, PolicySetRefused, OSError])
async def test_what_cannot_be_loaded_is_tried_again(error: type[Exception]) -> None:
    tried: list[str] = []

    def load(digest: str) -> Policies:
        tried.append(digest)
        if len(tried) < 3:
            raise error("not now")
        return a_set(digest)

    async with followed(load=load) as policies:
        policies.follow(SECOND, 6)
        await becomes(lambda: policies.active == SECOND)

    assert tried == [SECOND] * 3


async def test_a_set_that_the_engine_refuses_is_not_held_and_hides_no_other() -> None:
    engine = Engine()
    engine.refuses = {SECOND}
    async with followed(engine) as policies:
        policies.stage({SECOND, THIRD})
        await becomes(lambda: THIRD in policies.held)
        policies.follow(SECOND, 6)

        assert policies.held == {FIRST, THIRD}
        assert policies.active is None


async def test_the_set_in_force_is_loaded_before_those_that_are_only_staged() -> None:
    loaded: list[str] = []

    def load(digest: str) -> Policies:
        loaded.append(digest)
        return a_set(digest)

    async with followed(load=load) as policies:
        policies.stage({FIRST, SECOND})
        policies.follow(THIRD, 6)
        await becomes(lambda: policies.held == {FIRST, SECOND, THIRD})

    assert loaded == [THIRD, SECOND]
