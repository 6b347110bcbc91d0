"""A recipient on TLS inside the test, and the client's side of it."""

import asyncio
from dataclasses import dataclass

import pytest

from gateway.adapters.https_destination import push_context
from gateway.bench.recipient import Connection, Taken
from gateway.client.receive_server import receive_context
from gateway.demo.certificates import Authority


@dataclass
class Recipient:
    port: int
    taken: Taken
    server: asyncio.Server


@pytest.fixture(scope="session")
def tls_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench-tls")
    authority = Authority("Test CA")
    authority.issue(folder, "both")
    (folder / "ca.pem").write_bytes(authority.pem)
    return folder


@pytest.fixture
def client_tls(tls_folder):
    return push_context(tls_folder / "ca.pem", tls_folder / "tls.pem", tls_folder / "tls.key")


@pytest.fixture
def start_recipient(tls_folder):
    context = receive_context(tls_folder / "ca.pem", tls_folder / "tls.pem", tls_folder / "tls.key")

    async def start(protocol=Connection):
        taken = Taken()
        server = await asyncio.get_running_loop().create_server(
            lambda: protocol(taken), "127.0.0.1", 0, ssl=context
        )
        return Recipient(server.sockets[0].getsockname()[1], taken, server)

    return start
