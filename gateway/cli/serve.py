"""`datenschleuse serve`: the partner API of one gateway."""

import asyncio
import signal
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import structlog
import typer
from prometheus_client import CollectorRegistry
from uvicorn.loops.auto import auto_loop_factory

from gateway import technical_log
from gateway.app import open_ports, settle, trial_destination
from gateway.errors import PolicySetRefused, StartRefused
from gateway.http.api import build_api
from gateway.http.limits import EdgeLimits
from gateway.http.metrics import HttpMetrics
from gateway.http.operations import operations_app
from gateway.http.readiness import readiness_of
from gateway.http.security_log import SecurityLog
from gateway.http.server import Listening, PartnerApi, serve
from gateway.http.tls import TlsFiles, server_context
from gateway.http.traffic import Traffic
from gateway.settings import Settings, load_settings

_log = structlog.get_logger("serve")


def run(
    home: Annotated[
        Path, typer.Option(help="Ordner der Schleuse. (The gateway's home folder.)")
    ] = Path(),
) -> None:
    """Die Schnittstelle für Partner anbieten, bis SIGTERM kommt.

    (Serve the partner API until SIGTERM comes.)

    Beispiel (example): datenschleuse serve --home /srv/datenschleuse
    """
    technical_log.configure()
    try:
        settings = load_settings(home)
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(_serve(settings))
    except (StartRefused, PolicySetRefused) as error:
        typer.echo(f"Die Schleuse startet nicht. (The gateway does not start.)\n{error}", err=True)
        raise typer.Exit(1) from error


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    registry = CollectorRegistry()
    metrics = HttpMetrics(registry)
    traffic, log = Traffic(EdgeLimits.of(settings)), SecurityLog(metrics)
    metrics.watch(traffic)
    files = TlsFiles(settings.tls_certificate, settings.tls_key, settings.client_ca)
    tls = server_context(files)
    async with (
        open_ports(settings) as ports,
        trial_destination(settings, ports.clock) as destination,
    ):
        settle()
        await serve(
            PartnerApi(
                build_api(
                    replace(ports, destination=destination), settings.public_url, metrics, log
                ),
                settings.listen_host,
                settings.listen_port,
                tls,
                settings.public_url,
                traffic,
                log,
                frozenset(settings.trusted_proxies),
            ),
            operations_app(readiness_of(ports, settings.home), registry),
            settings.operations_port,
            stop,
            _say,
        )


def _say(listening: Listening) -> None:
    _log.info("listening", partner_api=listening.partner_api, operations=listening.operations)
