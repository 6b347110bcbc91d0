"""`datenschleuse bench`: what an exchange costs, beside a bare proxy in the same run."""

import json
import signal
from typing import Annotated

import typer
from rich.console import Console

from gateway.bench.exchange import Plan, bench_exchange
from gateway.bench.figures import BenchFailed, Result
from gateway.bench.report import print_result

_USUAL = Plan()

app = typer.Typer(
    no_args_is_help=True,
    help="Messen, was ein Vorgang kostet. (Measure what an exchange costs.)",
)


@app.callback()
def root() -> None:
    """Messen, was ein Vorgang kostet. (Measure what an exchange costs.)"""


@app.command(epilog="Beispiel (example): datenschleuse bench exchange --seconds 10 --json")
def exchange(
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Dauer einer Runde, ungefähr. (About, of a round.)")
    ] = _USUAL.seconds,
    rounds: Annotated[
        int, typer.Option(min=1, help="Runden je Weg. (Rounds of each way.)")
    ] = _USUAL.rounds,
    connections: Annotated[
        int, typer.Option(min=1, max=512, help="Verbindungen. (Connections of the client.)")
    ] = _USUAL.connections,
    as_json: Annotated[
        bool, typer.Option("--json", help="Alles als JSON. (Everything as JSON.)")
    ] = False,
) -> None:
    """Vorgänge durch das Gateway und durch einen bloßen Proxy schicken, Runde um Runde.

    (Send exchanges through the gateway and through a bare proxy, round by round. Status 1 if
    a count does not add up. All of it on loopback and in a temporary folder.)
    """
    signal.signal(signal.SIGTERM, _end)
    say = Console(stderr=True, highlight=False).print
    try:
        result = bench_exchange(Plan(seconds, rounds, connections), say)
    except BenchFailed as error:
        typer.echo(f"Keine Messung. (No figures.)\n{error}", err=True)
        raise typer.Exit(1) from error
    raise typer.Exit(finish(result, as_json=as_json))


def finish(result: Result, *, as_json: bool) -> int:
    """Print *result*; return the exit status."""
    if as_json:
        typer.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    else:
        print_result(result, Console(highlight=False))
    return 1 if result.counts.disagreements() else 0


def _end(_signal: int, _frame: object) -> None:
    """Take SIGTERM as Ctrl-C, so that every process is ended and the folder removed."""
    raise KeyboardInterrupt
