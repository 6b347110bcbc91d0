"""One run of kills under load, with the audit of what senders, log and recipient know."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gateway.demo.cast import ORDER_OFFICE
from gateway.demo.stage import ORIGIN
from gateway.fsck.check import check_gateway
from gateway.model.evidence import Part, Receipt
from gateway.settings import load_settings
from gateway.verify import verify_receipt
from tests.e2e.log_copy import LogCopy, log_copy
from tests.faults.breakable import Breakable, breakable
from tests.faults.killing import Killing
from tests.faults.load import KINDS, Load

_SETTINGS = {"engine_children": 2}


@dataclass(frozen=True)
class Kills:
    """What a run of kills came to."""

    seed: int
    killed: Counter[str]
    places: int
    requests: int
    unanswered: int
    entries: int
    repeats: int

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.killed.total()} kills {dict(self.killed)} "
            f"at {self.places} places, {self.requests} requests, {self.unanswered} answers lost, "
            f"{self.entries} entries, {self.repeats} repeats; "
            "unlogged 0, lost 0, second decisions 0, unrecognised repeats 0"
        )


def run_kills(folder: Path, seed: int, kills: int, until: float | None = None) -> Kills:
    """Kill under load, audit on the way and in the end; fail at the first thing that is wrong.

    It ends after so many *kills*, or at *until* (monotonic seconds) if that comes first.
    """
    with breakable(folder, settings=_SETTINGS) as stage:
        with Load(stage, seed) as load:
            killing = Killing(stage, load, seed, until)
            killing.run(kills, lambda: audit(stage, load, f"seed {seed}, {killing.done}"))
        stage.settle()
        copy = audit(stage, load, f"seed {seed}, in the end")
        repeats = audit_the_end(stage, load, copy)
    return Kills(
        seed,
        killing.done,
        len(killing.places),
        len(load.asked()),
        sum(asked.unanswered for asked in load.asked()),
        copy.verified.size,
        repeats,
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


def audit_the_end(stage: Breakable, load: Load, copy: LogCopy) -> int:
    """All is answered and settled: now the numbers must be equal. Returns the repeats."""
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
    pushes, events = stage.all_pushes(ORDER_OFFICE), copy.events()
    assert pushes.keys() == permitted
    for exchange_id, item in kept.items():
        assert pushes[exchange_id].count("new") == 1, "a repeat that was not recognised"
        assert pushes[exchange_id][0] == "new"
        assert events[item["delivery_id"], "acknowledged"] == 1
    assert copy.refusals().count("InvalidRequest") >= len(load.answered("invalid"))
    found = check_gateway(load_settings(stage.home)).findings
    assert found.clean, found.shown
    return sum(taken.count("repeat") for taken in pushes.values())
