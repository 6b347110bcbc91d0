"""Every answer is looked at: a wrong one ends the bench."""

import asyncio
import json
from hashlib import sha256

import pytest

from gateway.bench.figures import BenchFailed
from gateway.bench.load import Answered
from gateway.bench.requests import Exchange
from gateway.bench.ways import GatewayWay, ProxyWay

EXCHANGE = Exchange(b"wire", b"body")
DIGEST = sha256(b"body").hexdigest()


def answered(body, status=201):
    return Answered(status, body, begun=1.0, ended=1.5)


def permitted(index):
    proof = f"c2sp.org/tlog-proof@v1\nindex {index}\nhash\n"
    return json.dumps({"receipt": {"sd_jwt": "…", "proof": proof}}).encode()


class Answers:
    """A load that answers as it was told."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    async def send(self, requests, per_second=None):
        self.sent += requests
        return self.answers


class Watch:
    """A watch for which the acknowledgements come when `until` is called."""

    def __init__(self, acknowledged):
        self.acknowledged = acknowledged
        self.waited_for = None

    async def until(self, count):
        self.waited_for = count


def test_through_the_proxy_the_answer_completes_the_exchange():
    [carried] = ProxyWay().check([EXCHANGE], [answered(json.dumps({"sha256": DIGEST}).encode())])
    assert (carried.begun, carried.answered, carried.complete) == (1.0, 1.5, 1.5)


def test_an_answer_for_another_body_is_refused():
    other = json.dumps({"sha256": sha256(b"other").hexdigest()}).encode()
    with pytest.raises(BenchFailed, match="another body"):
        ProxyWay().check([EXCHANGE], [answered(other)])


def test_through_the_gateway_the_acknowledgement_completes_the_exchange():
    way = GatewayWay(Watch({41: 2.25}))
    [carried] = way.check([EXCHANGE], [answered(permitted(41))])
    assert (carried.begun, carried.answered, carried.complete) == (1.0, 1.5, 2.25)


def test_an_exchange_that_was_never_acknowledged_is_refused():
    with pytest.raises(BenchFailed, match="not acknowledged"):
        GatewayWay(Watch({40: 2.0})).check([EXCHANGE], [answered(permitted(41))])


@pytest.mark.parametrize("status", [200, 202, 403, 503])
def test_no_other_status_than_201_is_taken(status):
    way = GatewayWay(Watch({}))
    load = Answers(answered(b'{"title": "why"}', status))
    with pytest.raises(BenchFailed, match=f"status {status} .*why"):
        asyncio.run(way.carry([EXCHANGE], load))
    with pytest.raises(BenchFailed, match=f"status {status}"):
        ProxyWay().check([EXCHANGE], load.answers)


def test_carrying_waits_for_as_many_acknowledgements_as_were_ever_sent():
    watch = Watch({})
    way = GatewayWay(watch)
    for _ in range(2):
        asyncio.run(way.carry([EXCHANGE], Answers(answered(permitted(1)))))
    assert way.sent == watch.waited_for == 2
