"""A node tells what it has loaded, and does what the database asks of every node."""

import asyncio
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import LogUnavailable
from gateway.lifecycle.node import Node, Wanted
from gateway.lifecycle.policies_in_force import PoliciesInForce
from tests.lifecycle.test_policies_in_force import FIRST, SECOND, a_set, becomes


@dataclass
class Store:
    """Rows in memory."""

    wanted: Wanted = field(default_factory=lambda: Wanted(FIRST, 5, frozenset()))
    rows: dict[str, tuple[str, list[str], str]] = field(default_factory=dict)
    beats: int = 0
    fails: bool = False

    def beat(self, node_id: str, process: str, staged: Collection[str], active: str) -> Wanted:
        self.beats += 1
        if self.fails:
            raise LogUnavailable("no")
        self.rows[node_id] = (process, list(staged), active)
        return self.wanted

    def leave(self, node_id: str) -> None:
        if self.fails:
            raise LogUnavailable("no")
        self.rows.pop(node_id)

    def says(self, staged: list[str], active: str) -> bool:
        return [row[1:] for row in self.rows.values()] == [(staged, active)]


async def run(store: Store, beat_s: float, act: Any) -> None:
    policies = PoliciesInForce(a_set(FIRST), 5, a_set, again_s=0.01)
    node = Node(policies, store, beat_s)
    tasks = [asyncio.create_task(work) for work in (node.run(), policies.run())]
    try:
        await act(node, policies)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_is_staged_is_loaded_and_told_and_what_is_in_force_decides() -> None:
    store = Store()

    async def act(_: Node, policies: PoliciesInForce) -> None:
        await becomes(lambda: store.says([FIRST], FIRST))
        store.wanted = Wanted(FIRST, 5, frozenset({SECOND}))
        await becomes(lambda: store.says([FIRST, SECOND], FIRST))
        store.wanted = Wanted(SECOND, 6, frozenset())
        await becomes(lambda: store.says([SECOND], SECOND))
        assert policies().digest == SECOND

    await run(store, 0.01, act)
    ((process, _, _),) = store.rows.values()
    assert process.startswith(f"serve {os.getpid()} ")


async def test_what_was_loaded_is_told_at_once() -> None:
    """The next beat is an hour away: what is new does not wait for it."""
    store = Store(Wanted(FIRST, 5, frozenset({SECOND})))

    async def act(_: Node, __: PoliciesInForce) -> None:
        await becomes(lambda: store.says([FIRST, SECOND], FIRST))

    await run(store, 3600, act)


async def test_a_node_without_the_set_in_force_says_that_it_decides_by_none() -> None:
    store = Store()

    async def act(_: Node, policies: PoliciesInForce) -> None:
        policies.follow("9" * 64, 9)
        await becomes(lambda: store.says([FIRST], ""))

    policies = PoliciesInForce(a_set(FIRST), 5, a_set)
    node = Node(policies, store, 0.01)
    task = asyncio.create_task(node.run())
    await act(node, policies)
    task.cancel()


async def test_without_the_database_it_goes_on_and_beats_again_later() -> None:
    store = Store(fails=True)

    async def act(node: Node, policies: PoliciesInForce) -> None:
        await becomes(lambda: store.beats > 2)
        await node.leave()
        assert policies().digest == FIRST
        store.fails = False
        await becomes(lambda: store.says([FIRST], FIRST))

    await run(store, 0.01, act)


async def test_a_node_that_ends_takes_its_row_away() -> None:
    store = Store()

    async def act(node: Node, _: PoliciesInForce) -> None:
        await becomes(lambda: bool(store.rows))
        await node.leave()
        assert not store.rows

    await run(store, 3600, act)
