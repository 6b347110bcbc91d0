"""The change of a necessity row that the README works through goes as it says there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.builders import REPOSITORY

README = (REPOSITORY / "README.md").read_text("utf-8")
SECTION = README.partition("**A change, step by step**")[2].partition("The worked case says")[0]
CALLS = [
    line.split()
    for block in re.findall(r"<!-- change -->\n```sh\n(.*?)```", SECTION, re.DOTALL)
    for line in block.splitlines()
]
TOLD = re.findall(r"```text\n(.*?)```", SECTION, re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A working folder in which the README's relative paths lead to copies."""
    work = tmp_path / "work"
    (work / "tests" / "vectors").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "policies", work / "policies")
    shutil.copytree(REPOSITORY / "tests/vectors/cases", work / "tests" / "vectors" / "cases")
    return work


def run(desk: Path, call: list[str]) -> tuple[int, list[str]]:
    """Run a call as it stands in the README; return its status and all that it says."""
    if call[0] == "cp":
        shutil.copytree(desk / call[2], desk / call[3])
        return 0, []
    program = str(Path(sys.executable).with_name("datenschleuse"))
    done = subprocess.run(
        [program, *call[1:]],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]


def edit(desk: Path, **cells: str | None) -> None:
    """Set cells of the row `guest_names`, by column."""
    path = desk / "PREMISES_HAZARD_NOTICE.xlsx"
    book = load_workbook(path)
    page = book["Erforderlichkeit"]
    row = next(cell.row for cell in page["B"] if cell.value == "guest_names")
    for column, value in cells.items():
        page[f"{column}{row}"] = value
    book.save(path)


def shown(text: str) -> list[str]:
    return [line for line in text.splitlines() if line != "…"]


def test_the_change_of_the_readme_goes_as_it_says(desk: Path) -> None:
    copy, export, take_in, diff, test = CALLS
    refused, written, decided = map(shown, TOLD)

    assert run(desk, copy)[0] == run(desk, export)[0] == 0
    edit(desk, D="erforderlich")
    assert run(desk, take_in) == (1, refused)
    edit(desk, E=None, F=None)
    status, told = run(desk, take_in)
    assert (status, told[: len(written)]) == (0, written)

    found = [*run(desk, diff)[1], *run(desk, test)[1]]
    assert [line for line in decided if line not in found] == []
    assert run(desk, diff)[0] == run(desk, test)[0] == 1
