"""The partner's HTTPS endpoint: mutual TLS with the gateway, one route for deliveries."""

import asyncio
import hashlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.client.receive import Accepted, DeliveryRefused, Receiver
from gateway.errors import AuthenticationFailed, StartRefused
from gateway.model.exchange import Message

MAX_BODY = 32 << 20
_READ_S = 60.0
_log = structlog.get_logger("partner")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the endpoint listens, under which address the registry names it, for whom.

    `pins` are the SHA-256 digests (hex) of the public keys that the gateway's certificate
    may have; without any, a certificate of the gateway's CA is enough.
    """

    host: str
    port: int
    public_url: str
    pins: frozenset[str] = frozenset()


def receive_context(gateway_ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the TLS settings of the endpoint: 1.3, a client certificate is required.

    Raises:
        StartRefused: A file is missing or not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_verify_locations(gateway_ca)
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise StartRefused(f"TLS needs {gateway_ca}, {certificate}, {key}: {error}") from error
    return context


class ReceiveServer:
    """Serves one receiver. Use it as an async context manager."""

    def __init__(
        self,
        receiver: Receiver,
        listening: Listening,
        context: ssl.SSLContext,
        on_accepted: Callable[[Accepted], None] = lambda _accepted: None,
    ) -> None:
        self._receiver = receiver
        self._listening = listening
        self._context = context
        self._on_accepted = on_accepted
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on; asked for as 0, the system chose one."""
        assert self._runner is not None
        port: int = self._runner.addresses[0][1]
        return port

    async def __aenter__(self) -> "ReceiveServer":
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=75)
        await self._runner.setup()
        await web.TCPSite(
            self._runner,
            self._listening.host,
            self._listening.port,
            ssl_context=self._context,
        ).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_READ_S):
                body = await request.read()
            message = self._message(request, body)
            accepted = await asyncio.to_thread(self._receiver.accept, message, int(time.time()))
        except TimeoutError:
            return _refusal(408, "slow")
        except AuthenticationFailed as error:
            _log.warning("delivery_refused", reason="authentication_failed", what=str(error))
            return _refusal(401, "authentication_failed")
        except DeliveryRefused as error:
            _log.warning("delivery_refused", reason=error.reason, what=str(error))
            return _refusal(400 if error.reason == "malformed" else 422, error.reason)
        except OSError as error:
            _log.error("delivery_not_kept", what=type(error).__name__)
            return _refusal(503, "not_kept")
        self._on_accepted(accepted)
        return web.json_response(accepted.acknowledgement())

    def _message(self, request: web.Request, body: bytes) -> Message:
        """Return the request as it came; its address is our own, never the Host header's."""
        certificate = _certificate(request)
        pins = self._listening.pins
        if pins and (certificate is None or _pin(certificate) not in pins):
            raise AuthenticationFailed("the certificate is not the gateway's")
        path = self._listening.public_url.split("/", 3)[3:]
        if request.raw_path.removeprefix("/") != "".join(path):
            raise AuthenticationFailed("deliveries come to another address")
        return Message(
            method=request.method,
            target_uri=self._listening.public_url,
            headers=tuple((name.lower(), value) for name, value in request.headers.items()),
            body=body,
            certificate=certificate,
        )


def _certificate(request: web.Request) -> bytes | None:
    transport = request.transport
    tls = None if transport is None else transport.get_extra_info("ssl_object")
    certificate: bytes | None = None if tls is None else tls.getpeercert(binary_form=True)
    return certificate


def _pin(certificate: bytes) -> str:
    key = x509.load_der_x509_certificate(certificate).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def _refusal(status: int, reason: str) -> web.Response:
    return web.json_response({"reason": reason}, status=status)
