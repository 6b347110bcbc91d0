"""`kill -9` between any two steps of putting rules in force: the old rules or the new, whole.

First whoever puts them in force dies, at each of its steps; then a node that loads and follows
them. FAULTS_SEED repeats a run as far as chance goes.
"""

import asyncio
import multiprocessing
import os
import random
import secrets
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from gateway.app import open_ports
from gateway.fsck.check import check_gateway
from gateway.model.evidence import Answer
from gateway.pipeline import Ports, submit
from gateway.policy.loading import policy_set_of
from gateway.settings import load_settings
from tests.builders import a_message, an_envelope
from tests.faults.dying import put_around
from tests.switching import Rules, labelled, rules_of
from tests.waiting import within

pytestmark = pytest.mark.xdist_group("switch-kills")
SEED = int(os.environ.get("FAULTS_SEED", "0")) or secrets.randbelow(2**32)
KILLS = 50
STORED, STAGED, IN_FORCE = "stored", "staged", "in force"
STEPS = {
    "packed, not stored": ("gateway.adapters.sql_policy_sets", "pack", "after", set()),
    "stored": ("gateway.adapters.sql_policy_sets", "SqlPolicySets.put", "after", {STORED}),
    "being marked": ("gateway.adapters.sql_nodes", "_now", "after", {STORED}),
    "marked": ("gateway.adapters.sql_nodes", "SqlNodes.stage", "after", {STORED, STAGED}),
    "nodes have loaded it": (
        "gateway.cli.open_governance",
        "wait_until_staged",
        "after",
        {STORED, STAGED},
    ),
    "proposed": (
        *("gateway.lifecycle.governance", "Governance.propose_policy", "after"),
        {STORED, STAGED},
    ),
    "voted on": (
        *("gateway.lifecycle.governance", "Governance.standing", "after"),
        {STORED, STAGED},
    ),
    "entry made": ("gateway.drafting", "Drafter.draft", "after", {STORED, STAGED}),
    "entry written, not committed": (
        *("gateway.adapters.sql_log", "SqlAppender._append", "after"),
        {STORED, STAGED},
    ),
    "entry committed, not told": (
        *("gateway.adapters.sql_log", "SqlAppender.append", "after"),
        {STORED, STAGED, IN_FORCE},
    ),
    "in force, mark taken away": (
        *("gateway.adapters.sql_nodes", "SqlNodes.unstage", "after"),
        {STORED, IN_FORCE},
    ),
}
"""Where one who puts rules in force dies: module, function, when, and what then has happened."""

NODE_STEPS = {
    "beat, head not followed": ("gateway.adapters.sql_nodes", "SqlNodes.beat", "after"),
    "set read, not loaded": ("gateway.adapters.sql_policy_sets", "SqlPolicySets.read", "after"),
    "set loaded, no engine": ("gateway.app", "policy_set_of", "after"),
    "engine has it, not told": (
        *("gateway.adapters.embedded_engine", "EmbeddedEngine.hold"),
        "after",
    ),
    "decides by it, not told": (
        *("gateway.adapters.embedded_engine", "EmbeddedEngine.activate"),
        "after",
    ),
    "the one before let go": (
        *("gateway.adapters.embedded_engine", "EmbeddedEngine.drop"),
        "after",
    ),
}

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["pytest", "gateway.app", "tests.switching"])


class _AtOnce:
    """The order to die at the first point that is passed."""

    def passes(self, _point: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def die_at(place: tuple[str, str, str]) -> None:
    """Have this process end as by `kill -9` when it passes a function."""
    put_around(_AtOnce(), "", *place)


def put_in_force(home: Path, number: int, place: tuple[str, str, str] | None) -> None:
    """Do all that it takes, or die on the way."""
    if place is not None:
        die_at(place)
    with rules_of(home) as rules:
        digest = rules.put(labelled(number))
        rules.stage(digest)
        if rules.in_force != digest:
            rules.activate(digest)
        rules.nodes.unstage(digest)


def follow(home: Path, place: tuple[str, str, str]) -> None:
    """Be a node until the place comes."""

    async def run() -> None:
        async with open_ports(load_settings(home)) as ports:
            die_at(place)
            while True:
                await asyncio.sleep(0.01)
                await ports.registry.snapshot()

    asyncio.run(run())


def ended(act: Callable[..., None], *given: Any) -> int | None:
    process = _CONTEXT.Process(target=act, args=given, daemon=True)
    process.start()
    process.join(120)
    return process.exitcode


def happened(rules: Rules, digest: str) -> set[str]:
    """Say how far a set has come, as everyone sees it."""
    seen = {
        STORED: digest in rules.sets.digests(),
        STAGED: digest in rules.marked,
        IN_FORCE: rules.in_force == digest,
    }
    return {name for name, is_so in seen.items() if is_so}


async def decided(ports: Ports) -> Answer:
    message = a_message(an_envelope(), at=ports.clock.now().evaluated_at)
    return await submit(message, ports)


def test_whoever_dies_while_rules_are_put_in_force_the_old_or_the_new_are_whole(
    home: Path,
) -> None:
    print(f"FAULTS_SEED={SEED}")
    chance = random.Random(SEED)
    places = [*STEPS] * (1 + KILLS // len(STEPS))
    chance.shuffle(places)
    with rules_of(home) as rules:
        for number, point in enumerate(places[:KILLS]):
            module, path, when, expected = STEPS[point]
            digest, before = labelled(number).digest, rules.in_force
            assert ended(put_in_force, home, number, (module, path, when)) == -signal.SIGKILL

            assert happened(rules, digest) == expected, point
            assert rules.in_force in {before, digest}
            assert rules.sets.read(rules.in_force).digest == rules.in_force
            if chance.random() < 0.2:  # doing it again from the beginning ends it
                assert ended(put_in_force, home, number, None) == 0
                assert happened(rules, digest) == {STORED, IN_FORCE}
        assert policy_set_of(rules.sets.read(rules.in_force)).digest == rules.in_force
    found = check_gateway(load_settings(home)).findings
    assert found.clean, found.shown


@pytest.mark.parametrize("point", NODE_STEPS)
async def test_a_node_that_dies_there_comes_back_with_the_rules_in_force(
    home: Path, point: str
) -> None:
    with rules_of(home) as rules:
        digest = rules.put(labelled(1))
        process = _CONTEXT.Process(target=follow, args=(home, NODE_STEPS[point]), daemon=True)
        process.start()
        await asyncio.to_thread(within, 120, lambda: bool(rules.nodes.live()))
        rules.nodes.stage(digest)
        await asyncio.to_thread(within, 120, lambda: _loaded(rules, digest, process))
        rules.activate(digest)
        rules.nodes.unstage(digest)
        await asyncio.to_thread(process.join, 120)
        assert process.exitcode == -signal.SIGKILL

        async with open_ports(load_settings(home)) as ports:
            assert ports.policies().digest == rules.in_force == digest
            assert (await decided(ports)).status in {201, 403}


def _loaded(rules: Rules, digest: str, process: BaseProcess) -> bool:
    """Say whether the node has the set, or is gone."""
    return process.exitcode is not None or any(digest in node.staged for node in rules.nodes.live())
