"""The bench's figures as people read them: German, with the English beside it."""

from rich.console import Console
from rich.table import Table

from gateway.bench.figures import FIGURES, Result, Way

_NAMES = {
    "exchanges_per_second": "Vorgänge je Sekunde (exchanges per second)",
    "cpu_per_exchange": "CPU je Vorgang (CPU per exchange)",
    "p99_answered": "p99 bis zur Antwort (p99 to the answer)",
    "p99_complete": "p99 bis zur Bestätigung (p99 to the acknowledgement)",
    "p99_over_p50_answered": "p99 ÷ Median der Antwort (p99 ÷ median of the answer)",
}
_UNITS = {
    "exchanges_per_second": "/s",
    "cpu_per_exchange": "µs",
    "p99_answered": "ms",
    "p99_complete": "ms",
    "p99_over_p50_answered": "",
}
_STRANGERS = 0.05


def print_result(result: Result, console: Console) -> None:
    """Print rounds, medians with their ratios, counts, and the machine."""
    console.print(_rounds(result))
    console.print(_ratios(result))
    disturbed = max(it.others for it in result.rounds)
    if disturbed > _STRANGERS:
        console.print(
            f"Andere Prozesse hatten bis zu {disturbed:.0%} des gemessenen Kerns; "
            "CPU je Vorgang gilt, Durchsatz und Zeiten sind schlechter als auf ruhiger Maschine. "
            "(Others had a share of the measured core.)"
        )
    counts = result.counts
    console.print(
        f"Gesendet {counts.gateway_sent}, bestätigt {counts.gateway_acknowledged}, "
        f"beim Empfänger {counts.gateway_received}, Wiederholungen {counts.repeats}. "
        "(Sent, acknowledged, at the recipient, repeats.)"
    )
    facts = result.machine
    console.print(
        f"{facts['processor']}, {facts['cores']} Kerne (cores), Kern {facts['core_measured']} "
        f"gemessen (measured), Python {facts['python']}, {facts['file_system']}"
    )
    for line in result.counts.disagreements():
        console.print(f"[bold red]Zählung falsch (wrong count):[/] {line}")


def _rounds(result: Result) -> Table:
    table = Table(title="Runden (rounds)")
    for name in ("Runde", "Weg"):
        table.add_column(name)
    for name in (
        "Vorgänge\nexchanges",
        "je s\nper s",
        "CPU µs",
        "Antwort p50/p99 ms\nanswer",
        "bestätigt p50/p99 ms\nacknowledged",
        "Kern\ncore",
        "andere\nothers",
        "2. Kern\n2nd core",
    ):
        table.add_column(name, justify="right")
    for it in result.rounds:
        table.add_row(
            str(it.number),
            it.way.value,
            str(it.exchanges),
            f"{it.per_second:.0f}",
            f"{it.cpu_us:.0f}",
            f"{it.answered.p50_ms:.1f} / {it.answered.p99_ms:.1f}",
            f"{it.complete.p50_ms:.0f} / {it.complete.p99_ms:.0f}",
            f"{it.busy:.0%}",
            f"{it.others:.0%}",
            f"{it.beside_busy:.0%}",
        )
    return table


def _ratios(result: Result) -> Table:
    table = Table(title="Median der Runden (median of rounds)")
    table.add_column("")
    for name in ("proxy", "gateway", "gateway ÷ proxy", "von – bis (from – to)"):
        table.add_column(name, justify="right")
    for figure in FIGURES:
        ratio, unit = result.ratio(figure), _UNITS[figure]
        medians = (f"{result.median(way, figure):.1f} {unit}" for way in Way)
        table.add_row(
            _NAMES[figure],
            *medians,
            f"[bold]{ratio.median:.3f}[/]",
            f"{ratio.least:.3f} – {ratio.most:.3f}",
        )
    return table
