import json

import pytest
from typer.testing import CliRunner

from gateway.cli.policy import app
from tests.oracles.opa import opa
from tests.policy.sets import MAIN, write_set

pytestmark = pytest.mark.opa

RULES = """package exchange.main

decision := {"verdict": "permit"} if input.x == "a"

else := {"verdict": "deny"}

unseen if input.y
"""
TEST = """package exchange.main_test

import data.exchange.main

test_a if main.decision == {"verdict": "permit"} with input as {"x": "a"}

test_b if main.decision == {"verdict": "deny"} with input as {"x": "b"}
"""
SURVIVORS = [("negated", "input.y"), ("dropped", "input.y"), ("silenced", "unseen if")]


@pytest.fixture
def run(tmp_path):
    """Mutate a small policy set; *explained* are the survivors that somebody explained."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "recorded.jsonl").write_text("")

    def call(*arguments, explained=(), test=TEST):
        files = {MAIN: RULES, "policies/exchange/main/main_test.rego": test}
        policies, schemas = write_set(tmp_path, files)
        rows = (
            f'[[survivor]]\npath = "{MAIN}"\nwhere = "unseen"\nchange = "{change}"\n'
            f'before = "{before}"\nwhy = "Nobody asks."\n'
            for change, before in explained
        )
        (tmp_path / "explained.toml").write_text("".join(rows))
        options = {
            "policies": policies,
            "schemas": schemas,
            "cases": tmp_path / "cases",
            "recorded": tmp_path / "recorded.jsonl",
            "explained": tmp_path / "explained.toml",
            "opa": opa(),
        }
        given = [text for name, path in options.items() for text in (f"--{name}", str(path))]
        return CliRunner().invoke(app, ["mutate", *arguments, *given])

    return call


def test_survivors_are_printed_with_file_line_and_change(run):
    result = run()

    assert result.exit_code == 1
    assert f"{MAIN}:7: unseen: verneint (negated): input.y" in result.stdout
    assert "3 überlebt, davon 0 erklärt" in result.stdout.splitlines()[-1]


def test_explained_survivors_are_shown_with_their_reason_and_are_no_failure(run):
    result = run(explained=SURVIVORS)

    assert result.exit_code == 0
    assert result.stdout.count("erklärt (explained): Nobody asks.") == 3


def test_the_output_for_programs_has_score_and_survivors(run):
    document = json.loads(run("--json", explained=SURVIVORS[:1]).stdout)

    assert document["survived"] == len(document["survivors"]) == 3
    assert document["score"] == round(document["killed"] / (document["killed"] + 3), 4)
    assert [row["explained"] for row in document["survivors"]].count("Nobody asks.") == 1
    assert {row["path"] for row in document["survivors"]} == {MAIN}


def test_a_sample_is_as_large_as_asked_for(run):
    document = json.loads(run("--json", "--sample", "2", "--seed", "3").stdout)

    assert document["killed"] + document["survived"] + document["invalid"] == 2


def test_rules_that_do_not_pass_their_own_tests_are_not_mutated(run):
    result = run("--json", test=TEST.replace('"deny"', '"hold"'))

    assert result.exit_code == 2
    assert "trägt schon die Regeln, wie sie sind, nicht" in json.loads(result.stdout)["error"]


def test_a_program_that_is_not_there_is_an_unusable_call():
    result = CliRunner().invoke(app, ["mutate", "--opa", "/nowhere/opa"])

    assert result.exit_code == 2
    assert "--opa nennt es" in result.stderr
