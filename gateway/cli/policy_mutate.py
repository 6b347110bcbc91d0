"""`datenschleuse policy mutate`: whether the proof notices a changed rule or row."""

import os
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

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
from gateway.policy.findings import refuse
from gateway.policy.loading import read_policy_set
from gateway.policy.mutation.explained import read_explained
from gateway.policy.mutation.mutant import Mutant
from gateway.policy.mutation.proof import case_files, the_proof
from gateway.policy.mutation.prover import Fate
from gateway.policy.mutation.run import Outcome, all_mutants, chosen, judge_all

EPILOG = "Beispiel (example): datenschleuse policy mutate --sample 50 --seed 1"


def mutate(
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    cases: Annotated[
        Path, typer.Option(help="Ordner der Falldateien. (Folder of the case files.)")
    ] = REPOSITORY / "tests" / "vectors" / "cases",
    recorded: Annotated[
        Path, typer.Option(help="Aufgezeichnete Entscheidungen. (Recorded decisions.)")
    ] = REPOSITORY / "tests" / "policies" / "golden" / "decisions.jsonl",
    explained: Annotated[
        Path, typer.Option(help="Erklärte Überlebende. (Survivors that are explained.)")
    ] = REPOSITORY / "deploy" / "policy-survivors.toml",
    opa: Annotated[
        Path, typer.Option(help="Programm OPA; es nennt die Stellen. (The program; it says where.)")
    ] = Path("opa"),
    only: Annotated[
        str, typer.Option(help="Nur Dateien, deren Pfad das enthält. (Only files so named.)")
    ] = "",
    sample: Annotated[
        int | None, typer.Option(min=1, help="So viele, zufällig gewählt. (So many, by chance.)")
    ] = None,
    seed: Annotated[int, typer.Option(help="Anfang des Zufalls. (Seed of the choice.)")] = 0,
    jobs: Annotated[
        int, typer.Option(min=1, help="Wie viele zugleich. (How many at a time.)")
    ] = os.cpu_count() or 1,
    as_json: Machine = False,
) -> None:
    """Jede Bedingung und jede entscheidende Zeile ändern: der Beweis muss es merken.

    (Change each condition of the rules and each row that decides, one at a time; the Rego tests,
    the cases and the recorded decisions must notice. 1 if a change that nobody explained
    survives, 2 if a file is unusable.)
    """
    try:
        program = _program(opa)
        reading = read_policy_set(policies, schemas)
        refuse(reading.findings)
        known = read_explained(explained)
        mutants = chosen(all_mutants(reading, program), only, sample, seed)
        proof = the_proof(reading, case_files(cases), recorded)
        with bar("Mutanten", hidden=as_json) as progress:
            outcome = judge_all(proof, mutants, jobs, progress)
    except GatewayError as error:
        unusable(str(error), as_json)
    survivors = [each.mutant for each in outcome.with_fate(Fate.SURVIVED)]
    unexplained = [mutant for mutant in survivors if mutant.key not in known]
    if as_json:
        print_json(_document(outcome, known))
    else:
        for mutant in survivors:
            typer.echo(str(mutant))
            if mutant.key in known:
                typer.echo(f"    erklärt (explained): {known[mutant.key]}")
        typer.echo(_summary(outcome, len(survivors) - len(unexplained)))
    raise typer.Exit(1 if unexplained else 0)


def _program(opa: Path) -> Path:
    found = shutil.which(opa)
    if found is None:
        raise PolicyUnavailable(f"{opa}: kein solches Programm; --opa nennt es. (No such program.)")
    return Path(found)


def _summary(outcome: Outcome, explained: int) -> str:
    killed, survived, invalid = (len(outcome.with_fate(fate)) for fate in Fate)
    return (
        f"{killed + survived} Mutanten: {killed} bemerkt, {survived} überlebt, davon {explained}"
        f" erklärt; {outcome.score:.1%}. {invalid} weitere übersetzen nicht."
        f" ({killed} killed, {survived} survived, {explained} of them explained,"
        f" {invalid} do not compile)"
    )


def _document(outcome: Outcome, known: Any) -> dict[str, Any]:
    return {
        "score": round(outcome.score, 4),
        **{fate.value: len(outcome.with_fate(fate)) for fate in Fate},
        "survivors": [
            {**_row(each.mutant), "explained": known.get(each.mutant.key)}
            for each in outcome.with_fate(Fate.SURVIVED)
        ],
        "not_compiling": [_row(each.mutant) for each in outcome.with_fate(Fate.INVALID)],
    }


def _row(mutant: Mutant) -> dict[str, Any]:
    path, where, change, before = mutant.key
    return {
        "path": path,
        "line": mutant.line,
        "where": where,
        "change": change,
        "before": before,
    }
