import json
from io import BytesIO

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from gateway.cli.policy import app
from tests.policy.spreadsheet.small_rules import NECESSITY, SmallRules


@pytest.fixture
def rules(tmp_path):
    return SmallRules(tmp_path)


@pytest.fixture
def run(rules):
    def call(*arguments):
        return CliRunner().invoke(app, ["table", *map(str, arguments), *rules.folders])

    return call


@pytest.fixture
def file(tmp_path):
    return tmp_path / "NOTE.xlsx"


def need_of_names(rules):
    return json.loads((rules.policies / NECESSITY).read_text())["OFFICE"]["names"]["need"]


def test_out_and_in_again_changes_no_byte(run, rules, file):
    before = rules.contents()

    exported, imported = run("export", file), run("import", file)

    assert exported.exit_code == imported.exit_code == 0
    assert exported.stdout == f"{file}: NOTE, 2 Zeilen der Erforderlichkeit. (2 rows.)\n"
    assert imported.stdout == "Kein Unterschied zu den Regeln. (No difference to the rules.)\n"
    assert rules.contents() == before


def test_an_edited_row_is_told_in_words_and_written(run, rules, file):
    file.write_bytes(rules.workbook(D3="bedingt"))

    result = run("import", file)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "NOTE → Ordnungsamt (OFFICE): „Namen“ (names): Erforderlichkeit zurückhalten → bedingt",
        "  NOTE → OFFICE: names: need withhold → conditional",
        f"Geschrieben (written): {rules.policies / NECESSITY}",
    ]
    assert need_of_names(rules) == "conditional"


def test_a_dry_run_shows_and_writes_nothing(run, rules, file):
    file.write_bytes(rules.workbook(D3="bedingt"))

    result = run("import", file, "--dry-run")

    assert result.exit_code == 0
    assert "zurückhalten → bedingt" in result.stdout
    assert need_of_names(rules) == "withhold"


def test_a_wrong_cell_is_told_with_its_address_and_status_is_1(run, rules, file):
    file.write_bytes(rules.workbook(D3='=IF(1,"bedingt")'))

    result = run("import", file)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Erforderlichkeit!D3: Hier steht eine Formel; tragen Sie Text ein."
        " (Here is a formula; enter text.)",
        "1 Befunde, nichts geschrieben (1 findings, nothing written)",
    ]
    assert need_of_names(rules) == "withhold"


def test_rules_that_changed_since_the_export_are_not_overwritten_unless_told(run, rules, file):
    exported = rules.workbook(C3="Namen der Gäste")
    file.write_bytes(rules.workbook(D3="bedingt"))
    run("import", file)
    file.write_bytes(exported)

    refused = run("import", file)

    assert refused.exit_code == 1
    assert "bedingt → zurückhalten" in refused.stdout
    assert "--replace" in refused.stderr
    assert need_of_names(rules) == "conditional"

    assert run("import", file, "--replace").exit_code == 0
    assert need_of_names(rules) == "withhold"


def test_a_workbook_that_is_there_is_not_overwritten(run, file):
    file.write_bytes(b"mine")

    result = run("export", file)

    assert result.exit_code == 2
    assert "steht schon da" in result.stderr
    assert file.read_bytes() == b"mine"


def test_a_workbook_may_have_another_name_than_its_kind(run, tmp_path):
    file = tmp_path / "tabelle.xlsx"

    assert run("export", file).exit_code == 2
    assert run("export", file, "--kind", "NOTE").exit_code == 0
    assert run("import", file).exit_code == 0


def test_out_and_in_for_a_program(run, rules, file):
    exported = json.loads(run("export", file, "--json").stdout)
    wrong = rules.workbook(A2=None)
    file.write_bytes(rules.workbook(D3="bedingt"))
    imported = json.loads(run("import", file, "--json").stdout)
    file.write_bytes(wrong)
    refused = run("import", file, "--json")

    assert (exported["kind"], exported["rows"]) == ("NOTE", 2)
    assert imported["written"] is True
    assert imported["files"] == [str(rules.policies / NECESSITY)]
    assert imported["changes"][0]["en"].endswith("need withhold → conditional")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["written"] is False


@pytest.mark.parametrize("content", [None, b"Angabe;Erforderlichkeit"])
def test_a_file_that_is_no_workbook_is_status_2(run, file, content):
    if content is not None:
        file.write_bytes(content)

    result = run("import", file)

    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert result.stdout == ""


def test_a_workbook_that_cannot_be_written_is_status_2(run):
    result = run("export", "/nowhere/NOTE.xlsx")

    assert result.exit_code == 2
    assert "/nowhere/NOTE.xlsx" in result.stderr


def test_a_folder_that_takes_no_file_is_status_2_and_changes_nothing(run, rules, file):
    file.write_bytes(rules.workbook(D3="bedingt"))
    before = rules.contents()
    (rules.policies / "necessity" / "NOTE" / ".data.json.new").mkdir()

    result = run("import", file)

    assert result.exit_code == 2
    assert "Nichts geschrieben" in result.stderr
    assert rules.contents() == before


def test_the_exported_file_is_the_workbook_of_the_rules(run, rules, file):
    run("export", file)

    def cells(content):
        page = load_workbook(BytesIO(content))["Erforderlichkeit"]
        return [[cell.value for cell in row] for row in page.iter_rows()]

    assert cells(file.read_bytes()) == cells(rules.workbook())
