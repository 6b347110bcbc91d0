"""`datenschleuse unit`: the registry of units."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry, unit_documents
from gateway.drafting import Drafter
from gateway.errors import LogUnavailable, RegistryRefused, StaleDigest
from gateway.lifecycle.registry_change import draft_change, suspended
from gateway.model.evidence import Committed
from gateway.policy.strict_json import load_json
from gateway.registry import parse_unit, registry_digest
from gateway.settings import load_settings

app = typer.Typer(help="Angeschlossene Stellen. The registered units.", no_args_is_help=True)
Home = Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")]
Key = Annotated[Path | None, typer.Option(help="Schlüssel, der die Änderung unterschreibt (PEM).")]
_TRIES = 3


@app.command()
def add(file: Path, home: Home, key: Key = None) -> None:
    """Trägt eine Stelle ein oder ändert sie. Adds or changes a unit.

    Example: datenschleuse unit add jugendamt.json --home ./gateway
    """
    try:
        document = load_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RegistryRefused(f"{file}: {type(error).__name__}: not a JSON file") from error
    unit = parse_unit(document)
    index = change(home, key, lambda _documents: document)
    print(f"{unit.name} ist eingetragen (Eintrag {index}). Unit {unit.id} is registered.")


@app.command()
def suspend(unit_id: str, home: Home, key: Key = None) -> None:
    """Sperrt eine Stelle sofort. Suspends a unit at once; one person alone may do this.

    Example: datenschleuse unit suspend jugendamt --home ./gateway
    """

    def suspending(documents: Mapping[str, bytes]) -> dict[str, Any]:
        if unit_id not in documents:
            raise RegistryRefused(f"no unit {unit_id}")
        return suspended(documents[unit_id])

    index = change(home, key, suspending)
    print(f"{unit_id} ist gesperrt (Eintrag {index}). Unit {unit_id} is suspended.")


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
        documents = unit_documents(connection)
    if unit_id not in documents:
        raise RegistryRefused(f"no unit {unit_id}")
    print(json.dumps(json.loads(documents[unit_id]), ensure_ascii=False, indent=2))


def change(
    home: Path, key: Path | None, document: Callable[[Mapping[str, bytes]], Mapping[str, Any]]
) -> int:
    """Append the `registry` entry of one change; return its index.

    Raises:
        RegistryRefused: The change breaks a rule of the registry.
        LogUnavailable: It may or may not be written.
        StaleDigest: Others changed the registry at the same time, several times in a row.
    """
    settings = load_settings(home)
    database = open_database(settings.database, settings.database_busy_s)
    seal = RecordSeal(FileKeys(settings.keys_dir))
    drafter = Drafter(
        settings.origin,
        "none",
        __version__,
        FileSigner.load(settings.keys_dir / "entry.pem"),
        seal,
    )
    signer = FileSigner.load(key or home / "offline" / "operator.pem")
    appender = SqlAppender(database, FileSigner.load(settings.keys_dir / "checkpoint.pem"))
    reader = SqlReader(database, seal)
    try:
        for _ in range(_TRIES):
            with database.connect() as connection:
                documents = unit_documents(connection)
            head, moment = reader.head(), SystemClock().now()
            if registry_digest(documents) != head.registry_digest:
                continue
            draft = draft_change(document(documents), documents, head, moment, drafter, signer)
            fate = appender.append([draft])[0]
            if isinstance(fate, Committed):
                return fate.index
    except SQLAlchemyError as error:
        raise LogUnavailable("the registry cannot be written; try again") from error
    finally:
        database.dispose()
    raise StaleDigest("the registry changed at the same time; try again")
