"""`datenschleuse policy`: look rules over, and run case files against them."""

import asyncio
import shutil
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.adapters.opa_config import opa_config
from gateway.adapters.rego_parser import findings_in
from gateway.cli import change, policy_change, policy_coverage, policy_mutate
from gateway.cli.policy_diff import EXAMPLE as DIFF_EXAMPLE
from gateway.cli.policy_diff import diff
from gateway.cli.policy_effect import EXAMPLE as EFFECT_EXAMPLE
from gateway.cli.policy_effect import effect
from gateway.cli.policy_explain import EXAMPLE as EXPLAIN_EXAMPLE
from gateway.cli.policy_explain import explain, explained
from gateway.cli.policy_options import (
    POLICIES,
    SCHEMAS,
    Machine,
    Policies,
    Schemas,
    print_json,
    unusable,
)
from gateway.cli.policy_replay import again
from gateway.cli.policy_table import app as table_app
from gateway.engines import bundle_key
from gateway.errors import PolicySetRefused, PolicyUnavailable, StartRefused
from gateway.local_opa import local_opa
from gateway.policy.case_coverage import coverage_lines, coverage_of
from gateway.policy.case_files import Case, CaseFileUnusable, read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.cases import CaseResult, run_cases
from gateway.policy.checks import check_reading
from gateway.policy.explanation_text import lines_of
from gateway.policy.findings import Finding, refuse
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.policy_set import PolicySet
from gateway.settings import load_settings

app = typer.Typer(
    no_args_is_help=True, help="Regeln prüfen und Fälle durchspielen. (Check rules, run cases.)"
)
app.command("coverage", epilog=policy_coverage.EPILOG)(policy_coverage.coverage)
app.command("mutate", epilog=policy_mutate.EPILOG)(policy_mutate.mutate)


class Which(StrEnum):
    """The engines of the case runner."""

    embedded = "embedded"
    opa = "opa"


_ONE_CHILD = PoolLimits(children=1)


@app.command(epilog="Beispiel (example): datenschleuse policy check --policies policies")
def check(
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    as_json: Machine = False,
) -> None:
    """Syntax, erlaubte Namen, METADATA, Schemas und Tabellen prüfen; 1, wenn etwas zu tun ist.

    (Check syntax, allowed names, METADATA, schemas and tables; 1 if there is something to do.)
    """
    try:
        reading = read_policy_set(policies, schemas)
        findings = check_reading(reading)
        if not findings:
            findings = _compiled(reading)
    except PolicyUnavailable as error:
        unusable(str(error), as_json)
    policy_set = reading.policy_set
    if as_json:
        rows = [{"path": f.path, "line": f.line, "de": f.de, "en": f.en} for f in findings]
        print_json({"findings": rows, "policy_digest": policy_set.digest})
    else:
        for finding in findings:
            typer.echo(str(finding))
        if findings:
            typer.echo(f"{len(findings)} Befunde (findings)")
        else:
            typer.echo(
                f"In Ordnung: {len(policy_set.modules)} Module,"
                f" {len(policy_set.catalogue.entries)} Gründe im Katalog,"
                f" Policy-Digest {policy_set.digest} (all in order)"
            )
    raise typer.Exit(1 if findings else 0)


@app.command(epilog="Beispiel (example): datenschleuse policy test cases.json")
def test(
    files: Annotated[list[Path], typer.Argument(help="Falldateien. (Case files.)")],
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    engine: Annotated[Which, typer.Option(help="Regelmaschine. (Policy engine.)")] = Which.embedded,
    opa: Annotated[
        Path, typer.Option(help="Programm OPA 1.20.2, für `--engine opa`. (The program.)")
    ] = Path("opa"),
    explain_id: Annotated[
        str | None,
        typer.Option("--explain", help="Nur diesen Fall, mit allem, was die Regeln fanden. (Why.)"),
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Auch: was kein Fall erreicht. (What none reaches.)")
    ] = False,
    as_json: Machine = False,
) -> None:
    """Fälle entscheiden und mit dem Erwarteten vergleichen; 1, wenn einer abweicht.

    (Decide cases and compare with what is expected; 1 if one differs, 2 if a file is unusable.)
    """
    try:
        cases = _chosen([case for file in files for case in read_case_file(file)], explain_id)
        reading = read_policy_set(policies, schemas)
        refuse(reading.findings)
        policy_set = reading.policy_set
        program = _program(opa) if engine is Which.opa else None
        results = asyncio.run(_decide(policy_set, cases, program))
        explanations = [
            explained(reading, input_of_case(case, policy_set)) for case in cases if explain_id
        ]
    except (CaseFileUnusable, PolicySetRefused, PolicyUnavailable) as error:
        unusable(str(error), as_json)
    failed = [result for result in results if not result.passed]
    reached = coverage_of(policy_set, zip(cases, results, strict=True)) if coverage else None
    if as_json:
        rows = [
            {"id": r.id, "title": r.title, "passed": r.passed, "differences": r.differences}
            for r in results
        ]
        document = {
            "cases": rows,
            "passed": len(results) - len(failed),
            "failed": len(failed),
            "policy_digest": policy_set.digest,
        }
        if explain_id:
            document["explanations"] = explanations
        if reached is not None:
            document["coverage"] = asdict(reached)
        print_json(document)
    else:
        for result in results:
            typer.echo(_line(result))
        for document in explanations:
            for line in lines_of(document):
                typer.echo(line)
        for line in coverage_lines(reached) if reached else ():
            typer.echo(line)
        typer.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    raise typer.Exit(1 if failed else 0)


app.command(
    "replay",
    epilog="Beispiel (example): datenschleuse policy replay --home ./gateway --active "
    "--purpose Eigenüberwachung",
)(again)


@app.command("opa-config", epilog="Beispiel (example): datenschleuse policy opa-config > opa.yaml")
def print_opa_config(
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")],
    url: Annotated[
        str, typer.Option(help="Wo der OPA-Server die Schleuse findet. (Where it finds us.)")
    ] = "",
    files: Annotated[
        Path, typer.Option(help="Ordner mit ca.pem, tls.pem und tls.key, auf seiner Maschine.")
    ] = Path("/etc/opa"),
    kept: Annotated[
        Path, typer.Option(help="Ordner, in dem er das Bundle behält. (Where he keeps the bundle.)")
    ] = Path("/var/lib/opa"),
) -> None:
    """Die Konfiguration für den OPA-Server ausgeben; in ihr steht kein Geheimnis.

    (Print the configuration for the OPA server; there is no secret in it.)
    """
    try:
        settings = load_settings(home)
        key = bundle_key(settings).public_pem
    except StartRefused as error:
        unusable(str(error), as_json=False)
    place = url or f"https://{settings.opa_bundle_host}:{settings.opa_bundle_port}"
    config = opa_config(place, files / "ca.pem", files / "tls.pem", files / "tls.key", key, kept)
    typer.echo(config, nl=False)


def _program(opa: Path) -> Path:
    """Return the file that *opa* names, which may be a name to look for in PATH."""
    found = shutil.which(opa)
    if found is None:
        raise PolicyUnavailable(f"{opa}: kein solches Programm; --opa nennt es. (No such program.)")
    return Path(found)


async def _decide(
    policy_set: PolicySet, cases: list[Case], opa: Path | None = None
) -> tuple[CaseResult, ...]:
    """Run the cases on the library or, where *opa* is given, on that server."""
    if opa is not None:
        async with local_opa(opa, policy_set) as server:
            return await run_cases(server.engine, policy_set, cases)
    engine = EmbeddedEngine(_ONE_CHILD)
    await engine.start(policy_set)
    try:
        return await run_cases(engine, policy_set, cases)
    finally:
        await engine.close()


def _compiled(reading: Reading) -> list[Finding]:
    """Compile the rules on an engine; what only the compiler sees is a finding too."""
    try:
        asyncio.run(_decide(reading.policy_set, []))
    except PolicySetRefused as error:
        return findings_in(str(error), "policies")
    return []


def _chosen(cases: list[Case], case_id: str | None) -> list[Case]:
    """Return the cases called *case_id*; all of them where none is asked for."""
    chosen = [case for case in cases if case_id in (None, case.id)]
    if not chosen:
        known = ", ".join(case.id for case in cases)
        raise CaseFileUnusable(
            f"Kein Fall heißt `{case_id}`; es gibt {known}. (No case of this id.)"
        )
    return chosen


def _line(result: CaseResult) -> str:
    if result.passed:
        return f"{result.id}  ok  {result.title}"
    return f"{result.id}  ABWEICHUNG  {result.title}: {'; '.join(result.differences)}"


app.command("explain", epilog=EXPLAIN_EXAMPLE)(explain)
app.command("propose")(policy_change.propose)
app.command("sign")(change.sign)
app.command("activate")(policy_change.activate)
app.command("withdraw")(change.withdraw)
app.command("rollback")(policy_change.rollback)
app.command("list")(policy_change.list_versions)
app.command("show")(change.show)
app.command("checkout")(policy_change.checkout)
app.command("diff", epilog=DIFF_EXAMPLE)(diff)
app.command("effect", epilog=EFFECT_EXAMPLE)(effect)
app.add_typer(table_app, name="table")


if __name__ == "__main__":
    app()
