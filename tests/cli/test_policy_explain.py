import json

import pytest
from typer.testing import CliRunner

from gateway.cli.policy import app
from tests.builders import an_envelope
from tests.policy.explanations import CASES
from tests.policy.sets import MAIN, write_set

KINDS = ["--sender-kind", "POLICE_INSPECTION", "--recipient-kind", "MUNICIPAL_ORDER"]


def run(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


def test_a_case_is_explained_and_status_is_0_also_for_a_denial():
    result = run(CASES, "--case", "V02")

    assert result.exit_code == 0
    assert result.stdout.startswith("V02  List of 'clan members'")
    assert "PARTNERSHIP-1/partnership_is_no_basis" in result.stdout
    assert "Ergebnis: NICHT ZULÄSSIG" in result.stdout


def test_a_request_is_explained_as_of_a_day_without_its_values(tmp_path):
    path = tmp_path / "anfrage.json"
    path.write_text(json.dumps(an_envelope()))

    result = run(path, *KINDS, "--controller", "land-niedersachsen", "--on", "2026-11-24")

    assert result.exit_code == 0
    assert result.stdout.startswith("anfrage.json")
    assert "Stichtag (evaluated on): 2026-11-24" in result.stdout
    assert "Beispielufer" not in result.stdout


def test_a_request_without_a_day_is_explained_as_of_today(tmp_path):
    path = tmp_path / "anfrage.json"
    path.write_text(json.dumps(an_envelope(facts={"request_mode": "spontaneous"})))

    result = run(path, *KINDS, "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["exchange_kind"] == "PREMISES_HAZARD_NOTICE"


def test_an_explanation_for_a_program():
    result = run(CASES, "--case", "V01", "--json")

    document = json.loads(result.stdout)
    assert document["verdict"] == "permit"
    assert {member["action"] for member in document["members"]} == {"release", "withhold"}


def test_a_request_needs_the_kinds_of_both_sides(tmp_path):
    path = tmp_path / "anfrage.json"
    path.write_text(json.dumps(an_envelope()))

    result = run(path, "--sender-kind", "POLICE_INSPECTION")

    assert result.exit_code == 2
    assert "--recipient-kind" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("machine", [[], ["--json"]])
def test_a_file_that_cannot_be_read_is_status_2(machine):
    result = run("/nowhere/fall.json", *machine)

    assert result.exit_code == 2
    assert "/nowhere/fall.json: nicht lesbar" in result.stdout + result.stderr


def test_rules_that_are_refused_explain_nothing(tmp_path):
    policies, schemas = write_set(tmp_path, {MAIN: "package exchange.main\n\nr := [1 2]\n"})

    result = run(CASES, "--case", "V01", "--policies", policies, "--schemas", schemas)

    assert result.exit_code == 2
    assert f"{MAIN}:3: " in result.stderr
