"""`datenschleuse doctor`: what is well on this machine, and what is not."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.doctor.diagnosis import Diagnosis, Level
from gateway.doctor.examination import examine

_MARKS = {Level.WELL: "gut    ", Level.NOTE: "Hinweis", Level.BAD: "FEHLER "}


def run(
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's folder.)")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Untersucht eine Datenschleuse und sagt, was zu tun ist. (Says what to do.)

    Settings, keys, certificates, database, disk, clock, rules, norms, units, engine,
    deliveries. Exit status 1 if something must be put right; a note is no reason.

    Example: datenschleuse doctor --home ./gateway
    """
    found: list[Diagnosis] = []
    for diagnosis in examine(home):
        found.append(diagnosis)
        if not as_json:
            _print(diagnosis)
    if as_json:
        print(json.dumps([diagnosis.document() for diagnosis in found], ensure_ascii=False))
    raise typer.Exit(1 if any(one.level is Level.BAD for one in found) else 0)


def _print(diagnosis: Diagnosis) -> None:
    print(f"{_MARKS[diagnosis.level]}  {diagnosis.name}: {diagnosis.de}\n         {diagnosis.en}")
    if diagnosis.todo:
        print(f"         Was tun: {diagnosis.todo}\n         What to do: {diagnosis.todo_en}")
