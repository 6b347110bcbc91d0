"""The figures of the log alone as people read them: German, with the English beside it."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from gateway.bench.append import APPENDERS, AppendResult, Cost
from gateway.bench.verify import VerifyResult

_COST = {
    "Einträge": "entries",
    "je s": "per s",
    "CPU µs": "CPU",
    "je Gruppe": "per batch",
    "fsync": "per entry",
}


def print_append(result: AppendResult, console: Console) -> None:
    """Print rounds with their ratio, what an append costs at each size, and the machine."""
    if result.pairs:
        table = _table(
            f"{APPENDERS} Schreiber; Datei: dieselben Bytes, Gruppen, je ein fdatasync\n"
            "(appenders; file: the same bytes in the same batches, each made durable)",
            ("", "Weg\n[dim]way[/]"),
            _COST,
        )
        for number, pair in enumerate(result.pairs, 1):
            table.add_row(str(number), "log", *_cells(pair.log))
            table.add_row(str(number), "file", *_cells(pair.file))
        console.print(table)
        it = result.ratio
        console.print(
            f"Protokoll ÷ Datei, Einträge je Sekunde (log over file, entries per second): "
            f"[bold]{it.median:.3f}[/] ({it.least:.3f} – {it.most:.3f})"
        )
    if result.at_sizes:
        table = _table(
            f"In Gruppen zu {APPENDERS} an ein wachsendes Protokoll\n"
            "(in batches, to a log that grows)",
            ("Größe\n[dim]size[/]",),
            {**_COST, "bewiesen": "proven at", "Faktor": "÷ small"},
        )
        for at in result.at_sizes:
            table.add_row(str(at.size), *_cells(at.cost), str(at.proven), f"{at.growth:.3f}")
        console.print(table)
        console.print(
            "CPU je Eintrag, größtes ÷ kleinstes, zur selben Zeit gemessen (CPU per entry, biggest "
            "over smallest, measured at the same time): "
            f"[bold]{result.growth:.3f}[/]"
        )
    _machine(result.machine, console)


def print_verify(result: VerifyResult, console: Console) -> None:
    """Print what verifying cost at each size, and the machine."""
    table = _table(
        "Kopien prüfen (verifying copies)",
        ("Einträge\n[dim]entries[/]",),
        {"je s": "per s", "CPU µs": "CPU", "Spitze MiB": "peak of memory"},
    )
    for it in result.verifications:
        table.add_row(
            str(it.size), f"{it.per_second:.0f}", f"{it.cpu_us:.0f}", f"{it.peak_kib / 1024:.1f}"
        )
    console.print(table)
    console.print(
        "Speicher, größte ÷ kleinste Kopie (memory, biggest over smallest copy): "
        f"[bold]{result.memory_growth:.3f}[/]"
    )
    _machine(result.machine, console)


def _table(title: str, first: tuple[str, ...], columns: Mapping[str, str]) -> Table:
    table = Table(title=title, box=SIMPLE, padding=(0, 1, 0, 0))
    for name in first:
        table.add_column(name, no_wrap=True)
    for german, english in columns.items():
        table.add_column(f"{german}\n[dim]{english}[/]", justify="right", no_wrap=True)
    return table


def _cells(cost: Cost) -> tuple[str, ...]:
    return (
        str(cost.entries),
        f"{cost.per_second:.0f}",
        f"{cost.cpu_us:.0f}",
        f"{cost.entries / cost.batches:.1f}",
        f"{cost.syncs_per_entry:.3f}",
    )


def _machine(facts: Mapping[str, Any], console: Console) -> None:
    console.print(
        f"{facts['processor']}, {facts['cores']} Kerne (cores), Kern {facts['core_measured']} "
        f"gemessen (measured), Last vorher (load before) {facts['load_before']}, "
        f"Python {facts['python']}, {facts['file_system']}"
    )
