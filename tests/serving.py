"""A whole gateway behind real TLS, in the loop of the test, with two units that call it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from prometheus_client import CollectorRegistry

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.client.partner import Partner
from gateway.client.sender import Sender
from gateway.http.api import build_api
from gateway.http.limits import EdgeLimits
from gateway.http.metrics import HttpMetrics
from gateway.http.operations import operations_app
from gateway.http.security_log import SecurityLog
from gateway.http.server import PartnerApi, serve
from gateway.http.tls import TlsFiles, server_context
from gateway.http.traffic import Traffic
from gateway.signatures import RequestSigner
from gateway.steps.authenticate import pin_of
from tests.builders import ORIGIN, a_unit, keys_of, the_police
from tests.gateways import Gateway, SqlGateway, settings_for
from tests.partners import Pki

POLICE, OFFICE = "polizei", "ordnungsamt"


@dataclass
class Served:
    """The running gateway, its address, and a connection of each unit."""

    gateway: Gateway
    url: str
    pki: Pki
    partners: Mapping[str, Partner]
    senders: Mapping[str, Sender]
    end: Callable[[], None]

    @property
    def police(self) -> Sender:
        return self.senders[POLICE]

    @property
    def office(self) -> Sender:
        return self.senders[OFFICE]

    async def get(self, path: str, unit: str = POLICE) -> dict[str, Any]:
        """Return the members of an answer that must be 200."""
        answer = await self.senders[unit].get(path)
        assert answer.status == 200, answer.body
        return answer.json()

    async def post(self, path: str, body: bytes, unit: str = POLICE) -> tuple[int, dict[str, Any]]:
        """Sign and send a body; return status and members of the answer."""
        sender = self.senders[unit]
        answer = await sender.send_bytes(body, sender.sign(body, path=path), path)
        return answer.status, answer.json()

    async def change(self, unit: str, **changes: Any) -> None:
        """Change what the registry says of a unit; its certificate stays known."""
        await self.gateway.register(document_of(unit, self.partners[unit], **changes))


def document_of(unit: str, partner: Partner, **changes: Any) -> dict[str, Any]:
    """Return a unit's document with the pin of its TLS certificate as the second."""
    pem = load_pem_x509_certificate(partner.certificate.read_bytes())
    pins = [pin_of(keys_of(unit).certificate), pin_of(pem.public_bytes(Encoding.DER))]
    make = the_police if unit == POLICE else a_unit
    return make(**{"pins": pins, **changes})


@asynccontextmanager
async def served(gateway: Gateway, folder: Path, **office: Any) -> AsyncIterator[Served]:
    """Serve *gateway*; *office* is what differs in the document of the order office."""
    pki = Pki(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"https://localhost:{port}"
    partners = {unit: pki.member(unit, url).partner for unit in (POLICE, OFFICE)}
    metrics = HttpMetrics(CollectorRegistry())
    traffic, log = Traffic(EdgeLimits.of(settings_for(folder))), SecurityLog(metrics)
    up, stop = asyncio.Event(), asyncio.Event()
    destination = None
    if isinstance(gateway, SqlGateway):
        transport = FileSigner.load(gateway.home / "keys" / "transport.pem")
        context = push_context(pki.ca_file, *pki.server)
        destination = HttpsDestination(context, transport, gateway.clock, 5.0)
    ports = replace(gateway.ports, destination=destination)

    async def ready() -> dict[str, str]:
        return {}

    serving = asyncio.create_task(
        serve(
            PartnerApi(
                build_api(ports, url, metrics, log),
                "127.0.0.1",
                port,
                server_context(TlsFiles(*pki.server, pki.ca_file)),
                url,
                traffic,
                log,
            ),
            operations_app(ready, CollectorRegistry()),
            0,
            stop,
            lambda _listening: up.set(),
        )
    )
    try:
        async with AsyncExitStack() as stack:
            senders = {
                unit: await stack.enter_async_context(
                    Sender(partner, signer=keys_of(unit).signer, now=lambda: gateway.clock.at)
                )
                for unit, partner in partners.items()
            }
            opened = Served(gateway, url, pki, partners, senders, stop.set)
            await opened.change(POLICE)
            await opened.change(OFFICE, **office)
            await up.wait()
            yield opened
    finally:
        stop.set()
        await serving
        if destination is not None:
            await destination.__aexit__()


async def access_file_of(api: Served, unit: str, home: Path, **changes: Any) -> Path:
    """Write a unit's access file, beside it its keys; register the one that signs."""
    partner = api.partners[unit]
    jwk = dict(RequestSigner.load(partner.signing_key).public_jwk)
    await api.change(unit, signing_key={"alg": "ecdsa-p256-sha256", "jwk": jwk}, **changes)
    folder = partner.certificate.parent
    (folder / "opening.pem").write_bytes(keys_of(unit).decryption.as_pem(private=True))
    members = {
        "unit": unit,
        "gateway": api.url,
        "origin": ORIGIN,
        "certificate": partner.certificate,
        "key": partner.key,
        "ca": partner.ca,
        "signing_key": partner.signing_key,
        "root_key": home / "root.pub",
        "keys": home / "keys.jws",
        "remembered": folder / f"{unit}.checkpoint",
    }
    file = folder / f"{unit}.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in members.items()))
    return file
