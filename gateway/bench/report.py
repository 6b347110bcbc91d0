"""The bench's figures as people read them: German, with the English beside it."""

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from gateway.bench.figures import COMPARISONS, Result, Way

_NAMES = {
    "exchanges_per_second": ("Vorgänge je Sekunde", "exchanges per second"),
    "cpu_per_exchange": ("CPU je Vorgang, µs", "CPU per exchange"),
    "p99_answered": ("p99 Antwort, ms", "p99 answer"),
    "p99_complete": ("p99 Bestätigung, ms", "p99 acknowledged"),
    "p99_over_p50_answered": ("p99 ÷ Median, Antwort", "p99 ÷ median, answer"),
    "p99_answered_at_the_same_load": ("p99 Antwort, gleiche Last, ms", "p99 answer, same load"),
    "cpu_20_kib_over_4_kib": ("CPU, 20 KiB ÷ 4 KiB, µs", "CPU, 20 KiB over 4 KiB"),
}
_COLUMNS = {
    "Vorgänge": "exchanges",
    "je s": "per s",
    "CPU µs": "CPU",
    "Antw. p99": "answer ms",
    "best. p99": "ackn. ms",
    "Kern": "core",
    "andere": "others",
}
_STRANGERS, _FULL = 0.05, 0.95


def print_result(result: Result, console: Console) -> None:
    """Print rounds, medians with their ratios, counts, and the machine."""
    console.print(_rounds(result))
    console.print(_ratios(result))
    spent = result.cpu_by_process(Way.GATEWAY).items()
    listed = ", ".join(f"{name} {microseconds:.0f} µs" for name, microseconds in spent)
    console.print(f"Davon (of it), gateway: {listed}")
    disturbed = max(it.others for it in result.rounds)
    if disturbed > _STRANGERS:
        console.print(
            f"Unruhige Maschine: andere hatten bis zu {disturbed:.0%} des gemessenen Kerns. "
            "(A noisy machine: others had a share of the measured core.)"
        )
    if max(it.beside_busy for it in result.rounds) > _FULL:
        console.print(
            "Der Kern von Client und Empfänger war voll: der Proxy könnte mehr. "
            "(The core of client and recipient was full: the proxy could do more.)"
        )
    counts, facts = result.counts, result.machine
    console.print(
        f"Gesendet (sent) {counts.gateway_sent}, bestätigt (acknowledged) "
        f"{counts.gateway_acknowledged}, beim Empfänger (received) {counts.gateway_received}, "
        f"Wiederholungen (repeats) {counts.repeats}"
    )
    console.print(
        f"{facts['processor']}, {facts['cores']} Kerne (cores), Kern {facts['core_measured']} "
        f"gemessen (measured), Python {facts['python']}, {facts['file_system']}"
    )
    for line in counts.disagreements():
        console.print(f"[bold red]Zählung falsch (wrong count):[/] {line}")


def _rounds(result: Result) -> Table:
    table = Table(
        title="Runden; ½: stetig halb so viele wie das Gateway kann (steadily half as many)",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    table.add_column("", no_wrap=True)
    table.add_column("Weg\n[dim]way[/]", no_wrap=True)
    for german, english in _COLUMNS.items():
        table.add_column(f"{german}\n[dim]{english}[/]", justify="right", no_wrap=True)
    for it in result.rounds:
        table.add_row(
            str(it.number),
            it.way.value,
            str(it.exchanges),
            f"{it.per_second:.0f}",
            f"{it.cpu_us:.0f}",
            f"{it.answered.p99_ms:.1f}",
            f"{it.complete.p99_ms:.1f}",
            f"{it.busy:.0%}",
            f"{it.others:.0%}",
        )
    return table


def _ratios(result: Result) -> Table:
    table = Table(title="Median der Runden (median of the rounds)", box=SIMPLE)
    table.add_column("", no_wrap=True)
    for name in (
        "Proxy (4 KiB)",
        "Gateway (20 KiB)",
        "Verhältnis\n[dim]ratio[/]",
        "von – bis\n[dim]from – to[/]",
    ):
        table.add_column(name, justify="right")
    for name, (german, english) in _NAMES.items():
        ratio, it = result.ratio(name), COMPARISONS[name]
        table.add_row(
            f"{german}\n[dim]{english}[/]",
            *(f"{result.median(way, it.figure):.1f}" for way in (it.under, it.over)),
            f"[bold]{ratio.median:.3f}[/]",
            f"{ratio.least:.3f} – {ratio.most:.3f}",
        )
    return table
