"""`datenschleuse log`: copies of the decision log, and their verification."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.log_verify import verify as verify_copy
from gateway.cli.log_verify import verify_served
from gateway.errors import LogUnavailable
from gateway.model.evidence import Part

app = typer.Typer(help="Das Protokoll. The decision log.", no_args_is_help=True)
_DEFAULT_PARTS = [Part.AUDIT, Part.INPUT]


@app.command()
def verify(
    log: Annotated[
        str, typer.Argument(metavar="ORDNER|URL", help="Ordner der Kopie, oder https://… .")
    ],
    key: Annotated[Path, typer.Option(help="root.pub: der öffentliche Wurzelschlüssel.")],
    partner: Annotated[
        Path | None,
        typer.Option(help="Eigene Zugangsdatei (TOML), für eine URL. Own access file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False,
) -> None:
    """Prüft ein Protokoll allein mit dem Wurzelschlüssel. Verifies a log with the root key alone.

    A folder is a copy. A URL is a gateway that serves its log to a unit that verifies it; the
    key list comes from the unit's own access file.

    Example: datenschleuse log verify ./export --key root.pub
    Example: datenschleuse log verify https://gateway.example --key root.pub --partner lfd.toml
    """
    if not log.startswith("https://"):
        raise typer.Exit(verify_copy(Path(log), key, as_json=as_json, quiet=quiet))
    if partner is None:
        raise typer.BadParameter("zu einer URL gehört --partner (a URL needs --partner)")
    raise typer.Exit(verify_served(log, key, partner, as_json=as_json, quiet=quiet))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Neuer Ordner für die Kopie. New folder.")],
    home: Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")],
    purpose: Annotated[str, typer.Option(help="Wozu die Einsicht dient; wird protokolliert.")],
    part: Annotated[list[Part] | None, typer.Option(help="Welche Teile offenliegen.")] = None,
    controller: Annotated[str | None, typer.Option(help="Nur Vorgänge dieser Stelle.")] = None,
    for_control: Annotated[
        bool,
        typer.Option(
            "--data-protection-control", help="Auch Vorgänge, die nur der Kontrolle dienen."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Schreibt eine Kopie, die sich selbst beweist. Writes a self-contained copy.

    The access is an entry of the log before the first byte is written.

    Example: datenschleuse log export ./export --home ./gateway --purpose "Prüfung 2026"
    """
    from gateway.adapters.log_export import export_log
    from gateway.cli.progress import bar
    from gateway.cli.recorded_access import open_recorded
    from gateway.settings import load_settings
    from gateway.tlog.jwk import PublicKey

    parts = part or _DEFAULT_PARTS
    access = {
        "what": "log_export",
        "purpose": purpose,
        "parts": [name.value for name in parts],
        "controller": controller,
        "data_protection_control": for_control,
    }
    opened = open_recorded(load_settings(home), access)
    try:
        key_list = (home / "keys.jws").read_text("ascii").strip()
        root = PublicKey.from_pem((home / "root.pub").read_bytes())
    except OSError as error:
        raise LogUnavailable(f"keys of the log: {error}") from error
    with bar("Einträge", hidden=as_json) as progress:
        export_log(
            folder,
            opened.reader,
            opened.head,
            key_list,
            root,
            parts,
            controller,
            for_control=for_control,
            progress=progress,
        )
    size = opened.head.size
    if as_json:
        print(json.dumps({"folder": str(folder), "size": size}))
        return
    print(f"{size} Einträge stehen in {folder}. {size} entries are in {folder}.")


@app.command()
def fsck(
    home: Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False,
) -> None:
    """Prüft die Datenbank gegen sich selbst. Checks the database against itself.

    Head, tree, checkpoints, every leaf and every part; idempotency keys, deliveries, what units
    may read, the registry. The gateway may go on meanwhile. Exit status 0: nothing is wrong,
    1: something is, 2: it could not be checked.

    Example: datenschleuse log fsck --home ./gateway
    """
    from gateway.cli.log_fsck import fsck as check

    raise typer.Exit(check(home, as_json=as_json, quiet=quiet))
