"""Prepared requests carry the sender's signature over what is on the wire."""

import time

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.bench.framing import Messages
from gateway.bench.requests import Requests
from gateway.model.exchange import Message
from gateway.model.unit import SigningKey
from gateway.signatures import RequestSigner, verify_request

SIGNER = RequestSigner(ec.generate_private_key(ec.SECP256R1()))
KEY = SigningKey("ecdsa-p256-sha256", SIGNER.public_jwk, SIGNER.kid)


def read(exchange):
    [(head, body)] = Messages().feed(exchange.wire)
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return lines[0], headers, body


def test_a_request_verifies_for_the_server_it_is_made_for():
    [exchange] = Requests("https://localhost:8443", SIGNER, [b"{}"]).make(1)
    first, headers, body = read(exchange)
    assert first == "POST /v1/exchanges HTTP/1.1"
    assert headers["host"] == "localhost:8443"
    assert body == exchange.body == b"{}"
    message = Message(
        "POST", "https://localhost:8443/v1/exchanges", tuple(headers.items()), body, None
    )
    assert verify_request(message, KEY, now=int(time.time()), skew_s=300)


def test_bodies_come_in_turn_and_every_idempotency_key_is_new():
    exchanges = Requests("https://localhost:8443", SIGNER, [b"1", b"2", b"3"]).make(7)
    assert [exchange.body for exchange in exchanges] == [b"1", b"2", b"3", b"1", b"2", b"3", b"1"]
    assert len({read(exchange)[1]["idempotency-key"] for exchange in exchanges}) == 7


def test_the_next_requests_go_on_where_the_last_ended():
    requests = Requests("https://localhost:8443", SIGNER, [b"1", b"2", b"3"])
    requests.make(2)
    assert requests.make(1)[0].body == b"3"
