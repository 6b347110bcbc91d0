"""A client that writes bytes as it is told, over mutual TLS, and reads what comes back."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.http.edge import Edge
from tests.http.wire import BODY, client_context, signed
from tests.partners import Member

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Answered:
    status: int
    fields: dict[str, str]
    body: bytes


class Raw:
    """One connection; `read` takes one answer after another from it."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> Answered:
        """Return the next answer; fail if the connection ends before it is whole."""
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        pairs = [field.partition(":") for field in lines]
        fields = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(fields.get("content-length", "0"))
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        return Answered(int(line.split()[1]), fields, body)

    def ends(self) -> bool:
        """Whether nothing more comes but the end of the connection."""
        try:
            return not self._rest and not self.socket.recv(1)
        except (ssl.SSLError, ConnectionError):
            return True

    def ends_after_s(self) -> float:
        """Return how long it took until the connection ended without another byte."""
        begun = time.monotonic()
        assert self.ends()
        return time.monotonic() - begun

    def _more(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the connection ended before the answer")
        self._rest += data


@contextmanager
def raw(edge: Edge, member: Member | None = None, *, buffer: int = 0) -> Iterator[Raw]:
    """Connect as *member*, the police unless told otherwise; *buffer* is that of receiving."""
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(PATIENCE_S)
    context = client_context(edge, member or edge.police)
    with connection:
        connection.connect(("127.0.0.1", edge.port))
        with context.wrap_socket(connection, server_hostname="localhost") as wrapped:
            yield Raw(wrapped)


def a_head(line: str, *fields: tuple[str, str], host: str | None = "localhost") -> bytes:
    """Return a request line with its fields, Host first unless there is none."""
    first = [] if host is None else [("host", host)]
    lines = [line, *(f"{name}: {value}" for name, value in [*first, *fields])]
    return "".join(f"{part}\r\n" for part in [*lines, ""]).encode("latin-1")


def a_get(path: str = "/problems/not-found", *fields: tuple[str, str]) -> bytes:
    return a_head(f"GET {path} HTTP/1.1", *fields)


def a_post(edge: Edge, body: bytes = BODY, *fields: tuple[str, str], version: str = "1.1") -> bytes:
    """Return a signed exchange, as a whole."""
    given = [*signed(edge, body).items(), ("content-length", str(len(body))), *fields]
    return a_head(f"POST /v1/exchanges HTTP/{version}", *given) + body


def a_chunked_post(edge: Edge, framed: bytes, body: bytes = BODY) -> bytes:
    """Return a signed exchange whose body stands there as *framed*."""
    given = [*signed(edge, body).items(), ("transfer-encoding", "chunked")]
    return a_head("POST /v1/exchanges HTTP/1.1", *given) + framed


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
