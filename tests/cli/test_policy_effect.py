"""`datenschleuse policy effect`: in words, as JSON, with the controllers of a registry."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from gateway.cli.policy import app
from tests.builders import REPOSITORY

Json = Any
KIND = "PREMISES_HAZARD_NOTICE"


@pytest.fixture
def a_state(tmp_path: Path) -> Callable[..., Path]:
    """Write the rules of the repository: the routes of one kind alone, one table changed."""

    def write(
        name: str, table: str = "", change: Callable[[Json], object] = lambda _: None
    ) -> Path:
        policies = tmp_path / name / "policies"
        shutil.copytree(REPOSITORY / "policies", policies)
        shutil.copytree(REPOSITORY / "schemas", tmp_path / name / "schemas")
        routes = json.loads((policies / "routes" / "data.json").read_text("utf-8"))
        (policies / "routes" / "data.json").write_text(json.dumps({KIND: routes[KIND]}), "utf-8")
        if table:
            path = policies / table / "data.json"
            rows = json.loads(path.read_text("utf-8"))
            change(rows)
            path.write_text(json.dumps(rows), "utf-8")
        return policies

    return write


def tightened(rows: Json) -> None:
    needless = {"need": "withhold", "reason": "not_necessary", "rule": "GDPR-5-1C"}
    rows["MUNICIPAL_ORDER"]["premises_address"].update(needless)


def run(*arguments: object) -> Result:
    cases = str(REPOSITORY / "tests" / "vectors" / "cases" / "cases.json")
    return CliRunner().invoke(app, ["effect", *map(str, arguments), "--cases", cases])


def test_a_tightening_is_status_0_and_names_whose_sending_it_touches(
    a_state: Callable[..., Path], home: Path
) -> None:
    """The unit of the police sends this kind, that of the order office only receives it."""
    after = a_state("b", f"necessity/{KIND}", tightened)
    found = run(a_state("a"), after, "--home", home)
    first, *middle, touched, asked = found.stdout.splitlines()
    assert (found.exit_code, first) == (0, "Verschärft nur. (Only tightens.)")
    assert any(f"necessity.{KIND}.MUNICIPAL_ORDER.premises_address: " in line for line in middle)
    assert touched.endswith(": polizei-traeger")
    assert "26 Fälle" in asked


def test_changed_rego_is_status_1(a_state: Callable[..., Path]) -> None:
    after = a_state("b")
    with (after / "exchange" / "main" / "main.rego").open("a", encoding="utf-8") as file:
        file.write("\n# more\n")
    found = run(a_state("a"), after)
    assert found.exit_code == 1
    assert found.stdout.startswith("Gibt mehr frei")
    assert "policies/exchange/main/main.rego" in found.stdout


def test_a_label_is_status_0_and_no_tightening(a_state: Callable[..., Path], home: Path) -> None:
    def relabel(rows: Json) -> None:
        rows["MUNICIPAL_ORDER"]["guest_names"]["label_de"] = "Namen der Gäste"

    after = a_state("b", f"necessity/{KIND}", relabel)
    found = run(a_state("a"), after, "--home", home, "--json")
    document = json.loads(found.stdout)
    assert found.exit_code == 0
    assert document["effect"]["tightens_only"] is document["effect"]["releases_more"] is False
    assert [why["code"] for why in document["effect"]["why"]] == ["wording"]
    assert (document["undecided"], document["cases"]) == (0, 26)


def test_a_folder_that_is_none_is_status_2(a_state: Callable[..., Path], tmp_path: Path) -> None:
    found = run(a_state("a"), tmp_path / "nothing", "--json")
    assert found.exit_code == 2
    assert "error" in json.loads(found.stdout)
