"""What the commands of `datenschleuse policy` share: their folders, and how one of them ends."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

REPOSITORY = Path(__file__).resolve().parents[2]
POLICIES = REPOSITORY / "policies"
SCHEMAS = REPOSITORY / "schemas"

Policies = Annotated[
    Path, typer.Option("--policies", help="Ordner der Regeln. (Folder of the rules.)")
]
Schemas = Annotated[
    Path, typer.Option("--schemas", help="Ordner der Schemas. (Folder of the schemas.)")
]
Machine = Annotated[
    bool, typer.Option("--json", help="Ausgabe für Programme. (Output for programs.)")
]


def unusable(why: str, as_json: bool) -> NoReturn:
    """End with status 2, saying why."""
    if as_json:
        print_json({"error": why})
    else:
        typer.echo(why, err=True)
    raise typer.Exit(2)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
