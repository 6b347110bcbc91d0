"""`datenschleuse migrate`: brings the database to the schema of this version."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters.sql_database import migrate
from gateway.settings import load_settings


def run(
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's folder.)")],
) -> None:
    """Bringt die Datenbank auf den Stand dieser Fassung. Brings the schema up to date.

    Stop the processes and back the database up first. A migration only adds; doing it again
    changes nothing.

    Example: datenschleuse migrate --home ./gateway
    """
    migrate(load_settings(home).database)
    print("Die Datenbank hat den Stand dieser Fassung. The schema is that of this version.")
