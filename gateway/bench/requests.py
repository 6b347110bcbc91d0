"""Signed requests, ready for the wire before the clock starts."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from gateway.signatures import RequestSigner, sign_request

_PATH = "/v1/exchanges"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it goes over the wire, and the body in it."""

    wire: bytes
    body: bytes


class Requests:
    """Makes requests for one server: the bodies in turn, every time under a new idempotency key."""

    def __init__(self, server: str, signer: RequestSigner, bodies: Sequence[bytes]) -> None:
        self._server = server
        self._signer = signer
        self._bodies = cycle(bodies)

    def make(self, count: int) -> list[Exchange]:
        """Sign the next *count* requests; they are valid for as long as the skew allows."""
        created = int(time.time())
        return [self._sign(body, created) for body in islice(self._bodies, count)]

    def _sign(self, body: bytes, created: int) -> Exchange:
        headers = sign_request(
            self._signer,
            method="POST",
            target_uri=self._server + _PATH,
            content_type="application/json",
            idempotency_key=str(uuid.uuid4()),
            body=body,
            created=created,
        )
        lines = [
            f"POST {_PATH} HTTP/1.1",
            f"host: {self._server.removeprefix('https://')}",
            *(f"{name}: {value}" for name, value in headers.items()),
            f"content-length: {len(body)}",
        ]
        return Exchange("\r\n".join([*lines, "", ""]).encode() + body, body)
