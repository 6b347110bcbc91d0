"""`datenschleuse up`: partner API and delivery worker of one machine, as two processes."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import load_settings

_PARTS = ("serve", "worker")
_LOOK_S = 0.5
_GRACE_S = 30.0


def run(
    home: Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")],
) -> None:
    """Startet Schnittstelle und Auslieferung, bis SIGTERM kommt. Starts both until SIGTERM.

    If one of them ends by itself the other is stopped, and the exit status is 1.

    Example: datenschleuse up --home ./gateway
    """
    load_settings(home)
    stopping: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _frame: stopping.append(number))
    processes = [
        subprocess.Popen(  # noqa: S603  # our own commands
            [sys.executable, "-m", "gateway", part, "--home", str(home)], start_new_session=True
        )
        for part in _PARTS
    ]
    while not stopping and all(process.poll() is None for process in processes):
        time.sleep(_LOOK_S)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
    if not stopping:
        print("Ein Prozess ist von selbst beendet. One process ended by itself.", file=sys.stderr)
        raise typer.Exit(1)
