"""`datenschleuse worker`: pushes what was approved to its recipients."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import structlog
import typer
from prometheus_client import CollectorRegistry
from uvicorn.loops.auto import auto_loop_factory

from gateway import technical_log
from gateway.app import settle
from gateway.delivery.assembly import open_forward_ports
from gateway.delivery.metrics import DeliveryMetrics
from gateway.delivery.readiness import readiness_of
from gateway.delivery.worker import run_worker
from gateway.errors import KeysUnavailable, PolicySetRefused, StartRefused
from gateway.http.operations import operations_app
from gateway.http.server import serve_operations
from gateway.settings import Settings, load_settings

_log = structlog.get_logger("worker")


def run(
    home: Annotated[
        Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")
    ] = Path(),
) -> None:
    """Freigegebenes an die Empfänger ausliefern, bis SIGTERM kommt.

    (Deliver what was approved to its recipients, until SIGTERM comes.)

    Beispiel (example): datenschleuse worker --home /srv/datenschleuse
    """
    technical_log.configure()
    try:
        settings = load_settings(home)
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(_deliver(settings))
    except (StartRefused, PolicySetRefused, KeysUnavailable) as error:
        typer.echo(
            f"Die Auslieferung startet nicht. (The worker does not start.)\n{error}", err=True
        )
        raise typer.Exit(1) from error


async def _deliver(settings: Settings) -> None:
    """Run worker and operations port until a signal comes, or until one of them ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    registry = CollectorRegistry()
    async with open_forward_ports(settings) as ports:
        settle()
        operations = operations_app(readiness_of(ports, settings.home), registry)
        last = asyncio.Event()
        beside = asyncio.create_task(
            serve_operations(operations, settings.worker_operations_port, last, _say)
        )
        beside.add_done_callback(lambda _: stop.set())
        try:
            await run_worker(ports, settings, stop, DeliveryMetrics(registry))
        finally:
            last.set()
            await beside


def _say(port: int) -> None:
    _log.info("listening", operations=port)
