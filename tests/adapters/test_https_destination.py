"""Pushes over real HTTPS, to recipients that answer well and badly."""

import asyncio
import json
import socket
import ssl
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.errors import DeliveryFailed
from gateway.model.exchange import Message
from gateway.model.unit import SigningKey, Unit
from gateway.signatures import verify_request
from tests.adapters.https_recipient import (
    Answer,
    Certificates,
    HttpsRecipient,
    acknowledgement,
    acknowledges,
    answers,
    make_certificates,
    server_context,
)
from tests.delivery.world import NOON, StoppedClock, a_unit, unit_of

DELIVERY = "0123456789abcdef" * 2
JWE = b"header.key.iv.ciphertext.tag"
BODY = json.dumps({"delivery_id": DELIVERY, "jwe": JWE.decode(), "receipt": {}}).encode()
SIGNER = FileSigner(ed25519.Ed25519PrivateKey.generate())


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """The worker runs on uvloop, whose errors of sockets and TLS are its own."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def recipient(certificates: Certificates) -> AsyncIterator[HttpsRecipient]:
    async with HttpsRecipient(server_context(certificates)) as server:
        yield server


@pytest.fixture
async def destination(certificates: Certificates) -> AsyncIterator[HttpsDestination]:
    async with open_destination(certificates) as opened:
        yield opened


def open_destination(certificates: Certificates, timeout_s: float = 5.0) -> HttpsDestination:
    context = push_context(
        certificates.partner_ca, certificates.gateway_certificate, certificates.gateway_key
    )
    return HttpsDestination(context, SIGNER, StoppedClock(), timeout_s)


def unit_at(url: str, *, private: bool = True) -> Unit:
    unit: Unit = unit_of(a_unit(endpoint={"url": url, "private_address": private}))
    return unit


async def push(destination: HttpsDestination, url: str, *, private: bool = True) -> DeliveryFailed:
    """Push where no acknowledgement can come back, and return why."""
    with pytest.raises(DeliveryFailed) as failed:
        await destination.deliver(unit_at(url, private=private), DELIVERY, BODY, JWE)
    return failed.value


async def test_a_right_acknowledgement_is_returned(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    acknowledged = await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    assert acknowledged.delivery_id == DELIVERY
    assert recipient.requests[0].body == BODY


async def test_the_push_is_signed_with_the_transport_key(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """The recipient verifies it over the address as registered, and the id is the key."""
    await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    (message,) = recipient.requests
    key = SigningKey("ed25519", SIGNER.public_jwk, SIGNER.kid)
    covered = verify_request(message, key, now=NOON, skew_s=0)
    assert message.target_uri == recipient.url
    assert "signature" in covered
    assert uuid.UUID(message.header("idempotency-key")).hex == DELIVERY


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (acknowledges(delivery_id="f" * 32), "wrong_acknowledgement"),
        (acknowledges(jwe_sha256="0" * 64), "wrong_acknowledgement"),
        (acknowledges(note="thanks"), "wrong_acknowledgement"),
        (answers(200, b"ok"), "wrong_acknowledgement"),
        (answers(200, b""), "wrong_acknowledgement"),
        (answers(200, b'{"delivery_id":' + b"[" * 20_000), "wrong_acknowledgement"),
        (answers(200, b"x" * 70_000), "answer_too_long"),
        (answers(202, b"{}"), "http_202"),
        (answers(204), "http_204"),
        (answers(302, b"", (("Location", "https://elsewhere.example/"),)), "http_302"),
        (answers(307, b"", (("Location", "/elsewhere"),)), "http_307"),
        (answers(408), "http_408"),
        (answers(429), "http_429"),
        (answers(500), "http_500"),
        (answers(503), "http_503"),
    ],
)
async def test_what_may_pass_is_no_acknowledgement_but_may_be_tried_again(
    destination: HttpsDestination, recipient: HttpsRecipient, answer: Answer, code: str
) -> None:
    recipient.answer = answer

    failure = await push(destination, recipient.url)

    assert (failure.reason, failure.final) == (code, False)
    assert len(recipient.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 415, 422, 451])
async def test_a_refusal_by_the_recipient_is_final(
    destination: HttpsDestination, recipient: HttpsRecipient, status: int
) -> None:
    recipient.answer = answers(status)

    failure = await push(destination, recipient.url)

    assert (failure.reason, failure.final) == (f"http_{status}", True)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (format_datetime(datetime.fromtimestamp(NOON + 90, UTC), usegmt=True), 90),
        (format_datetime(datetime.fromtimestamp(NOON - 90, UTC), usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("Mon, 99 Foo 9999 99:99:99 GMT", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_date(
    destination: HttpsDestination,
    recipient: HttpsRecipient,
    retry_after: str,
    seconds: int | None,
) -> None:
    recipient.answer = answers(429, b"", (("Retry-After", retry_after),))

    failure = await push(destination, recipient.url)

    assert failure.retry_after_s == seconds


async def test_an_endless_answer_is_cut_off(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """Nothing beyond the bound is read, however much comes."""
    sent = 0

    async def flood(_: Message, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 1 << 28:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            sent += 0x10000
            await writer.drain()

    recipient.answer = flood

    failure = await push(destination, recipient.url)

    assert failure.reason == "answer_too_long"
    assert sent < 1 << 28


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"])
async def test_a_slow_recipient_ends_at_the_deadline(
    certificates: Certificates, recipient: HttpsRecipient, first: bytes
) -> None:
    """Also one that began to answer and goes on byte by byte."""

    async def drip(_: Message, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _ in range(60):
            await asyncio.sleep(0.05)
            writer.write(b" " if first else b"")
            await writer.drain()

    recipient.answer = drip
    began = asyncio.get_running_loop().time()
    async with open_destination(certificates, timeout_s=0.3) as destination:
        failure = await push(destination, recipient.url)

    assert failure.reason == "timeout"
    assert asyncio.get_running_loop().time() - began < 1.5


async def test_a_server_that_never_speaks_tls_ends_at_the_deadline(
    certificates: Certificates,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with open_destination(certificates, timeout_s=0.3) as destination:
            failure = await push(destination, f"https://127.0.0.1:{silent.getsockname()[1]}/x")

    assert failure.reason == "timeout"


async def test_a_certificate_for_another_host_is_refused(
    certificates: Certificates, destination: HttpsDestination
) -> None:
    async with HttpsRecipient(server_context(certificates, "other.example")) as recipient:
        failure = await push(destination, recipient.url)

    assert (failure.reason, failure.final) == ("tls", False)
    assert recipient.requests == []


async def test_a_certificate_of_another_ca_is_refused(
    destination: HttpsDestination, tmp_path: Path, certificates: Certificates
) -> None:
    stranger = make_certificates(tmp_path / "stranger")
    context = server_context(stranger)
    context.load_verify_locations(certificates.gateway_ca)
    async with HttpsRecipient(context) as recipient:
        failure = await push(destination, recipient.url)

    assert failure.reason == "tls"
    assert recipient.requests == []


async def test_tls_below_1_3_is_refused(
    certificates: Certificates, destination: HttpsDestination
) -> None:
    context = server_context(certificates)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with HttpsRecipient(context) as recipient:
        failure = await push(destination, recipient.url)

    assert failure.reason in {"tls", "connection"}
    assert recipient.requests == []


async def test_the_gateways_certificate_is_shown(
    certificates: Certificates, tmp_path: Path, recipient: HttpsRecipient
) -> None:
    """A recipient that demands another CA's certificate gets no push through."""
    stranger = make_certificates(tmp_path / "stranger")
    context = push_context(
        certificates.partner_ca, stranger.gateway_certificate, stranger.gateway_key
    )
    async with HttpsDestination(context, SIGNER, StoppedClock(), 5.0) as destination:
        failure = await push(destination, recipient.url)

    assert failure.reason in {"tls", "connection"}
    assert recipient.requests == []


async def test_a_recipient_that_is_down_may_be_tried_again(
    destination: HttpsDestination,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    failure = await push(destination, f"https://127.0.0.1:{port}/lieferungen")

    assert (failure.reason, failure.final) == ("connection", False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_inner_address_is_refused_unless_the_registry_allows_it(
    destination: HttpsDestination, recipient: HttpsRecipient, host: str
) -> None:
    """The address that is connected to counts, whatever the name was."""
    url = recipient.url.replace("127.0.0.1", host)

    failure = await push(destination, url, private=False)

    assert (failure.reason, failure.final) == ("address_refused", False)
    assert recipient.connections == 0


async def test_leave_for_one_unit_opens_no_inner_address_to_another(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """Also not over the connection that was kept."""
    await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    failure = await push(destination, recipient.url, private=False)

    assert failure.reason == "address_refused"
    assert len(recipient.requests) == 1


async def test_connections_are_kept(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    for _ in range(5):
        await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    assert (len(recipient.requests), recipient.connections) == (5, 1)


async def test_a_kept_connection_that_was_closed_is_no_failed_attempt(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """The recipient closed it as ours was on its way: the push goes out on a new one."""
    closed = 0

    async def close_once(message: Message, writer: asyncio.StreamWriter) -> None:
        nonlocal closed
        if len(recipient.requests) == 2:
            closed += 1
            writer.transport.abort()
            return
        await answers(body=acknowledgement(message))(message, writer)

    recipient.answer = close_once

    for _ in range(2):
        await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    assert (closed, len(recipient.requests), recipient.connections) == (1, 3, 2)


async def test_many_pushes_run_at_once(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """A slow answer holds up only its own delivery."""

    async def slowly(message: Message, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await answers(body=acknowledgement(message))(message, writer)

    recipient.answer = slowly
    began = asyncio.get_running_loop().time()

    await asyncio.gather(
        *(destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE) for _ in range(16))
    )

    assert asyncio.get_running_loop().time() - began < 16 * 0.3 / 2


async def test_cookies_are_not_kept(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    async def with_cookie(message: Message, writer: asyncio.StreamWriter) -> None:
        cookie = (("Set-Cookie", "track=1"),)
        await answers(body=acknowledgement(message), headers=cookie)(message, writer)

    recipient.answer = with_cookie

    for _ in range(2):
        await destination.deliver(unit_at(recipient.url), DELIVERY, BODY, JWE)

    assert recipient.requests[1].header("cookie") is None


async def test_a_compressed_answer_is_not_unpacked(
    destination: HttpsDestination, recipient: HttpsRecipient
) -> None:
    """A few bytes could become gigabytes."""
    recipient.answer = answers(200, b"\x1f\x8b\x08\x00bomb", (("Content-Encoding", "gzip"),))

    failure = await push(destination, recipient.url)

    assert failure.reason == "wrong_acknowledgement"
    assert recipient.requests[0].header("accept-encoding") == "identity"
