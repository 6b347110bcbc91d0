"""Puts the worker's ports together from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.app import open_ports
from gateway.delivery.schedule import Backoff
from gateway.delivery_entry import DeliveryEntries
from gateway.settings import Settings
from gateway.steps.forward import ForwardPorts, Patience


@asynccontextmanager
async def open_forward_ports(settings: Settings) -> AsyncIterator[ForwardPorts]:
    """Open everything that the worker needs, and close it in the end.

    Raises:
        StartRefused: Files, keys or database are not those of the log.
        KeysUnavailable: The transport key cannot be read.
    """
    context = push_context(settings.partner_ca, settings.tls_certificate, settings.tls_key)
    transport = FileSigner.load(settings.keys_dir / "transport.pem")
    async with open_ports(settings, decides=False) as ports:
        destination = HttpsDestination(context, transport, ports.clock, settings.attempt_timeout_s)
        async with destination:
            yield ForwardPorts(
                clock=ports.clock,
                registry=ports.registry,
                log=ports.log,
                outbox=ports.outbox,
                destination=destination,
                entries=DeliveryEntries(ports.drafter, ports.log),
                schedule=Backoff(settings.retry_first_s, settings.retry_max_s),
                patience=Patience(
                    settings.lease_s, settings.attempt_timeout_s, settings.give_up_after_s
                ),
            )
