"""Every guarantee and every threat has its tests, or says openly that it has none yet."""

import re
import subprocess
import sys

import pytest

from tests import guarantees
from tests.guarantees import GUARANTEES, ROOT, Claim, existing, faults, read_claims, with_table

CLAIMS = read_claims(guarantees.SOURCE.read_text("utf-8"))
TESTS = sorted({test for claim in CLAIMS for test in claim.tests})
ROWS = [*GUARANTEES, *guarantees.threat_rows(guarantees.THREATS.read_text("utf-8"))]
HELD = Claim("G1", "It holds.", ("tests/test_x.py::test_it_holds",), "")
THERE = {HELD.tests[0]: True}


def test_every_guarantee_and_every_threat_has_tests_or_is_open() -> None:
    assert faults(CLAIMS, ROWS, existing(TESTS)) == []


def test_every_test_of_the_table_is_collected() -> None:
    """A function that pytest does not run shows nothing."""
    files = sorted({test.partition("::")[0] for test in TESTS})
    options = ["--collect-only", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-n", "0"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    collected = {line.partition("[")[0] for line in run.stdout.splitlines()}
    assert set(TESTS) - collected == set()


def test_the_table_in_the_document_is_up_to_date() -> None:
    """Else run `python -m tests.guarantees`."""
    document = guarantees.DOCUMENT.read_text("utf-8")

    assert document == with_table(document, guarantees.table(CLAIMS))


def test_the_readme_says_simply_holds_only_where_nothing_is_open() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    told = dict(re.findall(r"^\| (G\d) \| .* \| (.*) \|$", readme, re.MULTILINE))
    unfinished = {claim.row for claim in CLAIMS if claim.open}

    assert list(told) == list(GUARANTEES)
    assert {row for row, said in told.items() if said != "holds"} == unfinished & told.keys()


def test_threats_are_numbered_without_gaps() -> None:
    threats = ROWS[len(GUARANTEES) :]

    assert threats == [f"T-{number:02}" for number in range(1, len(threats) + 1)]


def test_a_table_in_which_all_is_well_has_no_faults() -> None:
    assert faults([HELD], ["G1"], THERE) == []


@pytest.mark.parametrize(
    ("claims", "rows", "wrong"),
    [
        ([HELD], ["G1", "T-01"], "T-01: no claim"),
        ([HELD], [], "G1: there is no such"),
        ([Claim("G1", "It holds.", (), "")], ["G1"], "either tests, or open"),
        ([Claim("G1", "It holds.", HELD.tests, "more")], ["G1"], "either tests, or open"),
        ([Claim("G1", "It holds.", HELD.tests * 2, "")], ["G1"], "stands twice"),
        ([Claim("G1", "It holds.", ("tests/test_y.py::test_y",), "")], ["G1"], "no test tests/"),
        ([Claim("G2", "Late.", (), "later"), HELD], ["G1", "G2"], "not in the order"),
    ],
)
def test_a_row_without_a_test_is_a_fault(claims: list[Claim], rows: list[str], wrong: str) -> None:
    assert any(wrong in fault for fault in faults(claims, rows, THERE))


def test_a_test_that_no_file_defines_does_not_exist() -> None:
    own = "tests/test_guarantees.py::test_a_test_that_no_file_defines_does_not_exist"
    wrong = ["tests/test_guarantees.py::test_other", "tests/no_file.py::test_x", "gateway/x.py::y"]

    assert existing([own, *wrong]) == {own: True, **dict.fromkeys(wrong, False)}
