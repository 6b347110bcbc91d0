import json

import pytest

from gateway.policy.case_files import CaseFileUnusable, read_case_file
from tests.policy.builders import a_case


def written(tmp_path, content):
    path = tmp_path / "cases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def a_row(**parts):
    case = a_case()
    return {"id": case.id, "title": case.title, **case.request, "expected": case.expected, **parts}


def test_a_case_is_read_with_id_title_and_expectation(tmp_path):
    (case,) = read_case_file(written(tmp_path, [a_row()]))

    assert (case.id, case.title) == ("V01", "A title")
    assert case.expected["decision"] == "allow-with-redaction"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("exchange_kind", None),
        ("facts", []),
        ("expected", None),
        ("payload_fields", {}),
        ("payload_fields", [{"category": "HEALTH"}]),
        ("evaluation_date", "22.11.2026"),
        ("legal_basis_claimed", "LAW-1"),
        ("expected", {"decision": "maybe"}),
    ],
)
def test_a_case_that_lacks_something_is_named(tmp_path, part, value):
    with pytest.raises(CaseFileUnusable, match=f"Fall 1 V01: .*{part}"):
        read_case_file(written(tmp_path, [a_row(**{part: value})]))


@pytest.mark.parametrize("content", ["", "{}", "[]", "[1]", '[{"id": 1, "id": 2}]', "[1.5]"])
def test_a_file_of_another_form_is_unusable(tmp_path, content):
    with pytest.raises(CaseFileUnusable, match=r"cases\.json"):
        read_case_file(written(tmp_path, content))


def test_a_file_that_is_not_there_is_unusable(tmp_path):
    with pytest.raises(CaseFileUnusable, match=r"nothing\.json"):
        read_case_file(tmp_path / "nothing.json")
