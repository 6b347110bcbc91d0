"""opa-python-client over a unix socket or mutual TLS, with answers read as strictly as ours."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

import aiohttp
from opa_client.opa_async import AsyncOpaClient

from gateway.errors import PolicyUnavailable

Json = Any

MAX_INPUT = 1024 * 1024
MAX_ANSWER = 4 * 1024 * 1024
_CHUNK = 1 << 16
_CONNECT_S = 0.5


@dataclass(frozen=True, slots=True)
class OpaAddress:
    """Where the OPA server listens: a unix socket, or a host and port under TLS."""

    socket: str | None = None
    host: str = "localhost"
    port: int = 8181
    tls: ssl.SSLContext | None = None


class UnreadableAnswer(ValueError):
    """The OPA server's answer is too long, or not the JSON that a decision may be."""


class OpaClient(AsyncOpaClient):  # type: ignore[misc]  # the library has no types
    """The library's client on connections of our own: it knows neither way by itself."""

    def __init__(self, address: OpaAddress, connections: int, deadline_s: float) -> None:
        super().__init__(
            host=address.host,
            port=address.port,
            ssl=address.tls is not None,
            retries=0,
            timeout=deadline_s,
        )
        self._address = address
        self._limit = connections

    async def _init_session(self) -> None:
        address = self._address
        self._connector = (
            aiohttp.UnixConnector(address.socket, limit=self._limit)
            if address.socket
            else aiohttp.TCPConnector(ssl=address.tls or True, limit=self._limit)
        )
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            timeout=aiohttp.ClientTimeout(total=self.timeout, sock_connect=_CONNECT_S),
            json_serialize=_question,
            response_class=_StrictResponse,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},  # else OPA spends its time on gzip
            auto_decompress=False,
        )

    def _request(self, method: str, url: str, **given: Any) -> Any:
        """Ask the server itself: inputs follow no redirection."""
        return super()._request(method, url, allow_redirects=False, **given)

    async def open(self) -> None:
        await self._init_session()


class _StrictResponse(aiohttp.ClientResponse):
    """Reads no more than an answer may have, and no number that is not an integer."""

    async def json(self, **_: Any) -> Mapping[str, Json]:
        if self.status != HTTPStatus.OK:
            raise UnreadableAnswer(f"status {self.status}")
        body = bytearray()
        async for chunk in self.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > MAX_ANSWER:
                raise UnreadableAnswer("too long")
        answer = json.loads(body, parse_float=_refuse, parse_constant=_refuse)
        if not isinstance(answer, dict):
            raise UnreadableAnswer("no object")
        return answer


def _question(document: Json) -> str:
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        length = len(text.encode())
    except (TypeError, ValueError) as error:
        raise PolicyUnavailable("the policy input cannot be written as JSON") from error
    if length > MAX_INPUT:
        raise PolicyUnavailable("the policy input is too long")
    return text


def _refuse(text: str) -> NoReturn:
    raise UnreadableAnswer("a fraction")
