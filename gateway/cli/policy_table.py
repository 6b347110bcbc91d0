"""`datenschleuse policy table`: the tables of one exchange kind as a workbook, out and in."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.policy_options import (
    POLICIES,
    SCHEMAS,
    Machine,
    Policies,
    Schemas,
    print_json,
    unusable,
)
from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.policy.loading import load_policy_set
from gateway.policy.spreadsheet.cells import WorkbookUnusable
from gateway.policy.spreadsheet.columns import vocabulary_of
from gateway.policy.spreadsheet.importing import Plan, TableRefused, plan_import, write_plan
from gateway.policy.spreadsheet.kind_table import KindUnusable, kind_table
from gateway.policy.spreadsheet.writing import workbook_of

Json = Any

app = typer.Typer(
    no_args_is_help=True,
    help="Tabellen einer Vorgangsart in der Tabellenkalkulation. (Tables in a spreadsheet.)",
)
Workbook = Annotated[
    Path, typer.Argument(metavar="KIND.xlsx", help="Die Arbeitsmappe. (The workbook.)")
]


@app.command(
    "export",
    epilog="Beispiel (example): datenschleuse policy table export PREMISES_HAZARD_NOTICE.xlsx",
)
def export_table(
    file: Workbook,
    kind: Annotated[
        str | None, typer.Option(help="Vorgangsart, wenn die Datei anders heißen soll. (Kind.)")
    ] = None,
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    as_json: Machine = False,
) -> None:
    """Erforderlichkeit und Wege einer Vorgangsart in eine neue Arbeitsmappe schreiben.

    (Write necessity and routes of a kind into a new workbook.) The kind is the file's name unless
    --kind says it. Exit status 0, or 2 if it cannot be written; a file that is there stays.
    """
    try:
        rules = load_policy_set(policies, schemas)
        table = kind_table(rules.data, kind or file.stem)
        title = str(rules.schemas.get(f"payloads/{table.kind}.json", {}).get("title", ""))
        content = workbook_of(table, title, vocabulary_of(rules, table.kind))
        with file.open("xb") as new:
            new.write(content)
    except FileExistsError:
        unusable(f"{file} steht schon da; nehmen Sie einen anderen Namen. (Exists.)", as_json)
    except OSError as error:
        unusable(f"{file}: {error.strerror}. (Cannot be written.)", as_json)
    except (KindUnusable, PolicySetRefused, PolicyUnavailable) as error:
        unusable(str(error), as_json)
    rows = sum(len(members) for members in table.necessity.values())
    if as_json:
        print_json({"file": str(file), "kind": table.kind, "rows": rows, "digest": table.digest})
    else:
        typer.echo(f"{file}: {table.kind}, {rows} Zeilen der Erforderlichkeit. ({rows} rows.)")


@app.command(
    "import",
    epilog="Beispiel (example): datenschleuse policy table import PREMISES_HAZARD_NOTICE.xlsx",
)
def import_table(
    file: Workbook,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Prüfen und zeigen, nicht schreiben. (Only show.)")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Auch wenn die Regeln seit dem Export andere sind. (Even if rules changed since.)",
        ),
    ] = False,
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    as_json: Machine = False,
) -> None:
    """Eine Arbeitsmappe prüfen, den Unterschied in Worten zeigen und in die Regeln übernehmen.

    (Check a workbook, say the difference in words, and take it into the rules.) Nothing is written
    unless all of it, and the rules as they would be, are in order. Exit status 0, 1 if it was
    refused, 2 if the file is unusable.
    """
    try:
        rules = load_policy_set(policies, schemas)
        plan = plan_import(file.read_bytes(), policies, schemas, rules)
    except OSError as error:
        unusable(f"{file}: nicht lesbar ({error.strerror}). (Cannot be read.)", as_json)
    except (WorkbookUnusable, KindUnusable, PolicySetRefused, PolicyUnavailable) as error:
        unusable(f"{file}: {error}", as_json)
    except TableRefused as error:
        _refused(error, as_json)
        raise typer.Exit(1) from error
    refused = plan.stale and bool(plan.changes) and not replace
    write = bool(plan.files) and not dry_run and not refused
    if write:
        try:
            write_plan(plan, policies)
        except OSError as error:
            unusable(f"Nichts geschrieben: {error}. (Nothing was written.)", as_json)
    if as_json:
        print_json(_document(plan, policies, written=write))
    else:
        _say(plan, policies, written=write, dry_run=dry_run, refused=refused)
    raise typer.Exit(1 if refused else 0)


def _refused(error: TableRefused, as_json: bool) -> None:
    if as_json:
        print_json({"written": False, "findings": list(error.lines)})
        return
    for line in error.lines:
        typer.echo(line, err=True)
    count = len(error.lines)
    typer.echo(f"{count} Befunde, nichts geschrieben ({count} findings, nothing written)", err=True)


def _document(plan: Plan, policies: Path, *, written: bool) -> Json:
    return {
        "kind": plan.kind,
        "written": written,
        "stale": plan.stale,
        "changes": [{"de": change.de, "en": change.en} for change in plan.changes],
        "files": [str(policies / path) for path in plan.files],
    }


def _say(plan: Plan, policies: Path, *, written: bool, dry_run: bool, refused: bool) -> None:
    for change in plan.changes:
        typer.echo(change.de)
        typer.echo(f"  {change.en}")
    if not plan.changes:
        typer.echo("Kein Unterschied zu den Regeln. (No difference to the rules.)")
    elif refused:
        typer.echo(
            "Nichts geschrieben: die Regeln sind nicht mehr die, aus denen die Mappe entstand."
            " Exportieren Sie neu, oder übernehmen Sie genau diesen Unterschied mit --replace."
            " (Nothing written: the rules changed since the export.)",
            err=True,
        )
    elif dry_run:
        typer.echo("Nichts geschrieben (--dry-run). (Nothing was written.)")
    if written:
        for path in plan.files:
            typer.echo(f"Geschrieben (written): {policies / path}")
        typer.echo(
            "Als Nächstes (next): datenschleuse policy diff VORHER NACHHER,"
            " datenschleuse policy test FALLDATEI"
        )
