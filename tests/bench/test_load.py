"""The load sends every request once and keeps the answers in the order of the requests."""

import asyncio
import json
from hashlib import sha256

import pytest

from gateway.bench.figures import BenchFailed
from gateway.bench.load import Load
from gateway.demo.stage import free_ports


def a_request(body):
    head = f"POST /v1/exchanges HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Hangup(asyncio.Protocol):
    """A server that closes the connection instead of answering."""

    def __init__(self, _taken):
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.close()


def test_answers_stand_in_the_order_of_the_requests(start_recipient, client_tls):
    bodies = [f"body {number}".encode() for number in range(50)]

    async def run():
        recipient = await start_recipient()
        async with Load(recipient.port, client_tls, 4) as load:
            answers = await load.send([a_request(body) for body in bodies])
        recipient.server.close()
        return answers, recipient.taken.others

    answers, others = asyncio.run(run())
    assert others == len(bodies)
    assert {answer.status for answer in answers} == {201}
    assert [json.loads(answer.body)["sha256"] for answer in answers] == [
        sha256(body).hexdigest() for body in bodies
    ]
    assert all(answer.begun < answer.ended for answer in answers)


def test_a_server_that_hangs_up_ends_the_bench(start_recipient, client_tls):
    async def run():
        recipient = await start_recipient(Hangup)
        async with Load(recipient.port, client_tls, 2) as load:
            await load.send([a_request(b"x")] * 4)

    with pytest.raises(BenchFailed, match="closed a connection"):
        asyncio.run(run())


def test_a_server_that_takes_no_connection_ends_the_bench(client_tls):
    async def run():
        async with Load(free_ports(1)[0], client_tls, 1):
            pass

    with pytest.raises(BenchFailed, match="takes no connection"):
        asyncio.run(run())
