"""The report that everyone who votes has before them: the same draft, the same bytes."""

import hashlib
from dataclasses import replace
from typing import Any

import rfc8785

from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.effect import Why, an_effect
from gateway.lifecycle.impact import impact_report
from gateway.lifecycle.policy_effect import PolicyChange, Weighed
from gateway.lifecycle.replay_report import ReplayReport
from gateway.policy.set_differences import CaseChange, Difference
from gateway.policy.table_differences import Change
from tests.lifecycle.policy_changes import OTHER_DIGEST, edited, the_reading, the_units

Json = Any
LESS = Why("tightens", "verschärft", "tightens")
WEIGHED = Weighed(an_effect([], [LESS], [], ["stadt"]), probes=120, cases=26, undecided=0)
DIFFERENCE = Difference(
    tables=(Change("Tabelle anders", "table differs"),),
    rules=(Change("Regel anders", "rule differs"),),
    schemas=(),
    cases=(CaseChange("C07", "Titel", (Change("a → b", "a to b"),)),),
)
TESTS = {
    "cases": {"embedded": {"passed": 26, "failed": []}},
    "rego": {"passed": 900, "failed": []},
}


def a_change(history: ReplayReport | None = None) -> PolicyChange:
    return PolicyChange(the_reading(), edited(lambda _: None), the_units(), history=history)


def a_report(weighed: Weighed = WEIGHED, history: ReplayReport | None = None) -> dict[str, Json]:
    return impact_report(a_change(history), weighed, DIFFERENCE, TESTS)


def digest(report: dict[str, Json]) -> str:
    return hashlib.sha256(rfc8785.dumps(report)).hexdigest()


def test_the_report_names_both_sets_and_says_what_was_found() -> None:
    report = a_report()
    assert (report["report"], report["kind"]) == ("datenschleuse-impact-v1", "policy")
    assert report["digest_before"] == the_reading().policy_set.digest
    assert report["digest_after"] == OTHER_DIGEST
    assert report["tests"] == TESTS
    assert report["effect"] == WEIGHED.effect.document()
    assert report["replay"] is None


def test_the_difference_is_in_words_with_the_cases_last() -> None:
    assert a_report()["difference"] == [
        {"de": "Tabelle anders", "en": "table differs"},
        {"de": "Regel anders", "en": "rule differs"},
        {"de": "Fall C07: a → b", "en": "case C07: a to b"},
    ]


def test_the_budget_is_kept_while_everything_is_decided() -> None:
    kept = {"probes": 120, "cases": 26, "undecided": 0, "kept": True}
    assert a_report()["evaluation_budget"] == kept
    late = a_report(replace(WEIGHED, undecided=1))
    assert late["evaluation_budget"] == {**kept, "undecided": 1, "kept": False}


def test_the_replay_is_in_the_report_with_its_digest() -> None:
    history = ReplayReport(the_reading().policy_set.digest, OTHER_DIGEST)
    history.note("recorded")
    replay = a_report(history=history)["replay"]
    assert replay["counts"] == {"recorded": 1}
    assert replay["digest"] == history.digest


def test_the_same_findings_give_the_same_bytes_and_others_give_others() -> None:
    assert digest(a_report()) == digest(a_report())
    others = [
        a_report(replace(WEIGHED, probes=121)),
        a_report(replace(WEIGHED, effect=an_effect([LESS], [], [], ["stadt"]))),
        a_report(history=ReplayReport(the_reading().policy_set.digest, OTHER_DIGEST)),
    ]
    assert len({digest(report) for report in [a_report(), *others]}) == 4


def test_a_change_set_reads_its_effect_out_of_the_report() -> None:
    change = ChangeSet(
        *("1" * 32, ChangeKind.POLICY, 1, "Titel", "Grund", "anna", 1_795_000_000),
        *("gateway.example/2026", "a" * 64, OTHER_DIGEST, {}, a_report()),
    )
    assert (change.effect.tightens_only, change.effect.controllers) == (True, ("stadt",))
    assert change.report_digest == digest(a_report())
