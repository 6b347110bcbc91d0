"""`datenschleuse policy coverage`: what stands behind each rule of the catalogue."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.cli.policy_options import (
    POLICIES,
    REPOSITORY,
    SCHEMAS,
    Machine,
    Policies,
    Schemas,
    print_json,
    unusable,
)
from gateway.cli.progress import bar
from gateway.errors import GatewayError, PolicyUnavailable
from gateway.policy.case_coverage import coverage_of
from gateway.policy.case_files import Case, read_case_file
from gateway.policy.cases import run_cases
from gateway.policy.coverage.page import page_of
from gateway.policy.coverage.pairs import find_pairs
from gateway.policy.coverage.report import Coverage, RuleCoverage, cover
from gateway.policy.findings import refuse
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.mutation.proof import case_files

EPILOG = "Beispiel (example): datenschleuse policy coverage --on 2027-01-01"


def coverage(
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    cases: Annotated[
        Path, typer.Option(help="Ordner der Falldateien. (Folder of the case files.)")
    ] = REPOSITORY / "tests" / "vectors" / "cases",
    opa: Annotated[
        Path, typer.Option(help="Programm OPA; es nennt die Stellen. (The program; it says where.)")
    ] = Path("opa"),
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="An diesem Tag; sonst heute. (On that day.)"),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Als Seite. (As a page, for deploy/.)")
    ] = False,
    as_json: Machine = False,
) -> None:
    """Zu jeder Regel des Katalogs: Norm, Stellen, Rego-Tests, Fälle, Zeilen; und was fehlt.

    (For each rule of the catalogue its norm, places, Rego tests, cases, rows; and what is
    missing. 1 if a rule is not shown both ways by Rego tests, 2 if a file is unusable.)
    """
    try:
        program = shutil.which(opa)
        if program is None:
            raise PolicyUnavailable(f"{opa}: kein solches Programm; --opa nennt es. (No program.)")
        reading = read_policy_set(policies, schemas)
        refuse(reading.findings)
        with bar("Regeln", hidden=as_json or markdown) as progress:
            pairs = find_pairs(reading, Path(program), progress)
        reached = asyncio.run(cases_by_rule(reading, cases))
    except GatewayError as error:
        unusable(str(error), as_json)
    day = (on or datetime.now(UTC)).date()
    found = cover(reading, reached, pairs, day)
    if as_json:
        print_json(_document(found))
    elif markdown:
        typer.echo(page_of(found), nl=False)
    else:
        for line in _lines(found):
            typer.echo(line)
    raise typer.Exit(0 if all(rule.proven for rule in found.rules) else 1)


async def cases_by_rule(reading: Reading, folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Decide the cases of *folder*; return by rule id the cases whose decision names it.

    Raises:
        CaseFileUnusable: A file cannot be read.
        PolicyUnavailable: The engine did not come up.
    """
    cases: list[Case] = [case for file in case_files(folder) for case in read_case_file(file)]
    engine = EmbeddedEngine(PoolLimits(children=1))
    await engine.start(reading.policy_set)
    try:
        results = await run_cases(engine, reading.policy_set, cases)
    finally:
        await engine.close()
    return coverage_of(reading.policy_set, zip(cases, results, strict=True)).rules


def _lines(found: Coverage) -> list[str]:
    lines = [_line(rule) for rule in found.rules]
    for de, en, rules in found.lacking():
        lines.append(f"{de} ({en}): {len(rules)}")
        lines += [f"  – {rule.rule}: {rule.citation}" for rule in rules]
    lines.append(f"Zeilen, nach denen keine Regel fragt (unread rows): {len(found.unread)}")
    lines += [f"  – {row.path}:{row.line}: {row.row}: {row.de} ({row.en})" for row in found.unread]
    count, proven, kept = len(found.rules), found.proven, found.kept_elsewhere
    lines.append(
        f"Stand {found.on}: von {count} Regeln {proven} in beide Richtungen gezeigt, {kept}"
        f" entscheiden für sich nichts (of {count} rules {proven} shown both ways, {kept} decide"
        " nothing by themselves)"
    )
    return lines


def _line(rule: RuleCoverage) -> str:
    pair = rule.pair
    stays = "immer" if pair.always and not pair.stays else _yes(bool(pair.stays))
    return (
        f"{rule.rule:18} {rule.status}  greift {_yes(bool(pair.fires)):4} nicht {stays:5}"
        f" Stellen {len(rule.places):2} Zeilen {len(rule.rows):3} Fälle {len(rule.cases):2}"
        f"  {rule.title}"
    )


def _yes(value: bool) -> str:
    return "ja" if value else "nein"


def _document(found: Coverage) -> dict[str, Any]:
    return {
        "on": found.on.isoformat(),
        "proven": found.proven,
        "kept_elsewhere": found.kept_elsewhere,
        "rules": [
            {**asdict(rule), "proven": rule.proven, "unconfirmed": rule.unconfirmed}
            for rule in found.rules
        ],
        "lacking": {en: [rule.rule for rule in rules] for _, en, rules in found.lacking()},
        "unread_rows": [asdict(row) for row in found.unread],
    }
