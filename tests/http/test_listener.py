"""From the accepted connection to the end of its handshake."""

import os
import resource
import socket
import ssl
import struct
import time
from pathlib import Path

from tests.http.conftest import HURRY_S
from tests.http.edge import Edge
from tests.http.raw import a_get, raw
from tests.http.wire import client_context


def test_a_handshake_that_does_not_end_is_cut_off(hurried: Edge) -> None:
    with socket.create_connection(("127.0.0.1", hurried.port)) as client:
        client.settimeout(10)
        since = time.monotonic()

        assert client.recv(1) == b""
        assert HURRY_S * 0.9 <= time.monotonic() - since < HURRY_S + 2
    hurried.settle()
    assert hurried.handshakes == ["HANDSHAKE_LATE"]


def test_half_a_handshake_is_cut_off_too(hurried: Edge) -> None:
    """The client says hello, and never shows a certificate."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context(hurried, hurried.police).wrap_bio(
        incoming, outgoing, server_hostname="localhost"
    )
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        hello = outgoing.read()
    with socket.create_connection(("127.0.0.1", hurried.port)) as client:
        client.settimeout(10)
        client.sendall(hello)
        while client.recv(1 << 16):
            pass
    hurried.settle()

    assert hurried.handshakes == ["HANDSHAKE_LATE"]


def test_who_leaves_in_the_handshake_leaves_nothing_behind(edge: Edge) -> None:
    for ending in (b"", struct.pack("ii", 1, 0)):
        client = socket.create_connection(("127.0.0.1", edge.port))
        client.sendall(b"\x16\x03\x01\x02\x00")
        if ending:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ending)
        client.close()
    edge.settle()

    assert edge.handshakes == ["CLIENT_LEFT"] * 2
    assert edge.complaints == []


def test_what_is_no_tls_fails_the_handshake_without_a_traceback(edge: Edge) -> None:
    with socket.create_connection(("127.0.0.1", edge.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        client.settimeout(5)
        while client.recv(1 << 16):
            pass
    edge.settle()

    assert edge.handshakes == ["HTTP_REQUEST"]
    assert edge.complaints == []


def test_without_a_descriptor_left_it_waits_and_goes_on(edge: Edge) -> None:
    """Whoever is connected is served; whoever comes meanwhile is accepted later."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with raw(edge) as kept:
        highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
        late = socket.socket()
        fillers = []
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 8, hard))
            try:
                while True:
                    fillers.append(os.open("/dev/null", os.O_RDONLY))
            except OSError:
                pass
            late.connect(("127.0.0.1", edge.port))
            deadline = time.monotonic() + 5
            while "not-accepted" not in edge.log.refusals and time.monotonic() < deadline:
                time.sleep(0.02)
            kept.send(a_get())
            served = kept.read().status
        finally:
            for filler in fillers:
                os.close(filler)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            late.close()
        with raw(edge) as after:
            after.send(a_get())
            assert after.read().status == 200

    assert served == 200
    assert "not-accepted" in edge.log.refusals
