"""Ten thousand invented exchanges, decided and recorded, are decided again (G6).

They reach every kind, verdict and rule of the catalogue; the rules in force give each decision
again byte for byte, and what was altered in a record or in a rule is found.
"""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from gateway.adapters.batch_engine import BatchEngine
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.tables.log import PartRow, RecordKey
from gateway.lifecycle import replay as replaying
from gateway.lifecycle.replay import READ, SHUT, replay
from gateway.lifecycle.replay_report import ReplayReport
from gateway.model.evidence import EntryType, Part, StoredEntry
from gateway.obligations import log_class_of
from gateway.policies import Policies, ready
from gateway.policy.loading import load_policy_set
from gateway.reading import part_of
from gateway.tlog.encoding import encode_base64url
from tests.builders import the_policies
from tests.policies.folders import POLICIES, SCHEMAS

pytestmark = [pytest.mark.xdist_group("replay of many"), pytest.mark.timeout(900)]

EXCHANGES = 10_000
LAST = 400
"""So many entries at the end of the log are looked at by several replays."""


@dataclass(frozen=True)
class History:
    """A gateway that has decided all of them; `told` is what `demo-data` said.

    `size` is that of the log at this moment: later entries are of those who read it.
    """

    home: Path
    told: dict[str, Any]
    database: Engine
    reader: SqlReader
    seal: RecordSeal
    size: int

    def decisions(self, start: int = 0) -> Iterator[StoredEntry]:
        for first in range(start, self.size, 1000):
            for entry in self.reader.entries(first, min(first + 1000, self.size)):
                if entry.type is EntryType.DECISION:
                    yield entry

    @contextmanager
    def altered(self, entry: StoredEntry, parts: dict[Part, str]) -> Iterator[None]:
        """Write other parts into a record, as somebody with database and keys could."""
        assert entry.bucket is not None
        for written in (parts, dict(entry.parts)):
            sealed = self.seal.seal(entry.entry_id, entry.bucket, written)
            with self.database.begin() as connection:
                connection.execute(
                    update(RecordKey)
                    .where(RecordKey.index == entry.index)  # type: ignore[arg-type]
                    .values(wrapped=sealed.wrapped_key)
                )
                for part, ciphertext in sealed.parts.items():
                    connection.execute(
                        update(PartRow)
                        .where(PartRow.index == entry.index, PartRow.name == part.value)  # type: ignore[arg-type]
                        .values(ciphertext=ciphertext)
                    )
            if written is parts:
                yield


def datenschleuse(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Run a command; return its status and the JSON that it printed."""
    command = [sys.executable, "-m", "gateway", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Made once: every test of the module looks at the same past."""
    home = tmp_path_factory.mktemp("history") / "gateway"
    status, told = datenschleuse("demo-data", "--count", EXCHANGES, "--home", home)
    assert status == 0
    database = open_database(f"sqlite:///{home / 'gateway.db'}")
    seal = RecordSeal(FileKeys(home / "keys"))
    reader = SqlReader(database, seal)
    yield History(home, told, database, reader, seal, reader.head().size)
    database.dispose()


def again(
    history: History,
    policies: Policies,
    *,
    children: int = 2,
    report: ReplayReport | None = None,
    size: int | None = None,
) -> ReplayReport:
    """Decide the end of the log again, or go on with *report*."""
    begun = report or ReplayReport(
        history.reader.head().policy_digest, policies.digest, through=history.size - LAST - 1
    )

    async def decide() -> ReplayReport:
        entries = partial(history.reader.entries, shut=SHUT, parts=READ)
        async with BatchEngine(policies.policy_set, children) as engine:
            return await replay(
                begun, entries, size or history.size, engine, policies, lambda *_: None
            )

    return asyncio.run(decide())


@dataclass(frozen=True)
class Seen:
    """What the recorded decisions say, all read once."""

    decisions: int
    shut: int
    rules: frozenset[str]


@pytest.fixture(scope="module")
def seen(history: History) -> Seen:
    """Nobody is in these records, so that also those may be opened that no replay opens."""
    decisions, shut, rules = 0, 0, set[str]()
    for entry in history.decisions():
        decision = part_of(entry.parts[Part.AUDIT])["decision"]
        decisions += 1
        shut += entry.bucket is not None and log_class_of(entry.bucket) in SHUT
        rules.update(decision["rules_applied"])
        rules.update(reason["rule"] for reason in decision["denials"])
        rules.update(it["rule"] for row in decision["outcomes"] for it in row["reasons"])
        rules.update(duty["rule"] for duty in decision["obligations"])
    return Seen(decisions, shut, frozenset(rules))


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """The rules with one row that withholds what was needed."""
    folder = shutil.copytree(POLICIES, tmp_path_factory.mktemp("draft") / "policies")
    table = folder / "necessity" / "PREMISES_HAZARD_NOTICE" / "data.json"
    rows = json.loads(table.read_bytes())
    rows["MUNICIPAL_ORDER"]["hazard_facts"]["need"] = "withhold"
    table.write_text(json.dumps(rows), "utf-8")
    return ready(load_policy_set(folder, SCHEMAS))


@pytest.fixture(scope="module")
def whole(history: History, draft: Policies) -> ReplayReport:
    """The end of the log under the draft."""
    return again(history, draft)


def test_every_exchange_is_recorded_and_every_kind_and_verdict_reached(
    history: History, seen: Seen
) -> None:
    told = history.told
    assert sum(told["verdicts"].values()) == sum(told["kinds"].values()) == EXCHANGES
    assert told["verdicts"].keys() == {"permit", "hold", "deny"}
    assert told["kinds"].keys() == the_policies().data["routes"].keys()
    assert seen.decisions == EXCHANGES


def test_every_rule_of_the_catalogue_speaks_in_a_recorded_decision(seen: Seen) -> None:
    """As a basis that holds, a denial, a reason why a member stays, or a duty. NPOG-40-5 and
    MARK-MODEL decide nothing by themselves: that the decision names them is all there is to see."""
    norms = the_policies().data["norms"]
    rules = {it for it in the_policies().catalogue.norms if norms[it].get("in_catalogue", True)}
    assert len(rules) == 80
    assert rules <= seen.rules, sorted(rules - seen.rules)


def test_the_rules_in_force_give_every_decision_again_byte_for_byte(
    history: History, seen: Seen
) -> None:
    """Those are shut, and stay it, whose log class is that of covert data."""
    status, report = datenschleuse(
        *("policy", "replay", "--active", "--home", history.home, "--purpose", "Eigenüberwachung")
    )

    assert status == 0, report
    assert report["counts"] == {
        "recorded": EXCHANGES,
        "same": EXCHANGES - seen.shut,
        "shut": seen.shut,
    }
    assert seen.shut > 0
    assert report["examples"] == []


def test_one_altered_record_is_found_and_named(history: History) -> None:
    """One reason, one letter, or one member: whatever it is, it is that record."""
    entry = next(
        entry
        for entry in history.decisions(history.size - LAST)
        if entry.bucket and log_class_of(entry.bucket) not in SHUT
    )
    salt, name, audit = json.loads(_decoded(entry.parts[Part.AUDIT]))
    audit["decision"]["rules_applied"][0] += "X"
    forged = encode_base64url(json.dumps([salt, name, audit]).encode())
    before = again(history, the_policies())

    with history.altered(entry, {**entry.parts, Part.AUDIT: forged}):
        found = again(history, the_policies())

    assert before.counts["otherwise"] == before.counts["undecided"] == 0
    assert found.counts["otherwise"] == 1
    assert [row["id"] for row in found.examples] == [entry.entry_id]
    assert again(history, the_policies()).digest == before.digest


def test_another_rule_is_found_where_it_decides_otherwise(whole: ReplayReport) -> None:
    report = whole.document()

    assert report["counts"]["otherwise"] > 0
    assert {row["exchange_kind"] for row in report["kinds"]} == {"PREMISES_HAZARD_NOTICE"}
    assert {row["member"] for row in report["withheld"]} <= {"hazard_facts"}
    assert report["released"] == []


@pytest.mark.parametrize("children", [1, 3])
def test_the_report_is_the_same_with_any_number_of_children(
    history: History, draft: Policies, whole: ReplayReport, children: int
) -> None:
    assert again(history, draft, children=children).document() == whole.document()


@pytest.mark.parametrize("cuts", [(1,), (LAST // 3, LAST // 2), (LAST - 1,)])
def test_the_report_is_the_same_wherever_it_was_cut_off(
    history: History,
    draft: Policies,
    whole: ReplayReport,
    cuts: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes through JSON in between; sizes of bundles and batches are no matter either."""
    monkeypatch.setattr(replaying, "BUNDLE", 70)
    monkeypatch.setattr(replaying, "BATCH", 3)

    report = None
    for cut in cuts:
        part = again(history, draft, report=report, size=history.size - LAST + cut)
        report = ReplayReport.read(json.loads(json.dumps(part.document())))
    resumed = again(history, draft, report=report)

    assert resumed.digest == whole.digest


def _decoded(disclosure: str) -> bytes:
    return base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
