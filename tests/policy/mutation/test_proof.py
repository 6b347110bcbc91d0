import json

import pytest

from gateway.policy.case_files import CaseFileUnusable
from gateway.policy.loading import read_policy_set
from gateway.policy.mutation.proof import case_files, the_proof
from tests.policy.builders import a_case
from tests.policy.sets import write_set

TEST = "package exchange.main_test\n\ntest_x if true\n"


@pytest.fixture
def reading(tmp_path):
    return read_policy_set(*write_set(tmp_path, {"policies/exchange/main/main_test.rego": TEST}))


def test_the_proof_is_cases_recorded_decisions_and_rego_tests(reading, tmp_path):
    case = a_case()
    cases, recorded = tmp_path / "cases.json", tmp_path / "recorded.jsonl"
    row = {"id": case.id, "title": case.title, **case.request, "expected": case.expected}
    cases.write_text(json.dumps([row]))
    recorded.write_text('{"input": {"exchange_kind": "X"}, "decision": {"verdict": "deny"}}\n')

    proof = the_proof(reading, [cases], recorded)

    worked, written = proof.questions
    assert (worked.name, worked.kind, worked.case and worked.case.id) == ("case V01", "NOTE", "V01")
    assert json.loads(worked.given)["case_file"] is True
    assert (written.name, written.kind) == ("recorded.jsonl:1", "X")
    assert written.decision == {"verdict": "deny"}
    assert [test.rule for test in proof.tests] == ["test_x"]


@pytest.mark.parametrize("text", ["{", '{"input": {}}', "[]"])
def test_a_file_of_recorded_decisions_of_another_form_is_refused(reading, tmp_path, text):
    (tmp_path / "recorded.jsonl").write_text(text)

    with pytest.raises(CaseFileUnusable, match=r"recorded\.jsonl"):
        the_proof(reading, [], tmp_path / "recorded.jsonl")


def test_the_case_files_of_a_folder_are_its_lists(tmp_path):
    (tmp_path / "cases.json").write_text("\n[]")
    (tmp_path / "fields.json").write_text("{}")
    (tmp_path / "README.md").write_text("[]")

    assert case_files(tmp_path) == (tmp_path / "cases.json",)
