"""The life of a connection: what comes too slowly, what is not read, who leaves in the middle."""

import json
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.model.evidence import Answer
from tests.http.conftest import HURRY_S
from tests.http.edge import EXCHANGE_ID, Edge, a_limits, running_edge
from tests.http.raw import Raw, a_chunked_post, a_get, a_head, a_post, chunk, raw
from tests.http.wire import BODY, signed
from tests.waiting import within

SOON_S = HURRY_S + 2.0
"""A deadline with what a busy machine needs."""


# --- too slow -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun", [b"G", b"GET /problems/not-found HTTP/1.1\r\nhost: local", b"\r\n\r\nGET"]
)
def test_a_head_that_does_not_end_is_408_and_the_connection_ends(
    hurried: Edge, begun: bytes
) -> None:
    with raw(hurried) as client:
        client.send(begun)
        since = time.monotonic()
        answer = client.read()
        took_s = time.monotonic() - since

        assert client.ends()
    assert answer.status == 408
    assert answer.fields["connection"] == "close"
    assert answer.fields["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["type"] == f"{hurried.public_url}/problems/request-timed-out"
    assert HURRY_S * 0.9 <= took_s < SOON_S
    assert hurried.log.refusals == ["request-timed-out"]


@pytest.mark.parametrize("framed", [False, True])
def test_a_body_that_does_not_end_is_408_and_the_connection_ends(
    hurried: Edge, framed: bool
) -> None:
    sent = a_chunked_post(hurried, chunk(BODY)) if framed else a_post(hurried)[:-1]
    with raw(hurried) as client:
        client.send(sent)
        answer = client.read()

        assert answer.status == 408
        assert client.ends()
    assert hurried.submitted == []


def test_a_byte_now_and_then_does_not_move_the_deadline(hurried: Edge) -> None:
    with raw(hurried) as client:
        client.send(a_post(hurried)[: -len(BODY)])
        since = time.monotonic()
        for byte in BODY[:8]:
            client.send(bytes([byte]))
            time.sleep(HURRY_S / 10)

        assert client.read().status == 408
        assert time.monotonic() - since < SOON_S


def test_the_deadline_holds_for_each_request_of_a_connection(hurried: Edge) -> None:
    with raw(hurried) as client:
        client.send(a_post(hurried))
        first = client.read()
        time.sleep(HURRY_S / 2)
        client.send(a_post(hurried)[:-1])
        second = client.read()

    assert (first.status, second.status) == (201, 408)


def test_a_slow_answer_of_ours_is_no_slow_request(hurried: Edge) -> None:
    """Requests that wait behind it are not late: it is we who do not read them."""
    hurried.works_s = 3 * HURRY_S
    with raw(hurried) as client:
        client.send(a_post(hurried) + a_post(hurried)[:-3])
        time.sleep(HURRY_S)
        client.send(a_post(hurried)[-3:])

        assert [client.read().status, client.read().status] == [201, 201]
    assert hurried.log.refusals == []


@pytest.mark.parametrize("sent", [b"", b"\r\n"])
def test_who_says_nothing_is_let_go_without_a_word(hurried: Edge, sent: bytes) -> None:
    with raw(hurried) as client:
        client.send(sent)

        assert HURRY_S * 0.9 <= client.ends_after_s() < SOON_S
    assert hurried.log.refusals == []


@pytest.mark.parametrize("then", [b"", b"\r\n"])
def test_an_idle_connection_ends(hurried: Edge, then: bytes) -> None:
    """Empty lines between requests are no sign of life."""
    with raw(hurried) as client:
        client.send(a_get())
        client.read()
        client.send(then)

        assert HURRY_S * 0.8 <= client.ends_after_s() < SOON_S


def test_an_old_connection_ends_after_its_next_answer(tmp_path: Path) -> None:
    """So that a certificate which has run out meanwhile must be shown anew."""
    with (
        running_edge(tmp_path, a_limits(connection_age_s=HURRY_S)) as edge,
        raw(edge) as client,
    ):
        client.send(a_get())
        young = client.read()
        time.sleep(HURRY_S)
        client.send(a_get())
        old = client.read()

        assert client.ends()
    assert "connection" not in young.fields
    assert old.fields["connection"] == "close"


# --- slow readers -------------------------------------------------------------------


def test_a_client_that_does_not_read_its_answer_is_cut_off(hurried: Edge) -> None:
    hurried.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 20_000_000})
    with raw(hurried, buffer=4096) as client:
        since = time.monotonic()
        client.send(a_post(hurried))
        hurried.settle()

        assert HURRY_S * 0.9 <= time.monotonic() - since < SOON_S + 2
    assert hurried.log.refusals == ["slow-reader"]
    assert hurried.complaints == []


def test_a_client_that_reads_gets_a_large_answer(edge: Edge) -> None:
    edge.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 20_000_000})
    with raw(edge) as client:
        client.send(a_post(edge))

        assert len(client.read().body) > 20_000_000


def test_answers_that_nobody_reads_do_not_pile_up(edge: Edge) -> None:
    """Of nine requests in advance only so many are begun as their answers find room."""
    edge.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 20_000_000})
    with raw(edge, buffer=4096) as client:
        client.send(a_post(edge) * 9)
        time.sleep(1.0)
        begun = len(edge.submitted)

    assert begun <= 2


def test_one_who_does_not_read_holds_up_nobody_else(edge: Edge) -> None:
    edge.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 20_000_000})
    with raw(edge, buffer=4096) as slow, raw(edge) as quick:
        slow.send(a_post(edge))
        assert edge.begun.wait(5)
        edge.answers = Answer(201, EXCHANGE_ID, {})
        quick.send(a_post(edge))

        assert quick.read().status == 201


# --- clients that leave -------------------------------------------------------------


def close(client: Raw) -> None:
    """Close as a program does that ends: without the goodbye of TLS."""
    os.close(client.socket.detach())


def reset(client: Raw) -> None:
    """Close with a reset, as a machine does that is switched off."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


def goodbye(client: Raw) -> None:
    """Close politely."""
    client.socket.close()


def _during(edge: Edge) -> bytes:
    edge.works_s = 0.2
    return a_post(edge)


def _large(edge: Edge) -> bytes:
    edge.answers = Answer(201, EXCHANGE_ID, {"note": "x" * 20_000_000})
    return a_post(edge)


def _wrong(edge: Edge) -> bytes:
    edge.works_s = 0.2
    edge.answers = ValueError("an error of our own")
    return a_post(edge)


MOMENTS: dict[str, Callable[[Edge], bytes]] = {
    "before the first byte": lambda _: b"",
    "in the request line": lambda _: b"POST /v1/exch",
    "in the head": lambda edge: a_head("POST /v1/exchanges HTTP/1.1", *signed(edge).items())[:200],
    "before the body": lambda edge: a_post(edge)[: -len(BODY)],
    "in the body": lambda edge: a_post(edge)[:-3],
    "in a chunk": lambda edge: a_chunked_post(edge, chunk(BODY)[:-4]),
    "when asked for the body": lambda edge: a_post(edge, BODY, ("expect", "100-continue"))[
        : -len(BODY)
    ],
    "while the answer is made": _during,
    "while the answer is sent": _large,
    "while requests wait": lambda edge: _during(edge) * 5,
    "in a second body while requests wait": lambda edge: _during(edge) * 3 + a_post(edge)[:-3],
    "after no request": lambda _: b"\x00\x01\x02",
    "after too large a head": lambda _: a_get("/", ("x", "1" * 100_000)),
    "after too large a body": lambda edge: a_head(
        "POST /v1/exchanges HTTP/1.1", *signed(edge).items(), ("content-length", "999999")
    ),
}


@pytest.mark.parametrize("how", [close, reset, goodbye], ids=lambda how: how.__name__)
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_whoever_leaves_leaves_nothing_behind(
    edge: Edge, moment: Callable[[Edge], bytes], how: Callable[[Raw], None]
) -> None:
    """No traceback, no task, no place, no byte; and the next client is served."""
    with raw(edge) as client:
        client.send(moment(edge))
        time.sleep(0.02)
        how(client)
        edge.settle()

    assert edge.complaints == []
    edge.reset()
    with raw(edge) as client:
        client.send(a_post(edge))
        assert client.read().status == 201


def test_an_error_of_ours_is_logged_also_when_its_client_has_left(edge: Edge) -> None:
    with raw(edge) as client:
        client.send(_wrong(edge))
        assert edge.begun.wait(5)
        close(client)

        within(5, lambda: any("ValueError" in line for line in edge.complaints))


def test_what_was_submitted_is_done_whether_its_client_waits_or_not(edge: Edge) -> None:
    """Its answer is kept for the repeat under the same key."""
    edge.works_s = 0.2
    with raw(edge) as client:
        client.send(a_post(edge))
        assert edge.begun.wait(5)
        close(client)

    assert len(edge.submitted) == 1
