"""`datenschleuse policy replay`: past decisions once more, under a draft or the rules in force."""

import asyncio
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.adapters.batch_engine import BatchEngine
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_reader import SqlReader
from gateway.cli.policy_options import Machine, print_json, unusable
from gateway.cli.progress import bar
from gateway.cli.recorded_access import open_recorded
from gateway.errors import GatewayError
from gateway.lifecycle.replay import READ, SHUT, replay
from gateway.lifecycle.replay_pace import Pace
from gateway.lifecycle.replay_report import ReplayReport
from gateway.policies import Policies, ready
from gateway.policy.loading import load_policy_set, policy_set_of
from gateway.policy.policy_set import PolicySet
from gateway.settings import Settings, load_settings

Json = Any
_LISTED = (
    *("verdicts", "kinds", "rules", "partnerships"),
    *("released", "withheld", "loosened", "tightened"),
)
_SENTENCES = {
    "recorded": ("Entscheidungen im Protokoll", "decisions in the log"),
    "same": ("gleich entschieden", "decided alike"),
    "otherwise": ("anders entschieden", "decided otherwise"),
    "undecided": ("nicht mehr entscheidbar", "cannot be decided any more"),
    "other_rules": ("unter anderen Regeln entschieden, nicht wiederholt", "under other rules"),
    "erased": ("gelöscht", "erased"),
    "shut": ("verschlossen (§ 40 Abs. 1 S. 5 NPOG)", "shut"),
}


def again(
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")],
    purpose: Annotated[
        str, typer.Option(help="Wozu die Einsicht dient; wird protokolliert. (Why; is recorded.)")
    ],
    draft: Annotated[
        Path | None, typer.Argument(metavar="[ENTWURF]", help="Ordner der Regeln. (Their folder.)")
    ] = None,
    schemas: Annotated[
        Path | None, typer.Option(help="Ordner der Schemas des Entwurfs. (Of the draft.)")
    ] = None,
    active: Annotated[
        bool, typer.Option("--active", help="Die geltenden Regeln. (The rules in force.)")
    ] = False,
    kept: Annotated[
        Path | None,
        typer.Option("--resume", help="Zwischenstand; ein begonnener geht weiter. (Goes on.)"),
    ] = None,
    children: Annotated[int, typer.Option(min=1, help="Prozesse. (Processes.)")] = (
        os.cpu_count() or 1
    ),
    as_json: Machine = False,
) -> None:
    """Frühere Entscheidungen unter anderen Regeln oder den geltenden wiederholen.

    (Decide past decisions again. The access is an entry of the log. Exit status 0: each is
    decided alike; 1: some are not; 2: it could not be done.)
    """
    if (draft is None) is not active:
        raise typer.BadParameter("entweder ENTWURF oder --active (either a draft or --active)")
    try:
        settings = load_settings(home)
        policies = ready(_rules(settings, draft, schemas))
        access = {"what": "policy_replay", "purpose": purpose, "policy_digest": policies.digest}
        opened = open_recorded(settings, access)
        report = _begun(kept) or ReplayReport(opened.head.policy_digest, policies.digest)
        if (report.digest_before, report.digest_after) != (
            opened.head.policy_digest,
            policies.digest,
        ):
            unusable("Der Zwischenstand gehört zu anderen Regeln. (Kept for other rules.)", as_json)
        with bar("Einträge", hidden=as_json) as progress:
            pace = asyncio.run(
                replay_all(
                    report,
                    opened.reader,
                    opened.head.size,
                    policies,
                    children,
                    partial(_told, progress, report, kept),
                    only_own=active,
                )
            )
    except GatewayError as error:
        unusable(str(error), as_json)
    except OSError as error:
        unusable(f"{kept}: {error.strerror}", as_json)
    if as_json:
        print_json({**report.document(), "digest": report.digest, "pace": pace.document()})
    else:
        _print(report)
        _print_pace(pace)
    raise typer.Exit(1 if report.counts["otherwise"] or report.counts["undecided"] else 0)


def _rules(settings: Settings, draft: Path | None, schemas: Path | None) -> PolicySet:
    """Return the draft's rules, or those in force."""
    if draft is not None:
        return load_policy_set(draft, schemas or settings.schemas_dir)
    database = open_database(settings.database, settings.database_busy_s)
    try:
        seal = RecordSeal(FileKeys(settings.keys_dir))
        digest = SqlReader(database, seal).head().policy_digest
        return policy_set_of(SqlPolicySets(database).read(digest))
    finally:
        database.dispose()


async def replay_all(
    report: ReplayReport,
    reader: SqlReader,
    size: int,
    policies: Policies,
    children: int,
    told: Callable[[int, int], None],
    *,
    only_own: bool,
) -> Pace:
    """Go on with *report* to entry *size* on *children* processes; return how fast it was."""
    pace = Pace()
    entries = partial(reader.entries, shut=SHUT, parts=READ)
    async with BatchEngine(policies.policy_set, children) as engine:
        pace.begin()
        await replay(report, entries, size, engine, policies, told, only_own=only_own, pace=pace)
    return pace


def _begun(kept: Path | None) -> ReplayReport | None:
    if kept is None or not kept.exists():
        return None
    try:
        return ReplayReport.read(json.loads(kept.read_bytes()))
    except (ValueError, LookupError, TypeError, AttributeError):
        unusable(f"{kept} ist kein Zwischenstand. (Nothing that was kept.)", as_json=False)


def _told(
    progress: Callable[[int, int], None], report: ReplayReport, kept: Path | None, *far: int
) -> None:
    progress(*far)
    if kept is not None:
        beside = kept.with_name(f"{kept.name}.new")
        beside.write_text(json.dumps(report.document(), ensure_ascii=False), "utf-8")
        beside.replace(kept)


def _print(report: ReplayReport) -> None:
    for name, (german, english) in _SENTENCES.items():
        typer.echo(f"{report.counts[name]:>8}  {german} ({english})")
    document = report.document()
    for name in _LISTED:
        for row in document[name]:
            words = " ".join(str(value) for key, value in row.items() if key != "count")
            typer.echo(f"{row['count']:>8}  {name}: {words}")
    for row in document["examples"]:
        typer.echo(f"          {row['id']} {row['exchange_kind']}: {row['from']} -> {row['to']}")
    typer.echo(f"Bericht (report): {report.digest}")


def _print_pace(pace: Pace) -> None:
    """How fast it was; the report knows nothing of it."""
    found = pace.document()
    for kind, rate in found["of_the_engine"]["kinds"].items():
        typer.echo(f"{rate:>8}  je Sekunde und Kern der Engine (a second and core): {kind}")
    typer.echo(
        f"{found['per_second']:>8}  Entscheidungen je Sekunde, {found['per_second_and_core']} je "
        "Sekunde und Kern (decisions a second, and a second and core)"
    )
