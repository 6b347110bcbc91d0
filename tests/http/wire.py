"""A client that sends just what it is told, over mutual TLS."""

import http.client
import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gateway.signatures import RequestSigner, sign_request
from tests.http.edge import Edge
from tests.partners import Member

KEY = "3f2b0a52-8f0e-4f7e-9a65-0a4f4f1c2d3e"
BODY = b'{"recipient": "ordnungsamt"}'
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def client_context(edge: Edge, member: Member | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(edge.pki.ca_file))
    if member is not None:
        context.load_cert_chain(member.partner.certificate, member.partner.key)
    return context


class Connection:
    """One kept connection."""

    def __init__(self, edge: Edge, context: ssl.SSLContext) -> None:
        self._http = http.client.HTTPSConnection(
            "localhost", edge.port, context=context, timeout=10
        )

    def request(
        self,
        method: str,
        path: str,
        headers: Headers = (),
        body: Any = None,
        *,
        chunked: bool = False,
    ) -> Reply:
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        given = {name.lower() for name, _ in pairs}
        self._http.putrequest(method, path, "host" in given, skip_accept_encoding=True)
        for name, value in pairs:
            self._http.putheader(name, value)
        if chunked:
            self._http.putheader("transfer-encoding", "chunked")
        elif body is not None and "content-length" not in given:
            self._http.putheader("content-length", str(len(body)))
        self._http.endheaders(body, encode_chunked=chunked)
        answer = self._http.getresponse()
        return Reply(answer.status, answer.headers, answer.read())

    def post(self, headers: Headers, body: bytes = BODY) -> Reply:
        return self.request("POST", "/v1/exchanges", headers, body)

    def close(self) -> None:
        self._http.close()


@contextmanager
def connected(edge: Edge, member: Member | None = None) -> Iterator[Connection]:
    """Open a connection as *member*, the police unless told otherwise."""
    connection = Connection(edge, client_context(edge, member or edge.police))
    try:
        yield connection
    finally:
        connection.close()


def signed(
    edge: Edge,
    body: bytes = BODY,
    *,
    signer: RequestSigner | None = None,
    created: int | None = None,
    key: str = KEY,
) -> dict[str, str]:
    """Return the headers that the police would send with *body*."""
    return sign_request(
        signer or edge.police.signer,
        method="POST",
        target_uri=f"{edge.public_url}/v1/exchanges",
        content_type="application/json",
        idempotency_key=key,
        body=body,
        created=edge.clock.at if created is None else created,
    )
