"""`datenschleuse demo-data`: invented exchanges, really decided and recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
import uvloop

from gateway.cli.policy_options import Machine, print_json
from gateway.cli.progress import bar
from gateway.cli.unit import change
from gateway.settings import load_settings
from gateway.synthetic.filling import Filled, fill

Json = Any


def run(
    count: Annotated[int, typer.Option(min=1, help="Wie viele Vorgänge. (How many exchanges.)")],
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")],
    seed: Annotated[int, typer.Option(help="Derselbe gibt dieselben. (The same: the same.)")] = 1,
    key: Annotated[
        Path | None, typer.Option(help="Schlüssel, der die Stellen einträgt (PEM).")
    ] = None,
    as_json: Machine = False,
) -> None:
    """Erfundene Vorgänge (DEMO) durch die echte Schleuse tragen, in ein Protokoll ohne echte.

    (Carry invented exchanges, marked DEMO, through the real pipeline. The first hundred reach
    every exchange kind, verdict and rule. The same seed and count give the same exchanges on
    the same day; again, they are only read. A gateway that knows real units is refused.)

    Example: datenschleuse demo-data --count 1000 --home ./gateway
    """
    settings = load_settings(home)

    def register(documents: Sequence[Mapping[str, Json]]) -> None:
        for document in documents:
            change(home, key, lambda _documents, it=document: it)  # type: ignore[misc]

    began = perf_counter()
    with (
        bar("Vorgänge", hidden=as_json) as progress,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        filled = runner.run(fill(settings, seed, count, register, progress))
    per_second = round(count / (perf_counter() - began))
    if as_json:
        print_json(_document(filled, per_second))
    else:
        _print(filled, per_second)


def _document(filled: Filled, per_second: int) -> dict[str, Json]:
    return {
        "demo": True,
        "verdicts": dict(sorted(filled.carried.verdicts.items())),
        "kinds": dict(sorted(filled.carried.kinds.items())),
        "requests": filled.carried.requests,
        "entries": filled.entries,
        "per_second": per_second,
    }


def _print(filled: Filled, per_second: int) -> None:
    for found in (filled.carried.kinds, filled.carried.verdicts):
        for name, number in sorted(found.items()):
            typer.echo(f"{number:>8}  {name}")
    lines = {
        "Anfragen, die sie beantworten (requests that they answer)": filled.carried.requests,
        "neue Einträge, alle DEMO (new entries, all DEMO)": filled.entries,
        "Vorgänge je Sekunde (exchanges a second)": per_second,
    }
    for line, number in lines.items():
        typer.echo(f"{number:>8}  {line}")
