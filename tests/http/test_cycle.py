"""One answer: how it is written, and what it holds meanwhile."""

import asyncio
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from gateway.http.cycle import Cycle
from gateway.http.traffic import Traffic
from tests.http.edge import a_limits


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Transport:
    """Takes what is written; pauses after *room* bytes, as a full buffer does."""

    def __init__(self, room: int) -> None:
        self.written = b""
        self.room = room
        self.closed = False
        self.flow: FlowControl | None = None

    def write(self, data: bytes) -> None:
        self.written += data
        if len(self.written) > self.room and self.flow is not None:
            self.flow.pause_writing()

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def a_cycle(transport: Transport, traffic: Traffic | None = None) -> Cycle:
    flow = FlowControl(transport)  # type: ignore[arg-type]
    transport.flow = flow
    return Cycle(
        traffic or Traffic(a_limits(bodies_bytes=100)),
        scope={"type": "http", "method": "GET"},
        transport=transport,
        flow=flow,
        logger=None,
        access_logger=None,
        access_log=False,
        default_headers=[],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=True,
        on_response=lambda: None,
    )


def answer_of(body: bytes) -> Any:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def test_a_large_answer_is_written_as_it_is_read() -> None:
    """No more lies in the buffer than a piece, whatever the answer's length."""
    transport = Transport(room=1000)
    cycle = a_cycle(transport)
    cycle.more_body = False
    task = asyncio.create_task(cycle.run_asgi(answer_of(b"x" * 1_000_000)))
    for _ in range(50):
        await asyncio.sleep(0)
    written = len(transport.written)
    transport.room = 2_000_000
    assert transport.flow is not None
    transport.flow.resume_writing()
    await task

    assert written < 70_000
    assert transport.written.endswith(b"x" * 1_000_000)
    assert not transport.closed


async def test_what_a_client_has_left_behind_is_not_written() -> None:
    transport = Transport(room=1 << 30)
    cycle = a_cycle(transport)
    cycle.give_up()
    await cycle.run_asgi(answer_of(b"x" * 1_000_000))

    assert transport.written == b""


async def test_a_body_counts_until_its_answer_is_made() -> None:
    traffic = Traffic(a_limits(bodies_bytes=100))
    cycle = a_cycle(Transport(room=1 << 20), traffic)

    assert cycle.take(b"x" * 60)
    assert not cycle.take(b"x" * 41)
    held = traffic.body_bytes
    await cycle.run_asgi(answer_of(b""))

    assert (held, traffic.body_bytes) == (60, 0)


async def test_an_answer_before_its_body_announces_the_end() -> None:
    transport = Transport(room=1 << 20)
    await a_cycle(transport).run_asgi(answer_of(b"x"))

    assert b"connection: close\r\n" in transport.written
    assert transport.closed
