"""The partner's endpoint over real HTTPS."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.adapters.clock import SystemClock
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.receive import Accepted, Receiver, Trust
from gateway.client.receive_server import Listening, ReceiveServer, receive_context
from gateway.steps.forward import Outcome, Result, forward
from tests.adapters.https_recipient import Certificates, free_port, make_certificates
from tests.delivery.world import (
    ORIGIN,
    PRIVATE_KEYS,
    World,
    a_unit,
    key_list,
    make_home,
    open_world,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    make_home(tmp_path / "gateway")
    async with open_world(tmp_path / "gateway", SystemClock()) as opened:
        yield opened


@asynccontextmanager
async def receiving(
    world: World,
    certificates: Certificates,
    inbox: Path,
    *,
    pins: frozenset[str] = frozenset(),
    trust_home: Path | None = None,
    on_accepted: Callable[[Accepted], None] = lambda _: None,
) -> AsyncIterator[str]:
    """Run the endpoint, register it, and give its address."""
    trust = Trust(
        ORIGIN, key_list(trust_home or world.home), "ordnungsamt", PRIVATE_KEYS["ecdh-p256"]
    )
    context = receive_context(certificates.gateway_ca, *certificates.recipient())
    port = free_port()
    url = f"https://127.0.0.1:{port}/lieferungen"
    listening = Listening("127.0.0.1", port, url, pins)
    receiver = Receiver(trust, DeliveryFolder(inbox))
    async with ReceiveServer(receiver, listening, context, on_accepted):
        await world.register(a_unit(endpoint={"url": url, "private_address": True}))
        yield url


async def push(world: World, certificates: Certificates, delivery_id: str) -> Outcome:
    """Deliver over HTTPS as the worker does."""
    context = push_context(
        certificates.partner_ca, certificates.gateway_certificate, certificates.gateway_key
    )
    signer = FileSigner.load(world.home / "keys/transport.pem")
    async with HttpsDestination(context, signer, world.clock, 5.0) as destination:
        return await forward(await world.delivery(delivery_id), world.ports(destination))


async def test_a_push_is_kept_and_acknowledged(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    accepted: list[Accepted] = []
    async with receiving(world, certificates, tmp_path / "inbox", on_accepted=accepted.append):
        delivery_id = await world.queue()
        outcome = await push(world, certificates, delivery_id)

    kept = json.loads((tmp_path / "inbox" / f"{delivery_id}.json").read_text())
    assert outcome == Outcome(Result.DELIVERED)
    assert kept["exchange"]["exchange_id"] == (await world.delivery(delivery_id)).exchange_id
    assert [item.delivery_id for item in accepted] == [delivery_id]


async def test_only_the_pinned_certificate_of_the_gateway_gets_in(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    certificate = x509.load_pem_x509_certificate(certificates.gateway_certificate.read_bytes())
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = hashlib.sha256(spki).hexdigest()

    async with receiving(world, certificates, tmp_path / "a", pins=frozenset({pin})):
        right = await push(world, certificates, await world.queue())
    async with receiving(world, certificates, tmp_path / "b", pins=frozenset({"0" * 64})):
        wrong = await push(world, certificates, await world.queue())

    assert right.result is Result.DELIVERED
    assert wrong == Outcome(Result.PARKED, "http_401")
    assert list((tmp_path / "b").iterdir()) == []


async def test_a_client_without_a_certificate_of_the_gateways_ca_is_not_answered(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    stranger = make_certificates(tmp_path / "stranger")
    async with receiving(world, certificates, tmp_path / "inbox"):
        delivery_id = await world.queue()
        context = push_context(
            certificates.partner_ca, stranger.gateway_certificate, stranger.gateway_key
        )
        signer = FileSigner.load(world.home / "keys/transport.pem")
        async with HttpsDestination(context, signer, world.clock, 5.0) as destination:
            outcome = await forward(await world.delivery(delivery_id), world.ports(destination))

    assert outcome.result is Result.RETRY
    assert list((tmp_path / "inbox").iterdir()) == []


async def test_a_gateway_with_other_keys_is_refused(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    make_home(tmp_path / "other")
    inbox = tmp_path / "inbox"
    async with receiving(world, certificates, inbox, trust_home=tmp_path / "other"):
        outcome = await push(world, certificates, await world.queue())

    assert outcome == Outcome(Result.PARKED, "http_401")
    assert list(inbox.iterdir()) == []


async def test_a_push_to_another_address_is_refused(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    """The signature covers the address, so the endpoint answers for its own only."""
    async with receiving(world, certificates, tmp_path / "inbox") as url:
        elsewhere = {"url": f"{url}/anderswo", "private_address": True}
        await world.register(a_unit(endpoint=elsewhere, contract={"id": "b", "date": "2026-01-01"}))
        outcome = await push(world, certificates, await world.queue())

    assert outcome == Outcome(Result.PARKED, "http_401")


async def test_a_body_beyond_the_bound_is_refused(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    context = push_context(
        certificates.partner_ca, certificates.gateway_certificate, certificates.gateway_key
    )
    async with (
        receiving(world, certificates, tmp_path / "inbox") as url,
        aiohttp.ClientSession() as session,
        session.post(url, data=b"x" * (33 << 20), ssl=context) as answer,
    ):
        status = answer.status

    assert status == 413


async def test_what_cannot_be_kept_is_tried_again(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    async with receiving(world, certificates, tmp_path / "inbox"):
        (tmp_path / "inbox").rmdir()
        outcome = await push(world, certificates, await world.queue())

    assert outcome == Outcome(Result.RETRY, "http_503")
