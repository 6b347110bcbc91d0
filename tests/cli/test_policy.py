import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from gateway.adapters.file_signer import FileSigner
from gateway.cli.policy import app
from gateway.demo.certificates import write_key
from tests.oracles.opa import opa
from tests.policy.builders import a_case
from tests.policy.explanations import CASES
from tests.policy.sets import MAIN, write_set

PERMIT = """package exchange.main

# METADATA
# custom: {id: LAW-1, reason: why, de: Darum., en: So.}
decision := {
	"verdict": "permit",
	"denials": [],
	"outcomes": [
		{"action": "release", "parameters": {}, "reasons": [], "members": ["facts"]},
		{
			"action": "withhold",
			"parameters": {},
			"reasons": [{"reason": "why", "rule": "LAW-1"}],
			"members": ["witness"],
		},
	],
	"obligations": [{"code": "OB-LOG", "rule": "LAW-1", "parameters": {}}],
	"regime": {"sender": "JI", "recipient": "DSGVO"},
	"struck_out": [],
	"rules_applied": ["LAW-1"],
}
"""
OBLIGATIONS = {"policies/obligations/data.json": {"OB-LOG": {}}}
NEEDS = {"policies/needs/data.json": {"reasons": {"LAW-1": {"why": {"any_of": []}}}}}


@pytest.fixture
def run(tmp_path):
    """Call the command on a small policy set, with files of its own in place of the valid ones."""

    def call(*arguments, files=None):
        valid = {MAIN: PERMIT, **OBLIGATIONS}
        if MAIN not in (files or {}):  # the reason of the valid rules has its row
            valid |= NEEDS
        policies, schemas = write_set(tmp_path, {**valid, **(files or {})})
        folders = ["--policies", str(policies), "--schemas", str(schemas)]
        return CliRunner().invoke(app, [*arguments, *folders])

    return call


@pytest.fixture
def case_file(tmp_path):
    def write(*cases):
        path = tmp_path / "cases.json"
        rows = [{"id": c.id, "title": c.title, **c.request, "expected": c.expected} for c in cases]
        path.write_text(json.dumps(rows))
        return str(path)

    return write


@pytest.mark.opa
def test_cases_are_decided_by_a_real_server_that_the_command_starts(run, case_file):
    result = run("test", case_file(a_case()), "--engine", "opa", "--opa", str(opa()))

    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["V01  ok  A title", "1 passed, 0 failed"]


def test_without_the_program_no_case_is_decided(run, case_file):
    result = run("test", case_file(a_case()), "--engine", "opa", "--opa", "/nowhere/opa")

    assert result.exit_code == 2
    assert "/nowhere/opa" in result.stderr


def test_cases_that_pass_end_with_the_counts_and_status_0(run, case_file):
    result = run("test", case_file(a_case()))

    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["V01  ok  A title", "1 passed, 0 failed"]


def test_a_case_that_differs_says_how_in_one_line_and_status_is_1(run, case_file):
    result = run("test", case_file(a_case(), a_case(expected={"obligations": ["OB-NEW"]})))

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "V01  ok  A title",
        "V01  ABWEICHUNG  A title: Auflage fehlt: OB-NEW (obligation missing)",
        "1 passed, 1 failed",
    ]


def test_cases_for_a_program(run, case_file):
    result = run("test", case_file(a_case(regime_sender="DSGVO")), "--json")

    report = json.loads(result.stdout)
    assert (report["passed"], report["failed"], result.exit_code) == (0, 1, 1)
    assert report["cases"][0]["differences"] == ["Rechtsregime (sender) JI statt DSGVO (regime)"]


@pytest.mark.parametrize("content", ["[]", "no json", None])
def test_an_unusable_case_file_is_status_2(run, tmp_path, content):
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_text(content)

    result = run("test", str(path))

    assert result.exit_code == 2
    assert "cases.json" in result.stderr
    assert result.stdout == ""


def test_a_refused_policy_set_is_status_2_with_its_places(run, case_file):
    result = run("test", case_file(a_case()), files={MAIN: "package exchange.main\n\nr := [1 2]\n"})

    assert result.exit_code == 2
    assert f"{MAIN}:3: " in result.stderr


def test_a_set_in_order_is_status_0_with_its_digest(run):
    result = run("check")

    assert result.exit_code == 0
    assert result.stdout.startswith("In Ordnung: 1 Module, 1 Gründe im Katalog, Policy-Digest ")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("decision := http.send({})", 5),
        ("decision := [1 2]", 5),
        ("decision := no_such_function(1)", 5),
        ('decision := {"reason": "x", "rule": "LAW-1"}', 5),
        ("decision := 1\n\npublic := 2", 7),
    ],
)
def test_what_is_to_do_is_told_with_file_and_line_and_status_1(run, source, line):
    head = "package exchange.main\n\n# METADATA\n# title: A\n"

    result = run("check", files={MAIN: f"{head}{source}\n"})

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{MAIN}:{line}: ")
    assert result.stdout.splitlines()[-1] == "1 Befunde (findings)"


def test_findings_for_a_program(run):
    result = run("check", "--json", files={"policies/routes/routes.json": "{}"})

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(f["path"], f["line"]) for f in report["findings"]] == [
        ("policies/routes/routes.json", 0)
    ]
    assert len(report["policy_digest"]) == 64


@pytest.mark.parametrize("command", ["check", "test"])
def test_help_shows_an_example(command):
    result = CliRunner().invoke(app, [command, "--help"])

    assert result.exit_code == 0
    assert f"datenschleuse policy {command}" in result.stdout


def test_the_configuration_for_opa_has_the_public_half_of_the_bundle_key(tmp_path):
    (tmp_path / "keys").mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    write_key(tmp_path / "keys" / "bundle.pem", key)
    names = {"origin": "gateway.example/2026", "public_url": "https://gateway.example"}
    paths = dict.fromkeys(["tls_certificate", "tls_key", "client_ca", "partner_ca"], "x.pem")
    lines = [f'{name} = "{value}"' for name, value in {**names, **paths}.items()]
    (tmp_path / "gateway.toml").write_text("\n".join(lines))

    result = CliRunner().invoke(
        app, ["opa-config", "--home", str(tmp_path), "--url", "https://gateway.example:8444"]
    )

    config = json.loads(result.stdout)
    (listed,) = config["keys"].values()
    assert listed["key"] == FileSigner(key).public_pem
    assert config["services"]["gateway"]["url"] == "https://gateway.example:8444"
    assert "PRIVATE" not in result.stdout


def test_a_case_is_decided_alone_with_all_that_the_rules_found():
    result = CliRunner().invoke(app, ["test", str(CASES), "--explain", "V02"])

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("V02  ok  ")
    assert "4. Was der Übermittlung entgegensteht (what stands against it)" in lines
    assert lines[-1] == "1 passed, 0 failed"


def test_an_explained_case_for_a_program():
    result = CliRunner().invoke(app, ["test", str(CASES), "--explain", "V02", "--json"])

    (explanation,) = json.loads(result.stdout)["explanations"]
    assert explanation["verdict"] == "deny"


def test_a_case_that_no_file_has_is_status_2_with_those_there_are(run, case_file):
    result = run("test", case_file(a_case()), "--explain", "V99")

    assert result.exit_code == 2
    assert "V99" in result.stderr
    assert "V01" in result.stderr


def test_what_no_case_reaches_is_told_on_request(run, case_file):
    necessity = {"policies/necessity/NOTE/data.json": {"OFFICE": {"facts": {}, "other": {}}}}

    result = run("test", case_file(a_case()), "--coverage", files=necessity)
    machine = run("test", case_file(a_case()), "--coverage", "--json", files=necessity)

    assert "  – kein Fall (no case): NOTE/OFFICE/other" in result.stdout
    assert "NOTE/OFFICE/facts" not in result.stdout
    assert json.loads(machine.stdout)["coverage"]["rows"] == {
        "NOTE/OFFICE/facts": ["V01"],
        "NOTE/OFFICE/other": [],
    }
