"""Past decisions are decided again from what their records say, and only from those that live."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gateway.adapters.memory.engine import MemoryEngine
from gateway.errors import MalformedLeaf
from gateway.lifecycle import replay as replaying
from gateway.lifecycle.replay import SHUT, replay
from gateway.lifecycle.replay_report import ReplayReport
from gateway.model.evidence import StoredEntry
from gateway.obligations import bucket_of
from tests.builders import LAST_DAY, a_decision, an_envelope, deny_all, release_all, the_policies
from tests.gateways import SqlGateway

DIGEST = the_policies().digest
CARELESS = "e" * 64
SENDER = {
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "sender_kind": "POLICE_INSPECTION",
    "controller": "polizei-traeger",
}
COVERT = "covert_data_transmission_documentation"


def less(policy_input: Mapping[str, Any]) -> dict[str, Any]:
    """Withhold the licensee."""
    members = policy_input["members"].keys()
    return a_decision(members - {"licensee_name"}, {"licensee_name"})


async def replayed(
    gateway: SqlGateway,
    rule: Any = release_all,
    report: ReplayReport | None = None,
    size: int | None = None,
    **choices: Any,
) -> ReplayReport:
    return await replay(
        report or ReplayReport(DIGEST, DIGEST),
        partial(gateway.reader.entries, shut=SHUT),
        gateway.reader.head().size if size is None else size,
        MemoryEngine(DIGEST, rule),
        the_policies(),
        lambda _done, _total: None,
        **choices,
    )


async def test_the_rules_that_decided_decide_alike(sql_gateway: SqlGateway) -> None:
    for _ in range(3):
        await sql_gateway.submit()

    report = await replayed(sql_gateway, only_own=True)

    assert report.counts == {"recorded": 3, "same": 3}
    assert report.examples == []


async def test_other_rules_show_what_they_would_change(sql_gateway: SqlGateway) -> None:
    """By verdict, kind, partnership, rule and member; an example names its record."""
    answer = await sql_gateway.submit()

    report = (await replayed(sql_gateway, less)).document()

    kind = "PREMISES_HAZARD_NOTICE"
    assert report["counts"] == {"otherwise": 1, "recorded": 1}
    assert report["verdicts"] == [{"from": "permit", "to": "permit", "count": 1}]
    assert report["kinds"] == [{"exchange_kind": kind, "count": 1}]
    assert report["partnerships"] == [{"partnership": "sicherheitspartnerschaft", "count": 1}]
    assert report["rules"] == [{"rule": "GDPR-5-1C", "count": 1}]
    assert report["withheld"] == [{"exchange_kind": kind, "member": "licensee_name", "count": 1}]
    assert report["released"] == report["loosened"] == []
    assert report["tightened"] == [{**SENDER, "count": 1}]
    assert report["examples"][0]["id"] == answer.exchange_id


async def test_what_would_be_released_now_is_told_apart(sql_gateway: SqlGateway) -> None:
    sql_gateway.engine.rule = deny_all
    await sql_gateway.submit()

    report = (await replayed(sql_gateway, release_all)).document()

    assert report["verdicts"] == [{"from": "deny", "to": "permit", "count": 1}]
    assert {row["member"] for row in report["released"]} == an_envelope()["payload"].keys()
    assert report["withheld"] == report["tightened"] == []
    assert report["loosened"] == [{**SENDER, "count": 1}]


async def test_a_decision_under_older_rules_does_not_say_what_the_draft_changes(
    sql_gateway: SqlGateway,
) -> None:
    """What came between those rules and the ones in force may be what it shows."""
    await sql_gateway.submit()

    report = (await replayed(sql_gateway, less, ReplayReport(CARELESS, DIGEST))).document()

    assert report["counts"] == {"otherwise": 1, "recorded": 1}
    assert report["loosened"] == report["tightened"] == []


async def test_erased_records_are_counted_and_stay_erased(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    bucket = bucket_of("polizei-traeger", "decision_log_JI", LAST_DAY)
    (sql_gateway.home / "keys" / "buckets" / f"{bucket}.key").unlink()

    report = await replayed(sql_gateway)

    assert report.counts == {"recorded": 1, "erased": 1}


async def test_documentation_of_covert_data_is_never_opened(sql_gateway: SqlGateway) -> None:
    """§ 40 Abs. 1 S. 5 NPOG: not even read, so not decided either."""
    sql_gateway.engine.rule = lambda given: a_decision(given["members"], log_class=COVERT)
    await sql_gateway.submit()
    opened: list[Any] = []

    def entries(start: int, end: int) -> Any:
        found = sql_gateway.reader.entries(start, end, shut=SHUT)
        opened.extend(entry.parts for entry in found if entry.bucket and COVERT in entry.bucket)
        return found

    engine = MemoryEngine(DIGEST, release_all)
    report = ReplayReport(CARELESS, DIGEST)
    size = sql_gateway.reader.head().size
    await replay(report, entries, size, engine, the_policies(), lambda *_: None)

    assert report.counts == {"recorded": 1, "shut": 1}
    assert opened == [{}]
    assert engine.asked == []


async def test_an_input_that_the_rules_cannot_decide_is_counted(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()

    report = await replayed(sql_gateway, lambda _given: None)

    assert report.counts == {"recorded": 1, "undecided": 1}


async def test_decisions_under_other_rules_are_no_test_of_these(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    policies = the_policies()
    entries, size = sql_gateway.reader.entries, sql_gateway.reader.head().size
    report = ReplayReport(DIGEST, CARELESS)
    others = Elsewhere(policies)
    engine = MemoryEngine(CARELESS, release_all)
    await replay(report, entries, size, engine, others, lambda *_: None, only_own=True)  # type: ignore[arg-type]

    assert report.counts == {"recorded": 1, "other_rules": 1}


class Elsewhere:
    """The policies under another digest."""

    def __init__(self, policies: Any) -> None:
        self.digest = CARELESS
        self.schemas, self.executors = policies.schemas, policies.executors


@pytest.mark.parametrize("cut", range(1, 8))
async def test_a_replay_that_was_cut_off_goes_on_to_the_same_report(
    sql_gateway: SqlGateway, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever bundle it had come to; the report goes through JSON in between."""
    monkeypatch.setattr(replaying, "BUNDLE", 2)
    for number in range(4):
        sql_gateway.engine.rule = release_all if number % 2 else deny_all
        await sql_gateway.submit()
    whole = await replayed(sql_gateway, less)

    half = await replayed(sql_gateway, less, size=cut)
    kept = ReplayReport.read(json.loads(json.dumps(half.document())))
    resumed = await replayed(sql_gateway, less, kept)

    assert resumed.document() == whole.document()
    assert resumed.digest == whole.digest
    assert whole.counts["otherwise"] == 4


async def test_the_report_does_not_change_with_entries_that_are_no_decisions(
    sql_gateway: SqlGateway,
) -> None:
    """An access, for one, and a replay is one: else no two reports would be alike."""
    await sql_gateway.submit()
    before = await replayed(sql_gateway)
    await sql_gateway.append()

    assert (await replayed(sql_gateway)).digest == before.digest


async def test_another_history_has_another_digest(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    before = await replayed(sql_gateway)
    await sql_gateway.submit()

    assert (await replayed(sql_gateway)).digest != before.digest


@pytest.mark.parametrize("part", ["!", "e30", "bm90IGpzb24"])
async def test_a_part_that_is_no_disclosure_is_no_decision_either(
    sql_gateway: SqlGateway, part: str
) -> None:
    """It says so, instead of passing it by."""
    await sql_gateway.submit()

    def entries(start: int, end: int) -> list[StoredEntry]:
        found = sql_gateway.reader.entries(start, end)
        return [replace(entry, parts=dict.fromkeys(entry.parts, part)) for entry in found]

    report, size = ReplayReport(CARELESS, DIGEST), sql_gateway.reader.head().size
    engine = MemoryEngine(DIGEST, release_all)
    with pytest.raises(MalformedLeaf):
        await replay(report, entries, size, engine, the_policies(), lambda *_: None)
