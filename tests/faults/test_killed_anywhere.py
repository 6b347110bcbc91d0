"""`kill -9` of every process at every step of the way, under load; the log audited each time.

FAULTS_KILLS says how often (25), FAULTS_SEED repeats a run.
"""

import os
import random
import secrets
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gateway.demo.cast import ORDER_OFFICE
from gateway.demo.stage import ORIGIN
from gateway.model.evidence import Part, Receipt
from gateway.verify import verify_receipt
from tests.e2e.log_copy import LogCopy, log_copy
from tests.e2e.running import scratch
from tests.faults.breakable import Breakable, breakable
from tests.faults.dying import GATEWAY_POINTS, WORKER_POINTS
from tests.faults.load import KINDS, Load

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(1800)]
KILLS = int(os.environ.get("FAULTS_KILLS", "25"))
SEED = int(os.environ.get("FAULTS_SEED", "0")) or secrets.randbelow(2**32)


@dataclass(frozen=True)
class Kill:
    """Which processes end, and where: at a point of the way, or at any moment."""

    victims: tuple[str, ...]
    point: str | None = None

    def __str__(self) -> str:
        return f"{' and '.join(self.victims)}: {self.point or 'at any moment'}"


DECK = (
    *(Kill(("gateway",), point) for point in GATEWAY_POINTS),
    *(Kill(("worker",), point) for point in WORKER_POINTS),
    Kill(("gateway",)),
    Kill(("worker",)),
    Kill(("gateway", "worker")),
    Kill(("engine",)),
    Kill(("engine",)),
    Kill(("engine", "worker")),
)


def kills(chance: random.Random) -> Iterator[Kill]:
    """Give every kill of the deck once, in any order, before one comes again."""
    left: list[Kill] = []
    for _ in range(KILLS):
        left = left or chance.sample(DECK, len(DECK))
        yield left.pop()


def strike(stage: Breakable, kill: Kill, chance: random.Random) -> None:
    """End the victims, and wait until they are gone."""
    if kill.point is not None:
        (name,) = kill.victims
        stage.kill_at(name, kill.point, chance.randint(1, 2))
        assert stage.died(name) == -signal.SIGKILL
        stage.spare(name)
        return
    time.sleep(chance.uniform(0.1, 0.8))
    for victim in kill.victims:
        if victim == "engine":
            for child in stage.engine_children():
                os.kill(child, signal.SIGKILL)
        else:
            stage.kill(victim)


def test_whatever_is_killed_nothing_leaves_undecided_and_nothing_is_lost_or_doubled(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """G1, G8, G9 over the whole run, and after each kill."""
    chance, done = random.Random(SEED), Counter[str]()
    with scratch(request, tmp_path_factory, "kills") as folder, breakable(folder) as stage:
        with Load(stage, SEED) as load:
            for kill in kills(chance):
                strike(stage, kill, chance)
                done.update(kill.victims)
                audit(stage, load, f"FAULTS_SEED={SEED}, after {kill}")
                stage.mend()
        stage.settle()
        copy = audit(stage, load, f"FAULTS_SEED={SEED}, in the end")
        audit_the_end(stage, load, copy)
        repeats = sum(
            stage.pushes(ORDER_OFFICE, exchange_id).count("repeat")
            for exchange_id in copy.decisions
        )
    unanswered = sum(asked.unanswered for asked in load.asked())
    with capsys.disabled():
        print(
            f"\nFAULTS_SEED={SEED}: {dict(done)} killed, {len(load.asked())} requests, "
            f"{unanswered} answers lost, {copy.verified.size} entries, {repeats} repeats"
        )


def audit(stage: Breakable, load: Load, when: str) -> LogCopy:
    """Compare what senders were told, what the recipient has and what the log says.

    Whatever was told or delivered before the copy was made must stand in it.
    """
    permitted, denied = load.answered("permitted"), load.answered("denied")
    inbox = stage.inbox(ORDER_OFFICE)
    copy = log_copy(stage)
    decisions = copy.decisions
    events = copy.events()
    for answer, verdict in [(a, "permit") for a in permitted] + [(a, "deny") for a in denied]:
        body = answer.json()
        receipt = verify_receipt(Receipt(**body["receipt"]), stage.keys, ORIGIN)
        entry = decisions.get(body["exchange_id"])
        assert entry is not None, f"{when}: an answer without its decision"
        assert entry.index == receipt.index, when
        assert entry.parts[Part.AUDIT]["verdict"] == verdict, when
    for item in inbox:
        entry = decisions.get(item["exchange"]["exchange_id"])
        assert entry is not None, f"{when}: delivered without a decision"
        assert entry.parts[Part.AUDIT]["verdict"] == "permit", when
        assert entry.parts[Part.RECIPIENT]["delivery_id"] == item["delivery_id"], when
        assert events[item["delivery_id"], "attempt"] == 1, f"{when}: sent without an entry"
    ids = Counter(item["exchange"]["exchange_id"] for item in inbox)
    assert set(ids.values()) <= {1}, f"{when}: kept twice"
    return copy


def audit_the_end(stage: Breakable, load: Load, copy: LogCopy) -> None:
    """All is answered and settled: now the numbers must be equal."""
    told: dict[str, str] = {}
    for asked in load.asked():
        assert {answer.status for answer in asked.answers} == {KINDS[asked.kind][1]}, asked
        if asked.kind != "invalid":
            assert len({answer.body for answer in asked.answers}) == 1, "another answer to a repeat"
            told[asked.answers[0].json()["exchange_id"]] = asked.key
    assert copy.decisions.keys() == told.keys()
    assert len(set(told.values())) == len(told)
    permitted = {a.json()["exchange_id"] for a in load.answered("permitted")}
    kept = {item["exchange"]["exchange_id"]: item for item in stage.inbox(ORDER_OFFICE)}
    assert kept.keys() == permitted
    for exchange_id, item in kept.items():
        assert stage.pushes(ORDER_OFFICE, exchange_id).count("new") == 1
        assert copy.events()[item["delivery_id"], "acknowledged"] == 1
    assert copy.refusals().count("InvalidRequest") >= len(load.answered("invalid"))
