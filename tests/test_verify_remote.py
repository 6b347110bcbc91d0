"""An auditor verifies the log that a gateway serves, as strictly as a copy of it."""

import http.server
import ssl
import threading
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from gateway.errors import DependencyFailed, LogRefused
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from gateway.verify_remote import Gateway, verify_remote
from tests.tlog.memory_log import ORIGIN, KeySigner, MemoryLog, a_log

CA = trustme.CA()
CERTIFICATE = CA.issue_cert("localhost")
LOG = a_log(600)


@dataclass
class Served:
    """The files of a log copy behind HTTPS, with what a test does to them."""

    url: str
    folder: Path
    statuses: dict[str, list[int]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    signed: set[str] = field(default_factory=set)
    only_signed: bool = False
    drop_every: int = 0


@contextmanager
def serving(log: MemoryLog, folder: Path) -> Iterator[Served]:
    """Serve a log as `/v1/log/…` with the very files of its copy."""
    served = Served("", log.write(folder))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix("/v1/log/")
            served.asked[path] += 1
            if "signature" in self.headers:
                served.signed.add(path)
            if served.drop_every and served.asked.total() % served.drop_every == 0:
                self.close_connection = True
                self.connection.close()
                return
            planned = served.statuses.get(path)
            status = planned.pop(0) if planned else 200
            if served.only_signed and "signature" not in self.headers:
                status = 401
            file = served.folder / path
            if status == 200 and not file.is_file():
                status = 404
            body = file.read_bytes() if status == 200 else b""
            self.send_response(status)
            if status == 503:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    served.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(LOG, tmp_path / "log") as opened:
        yield opened


class Waits:
    """How long was waited for; nobody does."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def opened(url: str, **more: Any) -> Gateway:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    CA.configure_trust(context)
    return Gateway(url, context, **{"sleep": Waits(), **more})


def verified(served: Served, log: MemoryLog = LOG, **more: Any) -> Any:
    with opened(served.url, **more) as gateway:
        return verify_remote(gateway, log.keys)[0]


def test_a_log_as_it_is_served_verifies(served: Served) -> None:
    found = verified(served)
    assert (found.origin, found.size, found.root) == (ORIGIN, 600, LOG.frontier.root())
    assert sum(found.entries.values()) == 600


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
def test_a_log_of_any_size_verifies(tmp_path: Path, size: int) -> None:
    log = a_log(size)
    with serving(log, tmp_path / "log") as served:
        assert verified(served, log).size == size


def test_every_file_is_asked_for_once_over_one_connection(served: Served) -> None:
    verified(served)
    tiles = {path for path in served.asked if path.startswith("tile/")}
    assert set(served.asked.values()) == {1}
    assert len(tiles) == 3 + 3 + 1  # bundles, leaf hashes, their roots


def test_the_checkpoint_that_was_verified_is_told(served: Served) -> None:
    with opened(served.url) as gateway:
        _, note = verify_remote(gateway, LOG.keys)
    assert note == (served.folder / "checkpoint").read_text()


def test_what_is_appended_meanwhile_does_not_matter(tmp_path: Path) -> None:
    """The log is verified under the checkpoint that came first."""
    log = a_log(300)
    with serving(log, tmp_path / "log") as served:
        told: list[int] = []

        def grow(done: int, _total: int) -> None:
            told.append(done)
            if len(told) == 1:
                while log.size < 600:
                    log.append()
                later = log.write(tmp_path / "later")
                (served.folder / "checkpoint").write_bytes((later / "checkpoint").read_bytes())

        with opened(served.url) as gateway:
            found, _ = verify_remote(gateway, log.keys, grow)
    assert (found.size, told) == (300, [256, 300])


@pytest.mark.parametrize(
    "path",
    ["checkpoint", "tile/entries/000", "tile/entries/002.p/88", "tile/0/001", "tile/1/000.p/2"],
)
def test_a_flipped_bit_is_refused_and_the_file_is_named(served: Served, path: str) -> None:
    file = served.folder / path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)

    with pytest.raises(LogRefused) as refused:
        verified(served)

    assert refused.value.file == path


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/000", "tile/1/000.p/2"])
def test_a_file_that_is_not_served_is_refused(served: Served, path: str) -> None:
    (served.folder / path).unlink()
    with pytest.raises(LogRefused, match="does not serve it") as refused:
        verified(served)
    assert refused.value.file == path


def test_a_unit_that_gets_no_entries_is_told_what_it_lacks(served: Served) -> None:
    (served.folder / "tile/entries/000").unlink()
    with pytest.raises(LogRefused, match="verifies_log"):
        verified(served)


def test_an_endless_file_is_refused(served: Served) -> None:
    (served.folder / "tile/0/000").write_bytes(b"x" * 3_000_000)
    with pytest.raises(LogRefused, match="longer"):
        verified(served)


def test_a_log_that_others_signed_is_refused(served: Served) -> None:
    others = KeyList.of(
        KeyRange(use, KeySigner(f"another's {use}").public_key, 0, None) for use in KeyUse
    )
    with pytest.raises(LogRefused) as refused, opened(served.url) as gateway:
        verify_remote(gateway, others)
    assert refused.value.file == "checkpoint"


def test_a_checkpoint_that_is_no_text_is_refused(served: Served) -> None:
    (served.folder / "checkpoint").write_bytes(b"\xff")
    with pytest.raises(LogRefused, match="UTF-8"):
        verified(served)


def test_a_busy_gateway_is_waited_for_as_long_as_it_asks(served: Served) -> None:
    served.statuses = {"checkpoint": [503, 503], "tile/0/000": [429]}
    waits = Waits()

    assert verified(served, sleep=waits).size == 600

    assert waits.seconds == [7, 14, 0.5]


def test_a_connection_that_breaks_again_and_again_is_made_anew(served: Served) -> None:
    served.drop_every = 3
    assert verified(served).size == 600


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_gateway_that_does_not_let_us_read_says_nothing_about_the_log(
    served: Served, status: int
) -> None:
    served.statuses = {"checkpoint": [status]}
    with pytest.raises(DependencyFailed):
        verified(served)


def test_a_gateway_that_is_not_there_cannot_be_asked() -> None:
    with (
        pytest.raises(DependencyFailed, match="cannot be asked"),
        opened("https://localhost:1") as g,
    ):
        verify_remote(g, LOG.keys)


def test_a_gateway_whose_certificate_nobody_knows_is_not_asked(served: Served) -> None:
    context = ssl.create_default_context()
    with (
        pytest.raises(DependencyFailed),
        Gateway(served.url, context, sleep=Waits()) as gateway,
    ):
        verify_remote(gateway, LOG.keys)
    assert served.asked.total() == 0


def test_a_gateway_behind_a_proxy_is_asked_with_signatures(served: Served) -> None:
    served.only_signed = True
    signed: list[str] = []

    def sign(target: str) -> dict[str, str]:
        signed.append(target)
        return {"signature": "sig1=:AA==:"}

    assert verified(served, sign=sign).size == 600
    assert f"{served.url}/v1/log/tile/entries/000" in signed
    assert served.signed == set(served.asked)


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        log = a_log(size)
        with serving(log, tmp_path / str(size)) as served:
            tracemalloc.start()
            verified(served, log)
            memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return memory

    peak(256)  # what is loaded once
    assert peak(4096) < 2 * peak(512)
