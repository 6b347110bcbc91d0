"""What is known about a draft before anyone votes, and what keeps it from being proposed."""

import json
from typing import Any

import pytest

from gateway.errors import ChangeRefused, PolicySetRefused
from gateway.lifecycle.policy_proposal import Proposal, examined
from gateway.policy.case_files import Case, read_case_file
from gateway.policy.loading import Reading
from tests.builders import REPOSITORY
from tests.lifecycle.small_drafts import embedded, the_files, with_tests_of

CASES = read_case_file(REPOSITORY / "tests" / "vectors" / "cases" / "cases.json")
NECESSITY = "necessity/PREMISES_HAZARD_NOTICE"
WITHHELD = {"need": "withhold", "reason": "not_necessary", "rule": "GDPR-5-1C"}


def without(member: str, row: dict[str, Any]) -> Reading:
    """Return the rules with another row for one member of the notice to the order office."""
    table = json.loads(the_files().contents[f"policies/{NECESSITY}/data.json"])
    rows = table["MUNICIPAL_ORDER"]
    rows[member] = {key: rows[member][key] for key in ("label_de", "status")} | row
    return with_tests_of("minors", **{NECESSITY: json.dumps(table, ensure_ascii=False).encode()})


async def no_past(_draft: Reading) -> None:
    return None


async def proposal(draft: Reading, cases: list[Case]) -> Proposal:
    return await examined(
        with_tests_of("minors"),
        draft,
        units=(),
        cases=cases,
        engines=[("embedded", embedded)],
        replay=no_past,
        told=lambda _step: None,
    )


async def test_a_draft_that_passes_has_one_report_with_all_of_it() -> None:
    cases = [case for case in CASES if case.id == "V02"]

    made = await proposal(without("number_of_sleepers", WITHHELD), cases)

    report = made.report
    assert report["tests"]["cases"] == {"embedded": {"passed": 1, "failed": []}}
    assert report["tests"]["rego"]["failed"] == []
    assert report["digest_after"] == made.draft.policy_set.digest
    assert (report["effect"]["releases_more"], report["effect"]["tightens_only"]) == (False, True)
    assert "number_of_sleepers" in report["difference"][0]["de"]
    assert report["evaluation_budget"]["kept"] is True
    assert report["replay"] is None


async def test_a_draft_whose_case_fails_is_not_proposed() -> None:
    cases = [case for case in CASES if case.id == "V01"]
    with pytest.raises(ChangeRefused, match=r"nicht bestanden.*V01"):
        await proposal(without("photos_exits_no_persons", WITHHELD), cases)


async def test_nor_is_one_without_any_case() -> None:
    with pytest.raises(ChangeRefused, match="it has none"):
        await proposal(without("number_of_sleepers", WITHHELD), [])


async def test_nor_is_one_with_a_reason_that_no_rule_gives() -> None:
    unknown = {**WITHHELD, "reason": "because"}
    with pytest.raises(PolicySetRefused, match="because"):
        await proposal(without("number_of_sleepers", unknown), CASES[:1])


async def test_nor_are_the_rules_in_force() -> None:
    with pytest.raises(ChangeRefused, match="gelten schon"):
        await proposal(with_tests_of("minors"), CASES[:1])
