"""What every `Destination` promises: an acknowledgement of exactly this delivery, or why not."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.adapters.memory.destination import MemoryDestination
from gateway.errors import DeliveryFailed
from gateway.model.unit import Unit
from gateway.ports import Destination
from tests.adapters.https_recipient import (
    HttpsRecipient,
    answers,
    make_certificates,
    server_context,
)
from tests.delivery.world import StoppedClock, a_unit, unit_of

DELIVERY = "0123456789abcdef" * 2
JWE = b"header.key.iv.ciphertext.tag"
BODY = json.dumps({"delivery_id": DELIVERY, "jwe": JWE.decode(), "receipt": {}}).encode()


class Way(Protocol):
    """A destination whose recipient can be told what to do."""

    destination: Destination
    unit: Unit

    def refuse_next(self, status: int, retry_after_s: int | None = None) -> None: ...

    def arrived(self) -> list[bytes]: ...


class MemoryWay:
    def __init__(self) -> None:
        self.destination = MemoryDestination()
        self.unit = unit_of(a_unit())

    def refuse_next(self, status: int, retry_after_s: int | None = None) -> None:
        final = 400 <= status < 500 and status not in {408, 429}
        self.destination.failures.append(
            DeliveryFailed(f"http_{status}", final=final, retry_after_s=retry_after_s)
        )

    def arrived(self) -> list[bytes]:
        return [pushed.body for pushed in self.destination.arrived]


class HttpsWay:
    def __init__(self, destination: HttpsDestination, recipient: HttpsRecipient) -> None:
        self.destination = destination
        self.unit = unit_of(a_unit(endpoint={"url": recipient.url, "private_address": True}))
        self._recipient = recipient

    def refuse_next(self, status: int, retry_after_s: int | None = None) -> None:
        headers = () if retry_after_s is None else (("Retry-After", str(retry_after_s)),)
        self._recipient.answer = answers(status, b"", headers)

    def arrived(self) -> list[bytes]:
        return [message.body for message in self._recipient.requests]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["memory", "https"])
async def way(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Way]:
    if request.param == "memory":
        yield MemoryWay()
        return
    files = make_certificates(tmp_path)
    context = push_context(files.partner_ca, files.gateway_certificate, files.gateway_key)
    signer = FileSigner(ed25519.Ed25519PrivateKey.generate())
    async with (
        HttpsRecipient(server_context(files)) as recipient,
        HttpsDestination(context, signer, StoppedClock(), 5.0) as destination,
    ):
        yield HttpsWay(destination, recipient)


async def test_an_acknowledgement_names_the_delivery_and_what_was_sealed(way: Way) -> None:
    acknowledged = await way.destination.deliver(way.unit, DELIVERY, BODY, JWE)

    assert acknowledged.delivery_id == DELIVERY
    assert acknowledged.jwe_sha256 == hashlib.sha256(JWE).hexdigest()
    assert way.arrived() == [BODY]


async def test_a_passing_failure_says_when_to_come_back(way: Way) -> None:
    way.refuse_next(503, retry_after_s=7)

    with pytest.raises(DeliveryFailed) as failed:
        await way.destination.deliver(way.unit, DELIVERY, BODY, JWE)

    assert (failed.value.reason, failed.value.final) == ("http_503", False)
    assert failed.value.retry_after_s == 7


async def test_a_final_failure_says_so(way: Way) -> None:
    way.refuse_next(404)

    with pytest.raises(DeliveryFailed) as failed:
        await way.destination.deliver(way.unit, DELIVERY, BODY, JWE)

    assert (failed.value.reason, failed.value.final) == ("http_404", True)
