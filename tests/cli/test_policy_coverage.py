import json

import pytest
from typer.testing import CliRunner

from gateway.cli.policy import app
from gateway.policy.coverage.page import day_of
from tests.oracles.opa import opa
from tests.policy.sets import MAIN, write_set

pytestmark = pytest.mark.opa

RULES = """package exchange.main

decision := {"denials": denials}

# METADATA
# title: A
# custom: {id: LAW-1, reason: why, de: Darum., en: So.}
denials contains {"rule": "LAW-1", "reason": "why"} if input.x == 1
"""
TESTS = """package exchange.main_test

import data.exchange.main

test_fires if count(main.decision.denials) == 1 with input as {"x": 1}
"""
STAYS = "\ntest_stays if count(main.decision.denials) == 0 with input as {}\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "cases").mkdir()

    def call(*arguments, tests=TESTS + STAYS):
        files = {
            MAIN: RULES,
            MAIN.replace(".rego", "_test.rego"): tests,
            "policies/purposes/data.json": {"vocabulary": {}},
        }
        policies, schemas = write_set(tmp_path, files)
        options = {"policies": policies, "schemas": schemas, "cases": tmp_path / "cases"}
        given = [text for name, path in options.items() for text in (f"--{name}", str(path))]
        return CliRunner().invoke(app, ["coverage", *arguments, *given, "--opa", str(opa())])

    return call


def test_each_rule_is_a_line_and_the_last_one_counts(run):
    result = run("--on", "2027-01-01")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("LAW-1              V  greift ja   nicht ja")
    assert (
        "Stand 2027-01-01: von 1 Regeln 1 in beide Richtungen gezeigt, 0"
        in result.stdout.splitlines()[-1]
    )


def test_a_rule_that_no_test_sees_stay_away_is_said_and_fails(run):
    result = run("--json", tests=TESTS)

    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["proven"], document["rules"][0]["proven"]) == (0, False)
    assert document["lacking"]["never stays away in a Rego test"] == ["LAW-1"]
    assert document["lacking"]["no case"] == ["LAW-1"]


def test_the_page_stands_on_the_day_asked_for(run):
    assert day_of(run("--markdown", "--on", "2027-01-01").stdout).isoformat() == "2027-01-01"


def test_a_program_that_is_not_there_is_an_unusable_call():
    result = CliRunner().invoke(app, ["coverage", "--opa", "/nowhere/opa"])

    assert result.exit_code == 2
    assert "--opa nennt es" in result.stderr
