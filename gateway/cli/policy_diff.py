"""`datenschleuse policy diff`: in what two states of the rules differ, in words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.policy_options import (
    REPOSITORY,
    SCHEMAS,
    Machine,
    print_json,
    unusable,
)
from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.policy.case_files import Case, CaseFileUnusable, read_case_file, read_document
from gateway.policy.findings import refuse
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.set_differences import Difference, difference
from gateway.policy.table_differences import Change

Json = Any

EXAMPLE = "Beispiel (example): datenschleuse policy diff ../vorher/policies policies"
_CASES = REPOSITORY / "tests" / "vectors" / "cases"
_NONE = "Kein Unterschied. (No difference.)"


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="Ordner der Regeln, wie sie waren.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Ordner der Regeln, wie sie sind.")],
    files: Annotated[
        list[Path] | None,
        typer.Option("--cases", help="Falldatei; mehrmals. Sonst die des Projekts. (Case file.)"),
    ] = None,
    schemas: Annotated[
        Path | None,
        typer.Option(help="Schemas beider; sonst der Ordner `schemas` daneben, oder der eigene."),
    ] = None,
    as_json: Machine = False,
) -> None:
    """In Worten zeigen, worin B anders ist als A, und welche Fälle anders entschieden werden.

    (Say in words in what B differs from A: rows, rules, wording, and which cases decide
    otherwise, from what to what.) Exit status 0: the same, 1: different, 2: cannot be compared.
    """
    try:
        old, new = read_state(before, schemas), read_state(after, schemas)
        cases = list(cases_of(files))
        found = difference(old, new, cases)
    except (CaseFileUnusable, PolicySetRefused, PolicyUnavailable) as error:
        unusable(str(error), as_json)
    if as_json:
        digests = [reading.policy_set.digest for reading in (old, new)]
        print_json(_document(found, digests, len(cases)))
    else:
        _print(found, len(cases))
    raise typer.Exit(0 if found.nothing else 1)


def read_state(policies: Path, schemas: Path | None) -> Reading:
    """Read a folder of rules with its own schemas, those beside it, or ours.

    Raises:
        CaseFileUnusable: There is no such folder.
        PolicySetRefused: Its rules do not load.
    """
    if not policies.is_dir():
        raise CaseFileUnusable(f"{policies}: kein Ordner. (Not a folder.)")
    beside = policies.resolve().parent / "schemas"
    reading = read_policy_set(policies, schemas or (beside if beside.is_dir() else SCHEMAS))
    try:
        refuse(reading.findings)
    except PolicySetRefused as error:
        raise PolicySetRefused(f"{policies}:\n{error}") from error
    return reading


def cases_of(files: list[Path] | None) -> Iterable[Case]:
    """The cases of the files that were named, or of all case files of the project."""
    for path in files if files is not None else sorted(_CASES.glob("*.json")):
        if files is not None or isinstance(read_document(path), list):
            yield from read_case_file(path)


def _print(found: Difference, compared: int) -> None:
    parts = (
        ("Tabellen (tables)", found.tables),
        ("Regeln (rules)", found.rules),
        ("Schemas", found.schemas),
    )
    for heading, changes in parts:
        if changes:
            typer.echo(f"{heading}:")
            _print_changes(changes)
    if found.cases:
        typer.echo("Anders entschieden (decided otherwise):")
    for case in found.cases:
        typer.echo(f"  {case.id}  {case.title}")
        _print_changes(case.changes, "  ")
    if found.nothing:
        typer.echo(_NONE)
    typer.echo(
        f"{len(found.cases)} von {compared} Fällen anders entschieden"
        f" ({len(found.cases)} of {compared} cases decided otherwise)"
    )


def _print_changes(changes: Iterable[Change], indent: str = "") -> None:
    for change in changes:
        typer.echo(f"{indent}  {change.de}")
        typer.echo(f"{indent}    {change.en}")


def _document(found: Difference, digests: list[str], compared: int) -> Json:
    return {
        "same": found.nothing,
        "policy_digests": digests,
        "tables": _rows(found.tables),
        "rules": _rows(found.rules),
        "schemas": _rows(found.schemas),
        "cases": [
            {"id": case.id, "title": case.title, "changes": _rows(case.changes)}
            for case in found.cases
        ],
        "cases_compared": compared,
    }


def _rows(changes: Iterable[Change]) -> list[dict[str, str]]:
    return [{"de": change.de, "en": change.en} for change in changes]
