"""A worker as a process of its own: `python -m tests.delivery.worker_process HOME CERTIFICATES`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from gateway.adapters.clock import SystemClock
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.delivery.worker import run_worker
from gateway.settings import Settings
from gateway.steps.forward import Patience
from tests.delivery.world import ORIGIN, open_world


def worker_settings(home: Path, certificates: Path, **changes: Any) -> Settings:
    """Return settings of a worker in a hurry."""
    return Settings(
        **{
            "home": home,
            "origin": ORIGIN,
            "public_url": "https://schleuse.example",
            "tls_certificate": certificates / "gateway.pem",
            "tls_key": certificates / "gateway.key",
            "client_ca": certificates / "partner-ca.pem",
            "partner_ca": certificates / "partner-ca.pem",
            "lease_s": 7,
            "attempt_timeout_s": 2.0,
            "retry_first_s": 1.0,
            "retry_max_s": 1.0,
            "worker_poll_s": 0.02,
            **changes,
        }
    )


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Run one worker over HTTPS on the log in the settings' home."""
    context = push_context(settings.partner_ca, settings.tls_certificate, settings.tls_key)
    signer = FileSigner.load(settings.keys_dir / "transport.pem")
    clock = SystemClock()
    async with (
        open_world(settings.home, clock) as world,
        HttpsDestination(context, signer, clock, settings.attempt_timeout_s) as destination,
    ):
        patience = Patience(settings.lease_s, settings.attempt_timeout_s, settings.give_up_after_s)
        await run_worker(world.ports(destination, patience=patience), settings, stop)


if __name__ == "__main__":
    asyncio.run(work(worker_settings(Path(sys.argv[1]), Path(sys.argv[2])), asyncio.Event()))
