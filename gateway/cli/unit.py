"""`datenschleuse unit`: the registry of units."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_registry import SqlRegistry, registry_documents
from gateway.cli.change import print_proposed
from gateway.cli.documents import read_document
from gateway.cli.open_governance import open_governance
from gateway.cli.passphrase import PassphraseFile
from gateway.cli.signing import Key, open_key
from gateway.errors import RegistryRefused
from gateway.lifecycle.governance import Governance
from gateway.lifecycle.registry_change import suspended
from gateway.registry import parse_unit
from gateway.settings import load_settings

app = typer.Typer(help="Angeschlossene Stellen. The registered units.", no_args_is_help=True)
Home = Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")]
Reason = Annotated[str, typer.Option(help="Warum; steht im Protokoll. Why; is recorded.")]


@app.command()
def add(
    file: Path,
    home: Home,
    key: Key,
    reason: Reason,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Schlägt vor, eine Stelle einzutragen oder zu ändern. Proposes to add or change a unit.

    It is in force when two others have agreed: `change sign`, then `change activate`.

    Example: datenschleuse unit add jugendamt.json --home ./gateway --key me.pem
    --reason "Anschluss nach Vertrag AVV-7"
    """
    document = read_document(file)
    unit = parse_unit(document)
    with open_governance(home) as opened:
        governance = opened.governance
        change = governance.propose_registry(
            {unit.id: document},
            open_key(key, passphrase_file),
            title=f"{unit.name} eintragen oder ändern",
            reason=reason,
        )
        print_proposed(governance, change)


@app.command()
def suspend(
    unit_id: str,
    home: Home,
    key: Key,
    reason: Reason,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sperrt eine Stelle sofort. Suspends a unit at once; one person alone may do this.

    Example: datenschleuse unit suspend jugendamt --home ./gateway --key me.pem
    --reason "Schlüssel verloren"
    """
    with open_governance(home) as opened:
        governance = opened.governance
        index = governance.alone(
            {unit_id: suspended(_document(governance, unit_id))},
            open_key(key, passphrase_file),
            title=f"{unit_id} sperren",
            reason=reason,
        )
    print(f"{unit_id} ist gesperrt (Eintrag {index}). Unit {unit_id} is suspended.")


@app.command()
def remove(
    unit_id: str,
    home: Home,
    key: Key,
    reason: Reason,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Nimmt eine Stelle sofort aus dem Register. Removes a unit at once.

    One person alone may do this: it only tightens.

    Example: datenschleuse unit remove jugendamt --home ./gateway --key me.pem
    --reason "Vertrag beendet"
    """
    with open_governance(home) as opened:
        governance = opened.governance
        _document(governance, unit_id)
        index = governance.alone(
            {unit_id: None},
            open_key(key, passphrase_file),
            title=f"{unit_id} austragen",
            reason=reason,
        )
    print(f"{unit_id} ist ausgetragen (Eintrag {index}). Unit {unit_id} is removed.")


@app.command("list")
def list_units(home: Home, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Zeigt alle Stellen. Lists all units.

    Example: datenschleuse unit list --home ./gateway
    """
    snapshot = SqlRegistry(open_database(load_settings(home).database)).snapshot_now()
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "id": u.id,
                        "kind": u.kind,
                        "controller": u.controller,
                        "status": u.status.value,
                    }
                    for u in snapshot.units.values()
                ]
            )
        )
        return
    table = Table("Id", "Name", "Art", "Verantwortlicher", "Stand", box=None)
    for column in table.columns:
        column.overflow = "fold"
    for unit in snapshot.units.values():
        table.add_row(unit.id, unit.name, unit.kind, unit.controller, unit.status.value)
    Console().print(table)


@app.command()
def show(unit_id: str, home: Home) -> None:
    """Zeigt das Dokument einer Stelle. Shows a unit's document.

    Example: datenschleuse unit show jugendamt --home ./gateway
    """
    with open_database(load_settings(home).database).connect() as connection:
        documents = registry_documents(connection)
    print(json.dumps(json.loads(_known(documents, unit_id)), ensure_ascii=False, indent=2))


def _document(governance: Governance, unit_id: str) -> bytes:
    return _known(governance.log.documents(), unit_id)


def _known(documents: Mapping[str, Any], unit_id: str) -> bytes:
    if unit_id not in documents:
        raise RegistryRefused(f"no unit {unit_id}")
    body: bytes = documents[unit_id]
    return body
