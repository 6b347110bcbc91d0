import json

import pytest
from typer.testing import CliRunner

from gateway.cli.policy import app
from tests.policy.builders import a_case
from tests.policy.sets import MAIN, write_set

PERMIT = """package exchange.main

decision := {
	"verdict": "permit",
	"denials": [],
	"outcomes": [{"action": "release", "parameters": {}, "reasons": [], "members": ["facts"]}],
	"obligations": [],
}
"""


@pytest.fixture
def a_folder(tmp_path):
    def write(name, main=PERMIT, **tables):
        files = {f"policies/{table}/data.json": rows for table, rows in tables.items()}
        policies, _ = write_set(tmp_path / name, {MAIN: main, **files})
        return policies

    return write


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.json"
    case = a_case()
    path.write_text(
        json.dumps(
            [{"id": case.id, "title": case.title, **case.request, "expected": case.expected}]
        )
    )
    return ["--cases", str(path)]


def run(*arguments):
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def test_equal_rules_are_status_0(a_folder, cases):
    result = run(a_folder("a"), a_folder("b"), *cases)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Kein Unterschied. (No difference.)",
        "0 von 1 Fällen anders entschieden (0 of 1 cases decided otherwise)",
    ]


def test_different_rules_are_status_1_with_rows_rules_and_cases(a_folder, cases):
    after = a_folder("b", PERMIT.replace("release", "pseudonymise"), thresholds={"k": 5})

    result = run(a_folder("a", thresholds={"k": 3}), after, *cases)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Tabellen (tables):",
        "  Tabelle thresholds: `k` 3 → 5",
        "    table thresholds: `k` 3 → 5",
        "Regeln (rules):",
        f"  {MAIN}: decision verlangt anderes",
        f"    {MAIN}: decision asks otherwise",
        "Anders entschieden (decided otherwise):",
        "  V01  A title",
        "    facts: weitergegeben → unter Pseudonym weitergegeben",
        "      facts: released → released under a pseudonym",
        "1 von 1 Fällen anders entschieden (1 of 1 cases decided otherwise)",
    ]


def test_a_difference_for_a_program(a_folder, cases):
    result = run(a_folder("a"), a_folder("b", thresholds={"k": 5}), *cases, "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["same"] is False
    assert document["tables"] == [
        {"de": "Tabelle thresholds: `k` neu: 5", "en": "table thresholds: `k` is new"}
    ]
    assert len(set(document["policy_digests"])) == 2
    assert (document["cases"], document["cases_compared"]) == ([], 1)


def test_without_case_files_those_of_the_project_are_decided(a_folder):
    folder = a_folder("a")

    result = run(folder, folder)

    assert result.exit_code == 0
    count = int(result.stdout.split("0 von ")[1].split()[0])
    assert count >= 26


def test_schemas_may_stand_elsewhere(a_folder, cases, tmp_path):
    before, after = a_folder("a"), a_folder("b")
    (tmp_path / "b" / "schemas" / "payloads" / "NOTE.json").unlink()

    beside = run(before, after, *cases)
    same = run(before, after, *cases, "--schemas", tmp_path / "a" / "schemas")

    assert beside.exit_code == 1
    assert "schemas/payloads/NOTE.json entfernt" in beside.stdout
    assert same.exit_code == 0


def test_rules_that_are_refused_cannot_be_compared_and_say_which(a_folder, cases):
    after = a_folder("b", "package exchange.main\n\nr := [1 2]\n")

    result = run(a_folder("a"), after, *cases)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{after}:\n{MAIN}:3: ")


def test_a_folder_or_a_case_file_that_is_none_is_status_2(a_folder, tmp_path):
    folder = a_folder("a")

    assert "kein Ordner" in run(folder, "/nowhere").stderr
    assert "nicht lesbar" in run(folder, folder, "--cases", tmp_path / "no.json").stderr
    assert run(folder, "/nowhere").exit_code == 2
