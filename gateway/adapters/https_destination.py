"""The `Destination` port over HTTPS: mutual TLS, signed pushes, kept connections (aiohttp)."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import aiohttp
from yarl import URL

from gateway.adapters.address_guard import AddressRefused, guarded_socket
from gateway.errors import DeliveryFailed, MalformedJws, StartRefused
from gateway.model.unit import Unit
from gateway.ports import Acknowledgement, Clock, Signer
from gateway.signatures import sign_request
from gateway.tlog.jws import decode_json

_ANSWER_BYTES = 64 * 1024
_KEEP_S = 4.0  # below the keep-alive of common servers, so that they rarely close first
_ACCEPT = {"accept": "application/json", "accept-encoding": "identity"}
_RETRY_STATUS = frozenset({408, 429})


def push_context(partner_ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the TLS settings of pushes: 1.3, a private CA, our certificate.

    Raises:
        StartRefused: A file is missing or not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(partner_ca)
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise StartRefused(f"TLS needs {partner_ca}, {certificate}, {key}: {error}") from error
    return context


class HttpsDestination:
    """Pushes deliveries to registered endpoints. Use it as an async context manager.

    One attempt never takes longer than *timeout_s*, whatever the recipient does.
    """

    def __init__(
        self, context: ssl.SSLContext, signer: Signer, clock: Clock, timeout_s: float
    ) -> None:
        self._context = context
        self._signer = signer
        self._clock = clock
        self._timeout_s = timeout_s
        self._sessions: dict[tuple[bool, bool], aiohttp.ClientSession] = {}

    async def __aenter__(self) -> "HttpsDestination":
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def deliver(
        self, unit: Unit, delivery_id: str, body: bytes, jwe: bytes
    ) -> Acknowledgement:
        if unit.endpoint is None:
            raise DeliveryFailed("endpoint_missing")
        url, private = unit.endpoint.url, unit.endpoint.private_address
        headers = sign_request(
            self._signer,
            method="POST",
            target_uri=url,
            content_type="application/json",
            idempotency_key=str(UUID(hex=delivery_id)),
            body=body,
            created=self._clock.now().evaluated_at,
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                status, retry_after, answer = await self._post(url, private, headers, body)
        except TimeoutError as error:
            raise DeliveryFailed("timeout") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DeliveryFailed(_code(error)) from error
        if status != 200:
            raise DeliveryFailed(
                f"http_{status}",
                final=400 <= status < 500 and status not in _RETRY_STATUS,
                retry_after_s=self._seconds(retry_after),
            )
        return _acknowledgement(answer, delivery_id, jwe)

    async def _post(
        self, url: str, private: bool, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        """Send on a kept connection; if the recipient closed it meanwhile, on a new one."""
        try:
            return await self._send(self._session(private, kept=True), url, headers, body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
            return await self._send(self._session(private, kept=False), url, headers, body)

    async def _send(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        async with session.post(
            URL(url, encoded=True),
            data=body,
            headers={**_ACCEPT, **headers},
            allow_redirects=False,
            ssl=self._context,
        ) as response:
            answer = bytearray()
            async for piece in response.content.iter_any():
                answer += piece
                if len(answer) > _ANSWER_BYTES:
                    response.close()
                    break
            return response.status, response.headers.get("Retry-After"), bytes(answer)

    def _session(self, private: bool, *, kept: bool) -> aiohttp.ClientSession:
        session = self._sessions.get((private, kept))
        if session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    force_close=not kept,
                    keepalive_timeout=_KEEP_S if kept else None,
                    socket_factory=guarded_socket(private=private),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            )
            self._sessions[private, kept] = session
        return session

    def _seconds(self, retry_after: str | None) -> int | None:
        """Return what `Retry-After` asks for (RFC 9110 10.2.3), or None if it says nothing."""
        text = (retry_after or "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0, int(moment.timestamp()) - self._clock.now().evaluated_at)


def _acknowledgement(answer: bytes, delivery_id: str, jwe: bytes) -> Acknowledgement:
    """Return the acknowledgement of exactly this delivery.

    Raises:
        DeliveryFailed: The answer is anything else.
    """
    if len(answer) > _ANSWER_BYTES:
        raise DeliveryFailed("answer_too_long")
    expected = {"delivery_id": delivery_id, "jwe_sha256": sha256(jwe).hexdigest()}
    try:
        said = decode_json(answer, MalformedJws)
    except MalformedJws as error:
        raise DeliveryFailed("wrong_acknowledgement") from error
    if said != expected:
        raise DeliveryFailed("wrong_acknowledgement")
    return Acknowledgement(**expected)


def _code(error: BaseException) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return "tls"
        case ssl.SSLError() | aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, AddressRefused):
            return "address_refused"
        case aiohttp.ClientConnectorDNSError():
            return "dns"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            return "http"
    return "connection"
