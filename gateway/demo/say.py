"""What the demonstration prints: German first, a short English line beneath."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table

Json = Any
_WIDTH = 100


class Narrator:
    """Prints the story; it never decides what happened."""

    def __init__(self) -> None:
        self._console = Console(width=_WIDTH, highlight=False)

    def act(self, number: int, german: str, english: str) -> None:
        self._console.print()
        self._console.print(Rule(f"[bold]{number}. {german}[/]", align="left", style="blue"))
        self._console.print(f"[dim]{english}[/]")

    def line(self, german: str, english: str | None = None) -> None:
        self._console.print(german)
        if english:
            self._console.print(f"[dim]{english}[/]")

    def command(self, call: str) -> None:
        """Show a call to copy: on one line, however long."""
        self._console.print(f"  [cyan]{call}[/]", soft_wrap=True)

    def verdict(self, status: int, body: Mapping[str, Json]) -> None:
        """Show a decision: what it is, what was released, what was not, and why."""
        words = {
            201: "[bold green]zulässig[/] (permitted)",
            202: "[bold yellow]angehalten[/] (held)",
            403: "[bold red]nicht zulässig[/] (denied)",
        }
        self._console.print(f"Antwort HTTP {status}: {words.get(status, 'abgelehnt (refused)')}")
        for denial in body.get("denials", []):
            self._console.print(f"  [red]✗[/] {denial['de']}")
            self._console.print(f"    [dim]{denial['norm']} · {denial['reason']}[/]")
        if body.get("released"):
            self._console.print(f"  [green]✓[/] weitergegeben: {', '.join(body['released'])}")
        self.withheld(body.get("withheld", []) if status != 403 else [])

    def withheld(self, rows: Iterable[Mapping[str, Json]]) -> None:
        """Show each withheld member with its norm and sentence."""
        rows = list(rows)
        if not rows:
            return
        table = Table("zurückgehalten", "Norm", "Warum", box=None, pad_edge=True)
        for row in rows:
            for member in row["members"]:
                table.add_row(f"[yellow]–[/] {member}", row["norm"], row["de"])
        self._console.print(table)

    def received(self, who: str, payload: Mapping[str, Json]) -> None:
        """Show what a recipient decrypted."""
        self._console.print(f"[bold]{who}[/] hat empfangen und entschlüsselt (received):")
        for member, value in payload.items():
            self._console.print(f"  {member}: [cyan]{_short(value)}[/]", soft_wrap=False)

    def table(self, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        table = Table(*heads, box=None)
        for row in rows:
            table.add_row(*row)
        self._console.print(table)


def _short(value: Json) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:57]}…"
    if isinstance(value, Mapping):
        if "media_type" in value:
            return f"<{value['media_type']}>"
        return ", ".join(f"{_short(inner)}" for inner in value.values())
    if isinstance(value, list):
        return "; ".join(_short(item) for item in value)
    return str(value)
