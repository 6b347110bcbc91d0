"""Rules are switched while a gateway decides: no request is lost, none decided by old rules."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import POLICE
from gateway.demo.people import FIRST
from gateway.model.evidence import EntryType, Part
from tests.e2e.log_copy import LogCopy, log_copy
from tests.e2e.running import Json, Running, eventually, running, scratch, send
from tests.e2e.senders import Senders
from tests.switching import Rules, labelled, rules_of, without_contact, without_route

pytestmark = pytest.mark.xdist_group("e2e-switch")
CONNECTIONS = 32
SWITCHES = 50
STAGED_ANEW = 2
"""So many of the switches are to rules that nobody has loaded before."""


class Serving(Running):
    """A gateway without a worker: nothing of this is about deliveries."""

    def start(self) -> None:
        self.start_gateway()


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    settings = {"calls_per_minute": 0, "engine_deadline_s": 20.0, "engine_children": 1}
    with (
        scratch(request, tmp_path_factory, "switch") as folder,
        running(folder, Serving, receivers=(), settings=settings) as stage,
    ):
        yield stage


@pytest.fixture
def rules(stage: Running) -> Iterator[Rules]:
    people = {"key": stage.circle.key, "controller": POLICE.controller}
    with rules_of(stage.home, FIRST, **people) as rules:
        yield rules


def demanded(copy: LogCopy, first: str, begin: int) -> Iterator[tuple[Json, str]]:
    """Give each decision from index *begin* on, with the rules in force at its index."""
    in_force = first
    for index, entry in enumerate(copy.entries):
        if entry.claims.type is EntryType.POLICY:
            in_force = entry.parts[Part.AUDIT].get("change", {}).get("digest_after", first)
        elif entry.claims.type is EntryType.DECISION and index >= begin:
            yield entry, in_force


async def test_rules_switched_under_load_lose_no_request_and_decide_nothing_too_late(
    stage: Running, rules: Rules
) -> None:
    """32 connections, 50 switches: each answer is what the rules at its place in the log demand."""
    first = rules.in_force
    begin = rules.opened.governance.log.head().size
    outcome = {
        first: ("permit", True),
        rules.put(without_contact()): ("permit", False),
        rules.put(without_route()): ("deny", False),
    }
    kept = list(outcome)
    for digest in kept:
        rules.stage(digest)
    senders = Senders(stage, CONNECTIONS)
    sending = asyncio.create_task(senders.run())
    await senders.begun()

    for number in range(SWITCHES):
        anew = number % (SWITCHES // STAGED_ANEW) == 1
        digest = rules.put(labelled(number)) if anew else kept[(number + 1) % 3]
        outcome.setdefault(digest, ("permit", True))
        if anew:
            await asyncio.to_thread(rules.stage, digest)
        await asyncio.to_thread(rules.activate, digest)
        if anew:
            rules.nodes.unstage(digest)
        await senders.answered()
    senders.stop()
    await sending
    for digest in kept:
        rules.nodes.unstage(digest)

    assert Counter(status for status, _ in senders.answers).keys() <= {201, 403}
    copy = log_copy(stage)
    told = {body["exchange_id"]: (status, body) for status, body in senders.answers}
    assert len(told) == len(senders.answers)
    decided = list(demanded(copy, first, begin))
    assert {entry.claims.id for entry, _ in decided} == told.keys()
    assert [e for e in copy.entries[begin:] if e.claims.type is EntryType.REFUSAL] == []
    for entry, in_force in decided:
        verdict, contact = outcome[in_force]
        status, body = told[entry.claims.id]
        assert entry.claims.policy_digest == in_force
        assert entry.parts[Part.AUDIT]["verdict"] == verdict
        assert status == (201 if verdict == "permit" else 403)
        assert ("officer_contact" in body.get("released", [])) == contact
    switches = [e for e in copy.entries[begin:] if e.claims.type is EntryType.POLICY]
    assert {first, *(entry.claims.policy_digest for entry in switches)} == outcome.keys()
    assert len(switches) == SWITCHES


async def test_a_node_that_did_not_load_the_rules_in_time_refuses_until_it_has(
    stage: Running, rules: Rules
) -> None:
    """Nobody told it before: it decides by none, loads them by itself, and goes on by itself."""
    digest = rules.put(labelled(1000))
    key = str(uuid.uuid4())
    rules.activate(digest)

    async def decided() -> Json:
        answer = await send(stage, POLICE, exchanges.emergency_exits(), key)
        assert answer.status in {201, 503}
        return answer.json() if answer.status == 201 else None

    body = await eventually(decided, within_s=120)
    seen = stage.events("gateway", "policy_set_in_force")
    assert [row["loaded"] for row in seen if row["digest"] == digest] == [False, True]
    assert log_copy(stage).decisions[body["exchange_id"]].claims.policy_digest == digest
    (node,) = rules.nodes.live()
    await eventually(lambda: [n.active for n in rules.nodes.live()] == [digest])
    assert node.process == f"serve {stage.processes['gateway'].pid} {node.process.split()[2]}"


async def test_rules_that_were_staged_and_did_not_come_are_let_go(
    stage: Running, rules: Rules
) -> None:
    before, digest = rules.in_force, rules.put(labelled(1001))
    rules.stage(digest)
    with_both = len(stage.engine_children())

    rules.nodes.unstage(digest)

    def let_go() -> bool:
        return [digest in node.staged for node in rules.nodes.live()] == [False]

    await eventually(let_go)
    assert rules.in_force == before
    assert len(stage.engine_children()) < with_both
    assert (await send(stage, POLICE, exchanges.emergency_exits())).status == 201
