"""A partner signs an exchange, sends it, reads the answer."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from gateway.client.partner import Partner
from gateway.errors import DependencyFailed
from gateway.signatures import RequestSigner, sign_reading, sign_request
from gateway.tlog.encoding import decode_base64

Json = Any
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10)
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """What the gateway answered; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def permitted(self) -> bool:
        return self.status == 201

    @property
    def held(self) -> bool:
        return self.status == 202

    @property
    def denied(self) -> bool:
        """Whether this is a decision; a 403 without a receipt is none."""
        return self.status == 403 and "receipt" in self.json()

    def json(self) -> dict[str, Json]:
        """Return the body's members, none if it is not a JSON object."""
        try:
            members = json.loads(self.body)
        except ValueError:
            return {}
        return members if isinstance(members, dict) else {}


class Sender:
    """One unit's connection to the gateway. Use it as an async context manager."""

    def __init__(
        self,
        partner: Partner,
        *,
        signer: RequestSigner | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.partner = partner
        self.signer = signer or RequestSigner.load(partner.signing_key)
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self.partner.tls(), limit=64)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=_TIMEOUT,
            skip_auto_headers=("User-Agent", "Accept-Encoding"),
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(
        self, exchange: Mapping[str, Json], idempotency_key: str | None = None
    ) -> SentAnswer:
        """Sign and submit an exchange. To repeat one, give it the key of the first time.

        Raises:
            DependencyFailed: No answer came; whether it was decided is unknown. Send it again
                with the same key.
        """
        body = json.dumps(exchange, ensure_ascii=False).encode()
        return await self.send_bytes(body, self.sign(body, idempotency_key))

    def sign(
        self, body: bytes, idempotency_key: str | None = None, path: str = "/v1/exchanges"
    ) -> dict[str, str]:
        """Return the headers of a signed request; a new UUID unless a key is given."""
        return sign_request(
            self.signer,
            method="POST",
            target_uri=f"{self.partner.gateway}{path}",
            content_type=_JSON,
            idempotency_key=idempotency_key or str(uuid.uuid4()),
            body=body,
            created=int(self._now()),
        )

    async def send_bytes(
        self, body: bytes, headers: Mapping[str, str], path: str = "/v1/exchanges"
    ) -> SentAnswer:
        """Send *body* with *headers* just as they are, whoever signed them over whatever."""
        return await self._call("POST", path, headers, body)

    async def status(self, exchange_id: str) -> SentAnswer:
        """Return decision, state and receipt of an exchange."""
        return await self.get(f"/v1/exchanges/{exchange_id}")

    async def receipt(self, exchange_id: str) -> SentAnswer:
        return await self.get(f"/v1/exchanges/{exchange_id}/receipt")

    async def checkpoint(self) -> str:
        """Return the log's newest checkpoint, not yet verified.

        Raises:
            DependencyFailed: No checkpoint came.
        """
        answer = await self.get("/v1/log/checkpoint")
        if answer.status != 200:
            raise DependencyFailed(f"instead of a checkpoint status {answer.status} came")
        return answer.body.decode(errors="replace")

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the gateway's proof that the log of *new* entries extends the one of *old*.

        Raises:
            DependencyFailed: No proof came.
        """
        answer = await self.get(f"/v1/log/consistency?from={old}&to={new}")
        match answer.json():
            case {"hashes": [*hashes]} if answer.status == 200:
                return tuple(decode_base64(str(value), DependencyFailed) for value in hashes)
        raise DependencyFailed(f"instead of a consistency proof status {answer.status} came")

    async def get(self, path: str) -> SentAnswer:
        """Read; signed if the partner's file says so."""
        headers = {}
        if self.partner.sign_reads:
            target = f"{self.partner.gateway}{path}"
            headers = sign_reading(
                self.signer, method="GET", target_uri=target, created=int(self._now())
            )
        return await self._call("GET", path, headers, None)

    async def _call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> SentAnswer:
        if self._session is None:
            raise RuntimeError("use the sender with `async with`")
        url = f"{self.partner.gateway}{path}"
        try:
            async with self._session.request(
                method, url, headers=headers, data=body, allow_redirects=False
            ) as answer:
                fields = {name.lower(): value for name, value in answer.headers.items()}
                return SentAnswer(answer.status, fields, await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DependencyFailed(f"no answer from {self.partner.gateway}") from error
