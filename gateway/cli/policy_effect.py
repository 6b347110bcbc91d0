"""`datenschleuse policy effect`: whether a state of the rules releases more than another one."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.adapters.engine_batch import engine_batch
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_registry import registry_documents
from gateway.cli.policy_diff import cases_of, read_state
from gateway.cli.policy_options import Machine, print_json, unusable
from gateway.errors import GatewayError
from gateway.lifecycle.policy_effect import PolicyChange, Weighed, policy_effect
from gateway.model.unit import Unit
from gateway.registry_snapshot import read_registry
from gateway.settings import load_settings

Json = Any

EXAMPLE = "Beispiel (example): datenschleuse policy effect ../vorher/policies policies --home gw"


def effect(
    before: Annotated[Path, typer.Argument(metavar="A", help="Ordner der Regeln, wie sie waren.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Ordner der Regeln, wie sie sind.")],
    home: Annotated[
        Path | None,
        typer.Option(help="Ordner der Schleuse: wessen Stellen senden. (Whose units send.)"),
    ] = None,
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
    """Aus Entscheidungen berechnen, ob B mehr freigibt als A, und wessen Wege das betrifft.

    (Compute from decisions whether B releases more than A, and whose sending it touches. Probes
    of every kind and route and all cases are decided by both; what nothing shows to tighten
    counts as more.) Exit status 0: nothing more, 1: more, 2: cannot be computed.
    """
    try:
        change = PolicyChange(
            read_state(before, schemas),
            read_state(after, schemas),
            () if home is None else _units(home),
            list(cases_of(files)),
        )
        found = asyncio.run(policy_effect(change, engine_batch))
    except GatewayError as error:
        unusable(str(error), as_json)
    if as_json:
        print_json(_document(change, found))
    else:
        _print(found, home is not None)
    raise typer.Exit(1 if found.effect.releases_more else 0)


def _units(home: Path) -> Collection[Unit]:
    settings = load_settings(home)
    database = open_database(settings.database, settings.database_busy_s)
    try:
        with database.connect() as connection:
            documents = registry_documents(connection)
    finally:
        database.dispose()
    return read_registry(documents).units.values()


def _document(change: PolicyChange, found: Weighed) -> Json:
    return {
        "policy_digests": [change.before.policy_set.digest, change.after.policy_set.digest],
        "effect": found.effect.document(),
        "probes": found.probes,
        "cases": found.cases,
        "undecided": found.undecided,
    }


def _print(found: Weighed, with_units: bool) -> None:
    effect = found.effect
    if effect.releases_more:
        typer.echo("Gibt mehr frei, oder es ist nicht auszuschließen. (Releases more.)")
    elif effect.tightens_only:
        typer.echo("Verschärft nur. (Only tightens.)")
    else:
        typer.echo("Gibt nicht mehr frei. (Releases nothing more.)")
    for why in effect.why:
        typer.echo(f"  {why.de}\n    {why.en}")
    if with_units:
        touched = ", ".join(effect.controllers) or "–"
        typer.echo(f"Betrifft das Senden von (touches the sending of): {touched}")
    typer.echo(
        f"{found.probes} Proben und {found.cases} Fälle unter beiden Ständen entschieden"
        f" (probes and cases decided by both states)"
    )
