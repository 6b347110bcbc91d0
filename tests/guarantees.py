"""The table from each guarantee and each threat to its tests: read, checked, written.

`python -m tests.guarantees` writes it into deploy/architecture.md.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "deploy" / "guarantees.toml"
DOCUMENT = ROOT / "deploy" / "architecture.md"
THREATS = ROOT / "deploy" / "threats.md"
GUARANTEES = tuple(f"G{number}" for number in range(1, 10))

_BEGIN = "<!-- guarantees: made by python -m tests.guarantees -->\n"
_END = "<!-- guarantees: end -->\n"
_THREAT = re.compile(r"^\| (T-\d\d) ([STRIDE](?:, [STRIDE])*) \|", re.MULTILINE)
_NODE = re.compile(r"(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a row: shown by *tests*, or open and *open* says what is missing."""

    row: str
    says: str
    tests: tuple[str, ...]
    open: str


def read_claims(text: str) -> tuple[Claim, ...]:
    """Return the claims of a TOML document, row after row in its order."""
    return tuple(
        Claim(row, claim["says"], tuple(claim.get("tests", ())), claim.get("open", ""))
        for row, claims in tomllib.loads(text).items()
        for claim in claims
    )


def threat_rows(text: str) -> list[str]:
    """Return the ids of the rows of threats.md."""
    return [match[1] for match in _THREAT.finditer(text)]


def faults(claims: Iterable[Claim], rows: Iterable[str], exists: Mapping[str, bool]) -> list[str]:
    """Return what is wrong with the table: *rows* is what it must cover, in this order.

    *exists* says of each test that is named whether there is one.
    """
    claims = list(claims)
    named = list(dict.fromkeys(claim.row for claim in claims))
    wanted = list(rows)
    found = [f"{row}: no claim, so no test" for row in wanted if row not in named]
    found += [f"{row}: there is no such guarantee or threat" for row in named if row not in wanted]
    if not found and named != wanted:
        found.append(f"the rows are not in the order {', '.join(wanted)}")
    for claim in claims:
        where = f"{claim.row}, {claim.says!r}"
        if bool(claim.tests) == bool(claim.open):
            found.append(f"{where}: either tests, or open with what is missing")
        if len(set(claim.tests)) != len(claim.tests):
            found.append(f"{where}: a test stands twice")
        found += [f"{where}: no test {test}" for test in claim.tests if not exists.get(test)]
    return found


def existing(tests: Iterable[str]) -> dict[str, bool]:
    """Say of each `path::name` whether that file defines that test at its top."""
    wanted = set(tests)
    paths = {match[1] for match in map(_NODE.fullmatch, wanted) if match is not None}
    defined = {
        f"{path}::{name}"
        for path in paths
        if (ROOT / path).is_file()
        for name in _functions(ROOT / path)
    }
    return {test: test in defined for test in wanted}


def table(claims: Iterable[Claim]) -> str:
    """Return the Markdown table: one line a claim, tests as links that read as sentences."""
    lines = ["| row | what is claimed | shown by |", "|---|---|---|"]
    before = None
    for claim in claims:
        row = "" if claim.row == before else f"**{claim.row}**"
        before = claim.row
        shown = "<br>".join(map(_link, claim.tests)) or f"**not yet:** {claim.open}"
        lines.append(f"| {row} | {claim.says} | {shown} |")
    return "\n".join(lines) + "\n"


def with_table(document: str, made: str) -> str:
    """Return the document with *made* between the marks."""
    head, begin, rest = document.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT} has lost the marks of the table")
    return f"{head}{begin}{made}{end}{tail}"


def main() -> None:
    """Write the table; what is wrong with it is said by the tests."""
    made = table(read_claims(SOURCE.read_text("utf-8")))
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8"), made), "utf-8")


def _functions(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


if __name__ == "__main__":
    main()
