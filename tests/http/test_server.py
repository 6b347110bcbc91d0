"""Start and stop of the listeners."""

import asyncio
import socket
import threading
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway.errors import StartRefused
from gateway.http.operations import operations_app
from gateway.http.server import serve_operations
from tests.http.edge import running_edge
from tests.http.wire import Connection, client_context, connected, signed


def test_a_request_in_flight_is_answered_before_the_end(tmp_path: Path) -> None:
    """The server stops while the pipeline works; its answer still reaches the sender."""
    statuses = []
    with running_edge(tmp_path) as edge:
        edge.works_s = 0.5

        def post() -> None:
            with connected(edge) as connection:
                statuses.append(connection.post(signed(edge)).status)

        sender = threading.Thread(target=post)
        sender.start()
        assert edge.begun.wait(5)
        edge.stop()
        sender.join(5)

    assert statuses == [201]


def test_an_idle_kept_connection_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running_edge(tmp_path) as edge:
        connection = Connection(edge, client_context(edge, edge.police))
        connection.post(signed(edge))
        begun = time.monotonic()
        edge.stop()

    assert time.monotonic() - begun < 5
    connection.close()


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    async def ready() -> dict[str, str]:
        return {}

    async def start(port: int) -> None:
        app = operations_app(ready, CollectorRegistry())
        await serve_operations(app, port, asyncio.Event(), lambda _: None)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=str(port)):
            asyncio.run(start(port))
