"""Requests on a connection: what is one, what is none, and in which order they are answered."""

import json
import time
from collections.abc import Callable

import pytest

from gateway.model.evidence import Answer
from tests.http.conftest import HURRY_S
from tests.http.edge import EXCHANGE_ID, Edge
from tests.http.raw import a_chunked_post, a_get, a_head, a_post, chunk, raw
from tests.http.wire import BODY, connected, signed

POST = "POST /v1/exchanges HTTP/1.1"

NO_REQUEST: dict[str, bytes] = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01",
    "no Host": a_head("GET / HTTP/1.1", host=None),
    "two Hosts": a_head("GET / HTTP/1.1", ("host", "localhost")),
    "a Host that is none": a_head("GET / HTTP/1.1", host="a b"),
    "an empty Host": a_head("GET / HTTP/1.1", host=""),
    "another version": a_head("GET / HTTP/2.0"),
    "no version": b"GET /\r\n\r\n",
    "lines without carriage return": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "a folded field": a_get("/", ("x-note", "one\r\n two")),
    "white space before the colon": a_get("/", ("x-note ", "one")),
    "a name with a space": a_get("/", ("x note", "one")),
    "a NUL in a value": a_get("/", ("x-note", "a\x00b")),
    "a carriage return in a value": a_get("/", ("x-note", "a\rb")),
    "another address": a_get("https://elsewhere.example/problems/not-found"),
    "plain http": a_get("http://localhost/problems/not-found"),
    "no path": a_get("problems"),
    "an asterisk": a_head("OPTIONS * HTTP/1.1"),
    "a tunnel": a_head("CONNECT localhost:443 HTTP/1.1"),
    "a fragment": a_get("/problems/not-found#x"),
    "a space in the path": a_get("/problems/not found"),
    "half an escape": a_get("/problems/%4"),
    "brackets in the path": a_get("/problems/<x>"),
    "bytes that are no ASCII": a_get("/problems/\xff"),
    "an upgrade": a_get("/", ("upgrade", "h2c"), ("connection", "upgrade")),
    "a WebSocket": a_get("/", ("upgrade", "websocket"), ("connection", "upgrade")),
    "another expectation": a_get("/", ("expect", "a miracle")),
    "a GET with a body": a_get("/", ("content-length", "2")) + b"{}",
    "a GET with chunks": a_get("/", ("transfer-encoding", "chunked")) + b"0\r\n\r\n",
    "an encoded transfer": a_head(POST, ("transfer-encoding", "gzip, chunked")) + b"0\r\n\r\n",
    "chunked twice": a_head(POST, ("transfer-encoding", "chunked, chunked")) + b"0\r\n\r\n",
    "not really chunked": a_head(POST, ("transfer-encoding", "xchunked")) + b"0\r\n\r\n",
    "chunks in HTTP/1.0": a_head(POST[:-1] + "0", ("transfer-encoding", "chunked")),
    "two lengths": a_head(POST, ("content-length", "2"), ("content-length", "2")) + b"{}",
    "a list of lengths": a_head(POST, ("content-length", "2, 2")) + b"{}",
    "a signed length": a_head(POST, ("content-length", "+2")) + b"{}",
    "a length beyond 64 bits": a_head(POST, ("content-length", "9" * 30)),
    "length and chunks": a_head(POST, ("content-length", "5"), ("transfer-encoding", "chunked"))
    + b"0\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_REQUEST.values(), ids=NO_REQUEST.keys())
def test_what_is_no_request_is_400(edge: Edge, sent: bytes) -> None:
    with raw(edge) as client:
        client.send(sent)
        answer = client.read()

    assert answer.status == 400
    assert answer.fields["content-type"] == "application/problem+json"
    assert answer.fields["connection"] == "close"
    assert answer.fields["cache-control"] == "no-store"
    assert json.loads(answer.body)["type"] == f"{edge.public_url}/problems/malformed-http"
    assert edge.submitted == []
    assert edge.complaints == []


def test_after_no_request_nothing_more_is_answered(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_get("/", ("expect", "a miracle")) + a_get())

        assert client.read().status == 400
        client.send(a_get())
        assert client.ends()


def test_nothing_that_was_sent_comes_back(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(b"KANARIE /KANARIE HTTP/1.1\r\nKANARIE: KANARIE\r\n\r\n")
        answer = client.read()

    assert b"KANARIE" not in answer.body
    assert "KANARIE" not in str(answer.fields)


@pytest.mark.parametrize("host", ["localhost", "elsewhere.example:1", "[::1]:8443"])
def test_one_host_is_needed_and_it_counts_for_nothing(edge: Edge, host: str) -> None:
    with raw(edge) as client:
        client.send(a_head("GET /problems/not-found HTTP/1.1", host=host))

        assert client.read().status == 200


def test_our_own_address_may_stand_before_the_path(edge: Edge) -> None:
    """RFC 9112 3.2.2; what is signed is the same address."""
    given = [*signed(edge).items(), ("content-length", str(len(BODY)))]
    with raw(edge) as client:
        client.send(a_head(f"POST {edge.public_url}/v1/exchanges HTTP/1.1", *given) + BODY)

        assert client.read().status == 201


def test_two_slashes_are_a_path_and_no_host(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_get("//elsewhere.example/problems/not-found"))

        assert client.read().status == 404


def test_http_1_0_is_served_once(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_post(edge, version="1.0") + a_post(edge, version="1.0"))
        answer = client.read()

        assert answer.status == 201
        assert answer.fields["connection"] == "close"
        assert "transfer-encoding" not in answer.fields
        assert client.ends()
    assert len(edge.submitted) == 1


def test_http_1_0_needs_no_host(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_head("GET /problems/not-found HTTP/1.0", host=None))

        assert client.read().status == 200


# --- heads that are too large -------------------------------------------------------

TOO_LARGE: dict[str, bytes] = {
    "2,000 fields": a_get("/", *[(f"x-{n}", "1") for n in range(2000)]),
    "2,000 times the same field": a_get("/", *[("x", "1")] * 2000),
    "a field of a megabyte": a_get("/", ("x-note", "x" * (1 << 20))),
    "a name of a megabyte": a_get("/", ("x" * (1 << 20), "1")),
    "a path of a megabyte": a_get("/" + "x" * (1 << 20)),
    "fields that are too large together": a_get("/", *[(f"x-{n}", "x" * 9000) for n in range(8)]),
}


@pytest.mark.parametrize("sent", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_too_large_a_head_is_431(edge: Edge, sent: bytes) -> None:
    with raw(edge) as client:
        client.send(sent)
        answer = client.read()

    assert answer.status == 431
    assert json.loads(answer.body)["type"] == f"{edge.public_url}/problems/headers-too-large"
    assert answer.fields["connection"] == "close"


@pytest.mark.parametrize("sent", [b"GET /" + b"x" * 200_000, b"GET / HTTP/1.1\r\nx: " * 20_000])
def test_a_head_without_end_is_not_kept(edge: Edge, sent: bytes) -> None:
    with raw(edge) as client:
        client.send(sent)

        assert client.read().status in {400, 431}


def test_the_limits_of_a_head_are_those_that_are_set(hurried: Edge) -> None:
    def status(*fields: tuple[str, str]) -> int:
        with raw(hurried) as client:
            client.send(a_get("/problems/not-found", *fields))
            return client.read().status

    assert status(*[("x", "1")] * 15) == 200
    assert status(*[("x", "1")] * 16) == 431
    assert status(("x", "1" * 1023)) == 200
    assert status(("x", "1" * 1024)) == 431
    assert status(*[("x", "1" * 990)] * 4) == 200
    assert status(*[("x", "1" * 1000)] * 4 + [("x", "1" * 200)]) == 431


# --- bodies -------------------------------------------------------------------------

BROKEN: dict[str, bytes] = {
    "a field after the body": chunk(BODY) + b"0\r\nx-note: 1\r\n\r\n",
    "a signature after the body": chunk(BODY) + b"0\r\nsignature: sig1=:AA==:\r\n\r\n",
    "a size that is none": b"zz\r\n" + BODY,
    "a size beyond 64 bits": b"F" * 17 + b"\r\n" + BODY,
    "a negative size": b"-1\r\n" + BODY,
    "a chunk that is longer than it says": b"2\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a size without end": b"0" * 2_000_000,
}


@pytest.mark.parametrize("framed", BROKEN.values(), ids=BROKEN.keys())
def test_a_body_whose_framing_breaks_is_400(edge: Edge, framed: bytes) -> None:
    with raw(edge) as client:
        client.send(a_chunked_post(edge, framed))
        answer = client.read()

    assert answer.status == 400
    assert json.loads(answer.body)["type"] == f"{edge.public_url}/problems/malformed-http"
    assert edge.submitted == []


def test_a_field_after_the_body_never_becomes_one_before_it(edge: Edge) -> None:
    """A field that is missing in the head cannot be handed in later."""
    given = signed(edge)
    late = given.pop("signature")
    head = a_head(POST, *given.items(), ("transfer-encoding", "chunked"))
    with raw(edge) as client:
        client.send(head + chunk(BODY) + f"0\r\nsignature: {late}\r\n\r\n".encode())

        assert client.read().status == 400
    assert edge.submitted == []


def test_chunks_and_their_extensions_are_taken(edge: Edge) -> None:
    framed = b"5;name=value\r\n" + BODY[:5] + b"\r\n" + chunk(BODY[5:]) + b"0\r\n\r\n"
    with raw(edge) as client:
        client.send(a_chunked_post(edge, framed))

        assert client.read().status == 201


def test_a_body_in_very_many_pieces_is_refused(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_chunked_post(edge, chunk(b" ") * 10_001))

        assert client.read().status == 400
    assert edge.submitted == []


def test_a_chunk_larger_than_any_body_may_be_is_413(edge: Edge) -> None:
    """It is cut off at the limit of a body, whatever its size says."""
    with raw(edge) as client:
        client.send(a_chunked_post(edge, b"7FFFFFFFFFFFFFFF\r\n" + b"x" * 30_000))
        answer = client.read()

        assert answer.status == 413
        assert client.ends()
    assert answer.fields["connection"] == "close"


def test_a_body_that_is_expected_to_be_asked_for_is_asked_for(edge: Edge) -> None:
    sent = a_post(edge, BODY, ("expect", "100-continue"))
    with raw(edge) as client:
        client.send(sent[: -len(BODY)])
        first = client.read()
        client.send(BODY)

        assert (first.status, client.read().status) == (100, 201)


def test_a_body_that_would_be_refused_is_not_asked_for(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(
            a_head(POST, *signed(edge).items(), ("content-length", "999999"))[:-2]
            + b"expect: 100-continue\r\n\r\n"
        )

        assert client.read().status == 413


def test_nobody_of_http_1_0_is_told_to_continue(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_post(edge, BODY, ("expect", "100-continue"), version="1.0"))

        assert client.read().status == 201


def test_all_bodies_together_have_a_limit(hurried: Edge) -> None:
    """20,000 bytes fit, 20,000 more do not; who has begun is served."""
    body = json.dumps({"text": "x" * 19_000}).encode()
    sent = a_post(hurried, body)
    with raw(hurried) as first, raw(hurried) as second:
        first.send(sent[:-5])
        time.sleep(HURRY_S / 4)
        second.send(sent)
        refused = second.read()
        first.send(sent[-5:])

        assert refused.status == 503
        assert refused.fields["retry-after"] == "5"
        assert first.read().status == 201
    assert hurried.traffic.body_bytes == 0


# --- pipelining, keep-alive ---------------------------------------------------------


def test_requests_sent_in_advance_are_answered_in_their_order(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_post(edge) + a_get() + a_get("/nothing") + a_post(edge))

        assert [client.read().status for _ in range(4)] == [201, 200, 404, 201]


def test_only_so_many_requests_are_taken_in_advance(hurried: Edge) -> None:
    """One is being answered, one waits, the third is refused, and the connection ends."""
    hurried.works_s = 0.1
    with raw(hurried) as client:
        client.send(a_post(hurried) * 4)
        answers = [client.read() for _ in range(3)]

        assert [answer.status for answer in answers] == [201, 201, 400]
        assert answers[2].fields["connection"] == "close"
        assert client.ends()
    assert len(hurried.submitted) == 2


@pytest.mark.parametrize(
    "junk",
    [
        lambda _: b"\x00\x01",
        lambda _: a_get("/", ("x", "1" * 5000)),
        lambda edge: a_chunked_post(edge, b"zz\r\n"),
    ],
    ids=["junk", "too large a head", "a body that breaks"],
)
def test_junk_after_a_request_does_not_overtake_its_answer(
    hurried: Edge, junk: Callable[[Edge], bytes]
) -> None:
    hurried.works_s = 0.1
    with raw(hurried) as client:
        client.send(a_post(hurried) + junk(hurried))
        answers = [client.read(), client.read()]

        assert answers[0].status == 201
        assert answers[1].status in {400, 431}
        assert client.ends()
    assert len(hurried.submitted) == 1


def test_after_so_many_requests_a_connection_ends(hurried: Edge) -> None:
    with raw(hurried) as client:
        fields = []
        for _ in range(3):
            client.send(a_get())
            fields.append(client.read().fields)

        assert client.ends()
    assert ["connection" in each for each in fields] == [False, False, True]


def test_who_asks_for_the_end_gets_it_after_the_answer(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(a_post(edge, BODY, ("connection", "close")) + a_post(edge))

        assert client.read().status == 201
        assert client.ends()
    assert len(edge.submitted) == 1


def test_an_answer_before_the_body_has_come_ends_the_connection(edge: Edge) -> None:
    """The client may finish sending, and still reads its answer."""
    with raw(edge) as client:
        client.send(a_head(POST, *signed(edge).items(), ("content-length", "90000000")))
        client.send(b"x" * 3_000_000)
        answer = client.read()

        assert answer.status == 413
        assert answer.fields["connection"] == "close"


def test_no_answer_is_compressed(edge: Edge) -> None:
    edge.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 5000})
    with connected(edge) as connection:
        reply = connection.post(signed(edge) | {"accept-encoding": "gzip, deflate, br"})

    assert "content-encoding" not in reply.headers
    assert len(reply.body) > 5000
