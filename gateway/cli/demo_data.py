"""`datenschleuse demo-data`: invented exchanges, really decided and recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
import uvloop

from gateway.cli.init import toml_of
from gateway.cli.open_governance import open_governance
from gateway.cli.policy_options import Machine, print_json
from gateway.cli.progress import bar
from gateway.demo.people import Circle
from gateway.founding import found
from gateway.ports import Signer
from gateway.settings import load_settings, new_settings
from gateway.synthetic.filling import Filled, fill
from gateway.synthetic.registering import register_units

Json = Any


def run(
    count: Annotated[int, typer.Option(min=1, help="Wie viele Vorgänge. (How many exchanges.)")],
    home: Annotated[Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")],
    seed: Annotated[int, typer.Option(help="Derselbe gibt dieselben. (The same: the same.)")] = 1,
    as_json: Machine = False,
) -> None:
    """Erfundene Vorgänge (DEMO) durch die echte Schleuse tragen, in ein Protokoll ohne echte.

    (Carry invented exchanges, marked DEMO, through the real pipeline. The first hundred reach
    every exchange kind, verdict and rule. The same seed and count give the same exchanges on
    the same day; again, they are only read. Where there is no gateway one is made, with the keys
    of its people in `people/`; one that knows real units is refused.)

    Example: datenschleuse demo-data --count 1000 --home ./gateway
    """
    circle = Circle(home / "people")
    if not (home / "gateway.toml").exists():
        _found(home, circle)
    settings = load_settings(home)

    def register(approver: Signer, documents: Sequence[Mapping[str, Json]]) -> None:
        people = circle.first() if circle.folder.is_dir() else []
        with open_governance(home) as opened:
            register_units(opened.governance, people, approver, documents)

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


def _found(home: Path, circle: Circle) -> None:
    """Make a gateway that nobody can reach: its certificates are none."""
    given: dict[str, object] = {
        "origin": "datenschleuse.demo-data/1",
        "public_url": "https://localhost:1",
        **dict.fromkeys(("tls_certificate", "tls_key", "client_ca", "partner_ca"), home / "none"),
    }
    found(new_settings(home.resolve(), **given), toml_of(given), circle.founders())


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
    for counted in (filled.carried.kinds, filled.carried.verdicts):
        for name, number in sorted(counted.items()):
            typer.echo(f"{number:>8}  {name}")
    lines = {
        "Anfragen, die sie beantworten (requests that they answer)": filled.carried.requests,
        "neue Einträge, alle DEMO (new entries, all DEMO)": filled.entries,
        "Vorgänge je Sekunde (exchanges a second)": per_second,
    }
    for line, number in lines.items():
        typer.echo(f"{number:>8}  {line}")
