"""`datenschleuse bench`: what an exchange costs beside a bare proxy, and what a decision does."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from gateway.bench.append import AppendPlan, AppendResult, bench_append
from gateway.bench.decide import Costs, bench_decide, print_costs
from gateway.bench.exchange import Plan, bench_exchange
from gateway.bench.figures import Result
from gateway.bench.log_report import print_append, print_verify
from gateway.bench.memory import MemoryPlan, MemoryResult, bench_memory, print_memory
from gateway.bench.report import print_result
from gateway.bench.verify import VerifyPlan, VerifyResult, bench_verify
from gateway.errors import GatewayError
from gateway.policy.loading import load_policy_set

_USUAL, _APPEND, _VERIFY, _MEMORY = Plan(), AppendPlan(), VerifyPlan(), MemoryPlan()
_REPOSITORY = Path(__file__).resolve().parents[2]
_R = TypeVar("_R", Result, AppendResult, VerifyResult, Costs, MemoryResult)

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
    result = _measure(lambda say: bench_exchange(Plan(seconds, rounds, connections), say))
    raise typer.Exit(finish(result, as_json=as_json))


@app.command(epilog="Beispiel (example): datenschleuse bench append --sizes 1000 --sizes 1000000")
def append(
    entries: Annotated[
        int, typer.Option(min=16, help="Einträge einer Runde. (Entries of a round.)")
    ] = _APPEND.entries,
    rounds: Annotated[int, typer.Option(min=1, help="Runden. (Rounds.)")] = _APPEND.rounds,
    sizes: Annotated[
        list[int], typer.Option(min=10, help="Größen des Protokolls. (Sizes of the log.)")
    ] = [*_APPEND.sizes],  # noqa: B006
    as_json: Annotated[
        bool, typer.Option("--json", help="Alles als JSON. (Everything as JSON.)")
    ] = False,
) -> None:
    """An das Protokoll allein anfügen: neben einer Datei, und bei wachsender Größe.

    (Append to the log alone: beside a flat file, and as it grows. In a temporary folder; a
    million entries take some ten minutes and 3 GB.)
    """
    result = _measure(lambda say: bench_append(AppendPlan(entries, rounds, tuple(sizes)), say))
    _print(result, as_json, print_append)


@app.command(epilog="Beispiel (example): datenschleuse bench verify --sizes 2000 --sizes 50000")
def verify(
    sizes: Annotated[
        list[int], typer.Option(min=10, help="Größen der Kopien. (Sizes of the copies.)")
    ] = [*_VERIFY.sizes],  # noqa: B006
    as_json: Annotated[
        bool, typer.Option("--json", help="Alles als JSON. (Everything as JSON.)")
    ] = False,
) -> None:
    """Kopien des Protokolls prüfen, wie `log verify` es tut: wie schnell, mit wie viel Speicher.

    (Verify copies of the log as `log verify` does: how fast, with how much memory.)
    """
    result = _measure(lambda say: bench_verify(VerifyPlan(tuple(sizes)), say))
    _print(result, as_json, print_verify)


@app.command(epilog="Beispiel (example): datenschleuse bench decide --json")
def decide(
    rounds: Annotated[
        int, typer.Option(min=1, help="Runden; die kleinste zählt. (Rounds; the least counts.)")
    ] = 25,
    decisions: Annotated[
        int, typer.Option(min=1, help="Entscheidungen je Runde und Art. (Of each round and kind.)")
    ] = 20,
    policies: Annotated[
        Path, typer.Option("--policies", help="Ordner der Regeln. (Folder of the rules.)")
    ] = _REPOSITORY / "policies",
    schemas: Annotated[
        Path, typer.Option("--schemas", help="Ordner der Schemas. (Folder of the schemas.)")
    ] = _REPOSITORY / "schemas",
    opa: Annotated[
        Path | None,
        typer.Option(help="Programm `opa`; es wird auch gemessen. (Measured, too.)"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Alles als JSON. (Everything as JSON.)")
    ] = False,
) -> None:
    """Für jede Art mit Regeln messen, was eine Entscheidung die Engine an CPU kostet.

    (Measure for each kind with rules what a decision costs the engine in CPU: all fields of its
    schema, on a route that is permitted if there is one; and with twice the kinds and rules.)
    """

    def bench(say: Callable[[str], None]) -> Costs:
        return bench_decide(load_policy_set(policies, schemas), rounds, decisions, say, opa)

    _print(_measure(bench), as_json, print_costs)


@app.command(epilog="Beispiel (example): datenschleuse bench memory --minutes 10")
def memory(
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Dauer der Last. (How long the load goes on.)")
    ] = _MEMORY.minutes,
    every: Annotated[
        float, typer.Option(min=0.1, help="Sekunden zwischen zwei Blicken. (Between two looks.)")
    ] = _MEMORY.every_s,
    as_json: Annotated[
        bool, typer.Option("--json", help="Alles als JSON. (Everything as JSON.)")
    ] = False,
) -> None:
    """Unter anhaltender Last ansehen, wie viel Speicher die Prozesse belegen.

    (Look at what the processes keep in memory while the load goes on.)
    """
    plan = MemoryPlan(minutes, every)
    _print(_measure(lambda say: bench_memory(plan, say)), as_json, print_memory)


def _measure(bench: Callable[[Callable[[str], None]], _R]) -> _R:
    """Run a bench; say on standard error how far it is."""
    signal.signal(signal.SIGTERM, _end)
    try:
        return bench(Console(stderr=True, highlight=False).print)
    except GatewayError as error:
        typer.echo(f"Keine Messung. (No figures.)\n{error}", err=True)
        raise typer.Exit(1) from error


def _print(result: _R, as_json: bool, in_words: Callable[[_R, Console], None]) -> None:
    if as_json:
        typer.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    else:
        in_words(result, Console(highlight=False))


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
