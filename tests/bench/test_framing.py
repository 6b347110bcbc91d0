"""Messages of HTTP/1.1 are cut by the length that they announce."""

import pytest

from gateway.bench.framing import Messages, NotFramed

ONE = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc"
TWO = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def test_two_messages_at_once_are_two():
    heads = [head for head, _ in Messages().feed(ONE + TWO)]
    assert [head.split(b"\r\n")[0] for head in heads] == [
        b"HTTP/1.1 201 Created",
        b"HTTP/1.1 200 OK",
    ]


def test_a_message_in_single_bytes_is_one():
    messages = Messages()
    found = [
        message for place in range(len(ONE)) for message in messages.feed(ONE[place : place + 1])
    ]
    assert [body for _, body in found] == [b"abc"]


def test_a_request_without_length_has_no_body():
    assert [body for _, body in Messages().feed(b"GET /counts HTTP/1.1\r\nhost: x\r\n\r\n")] == [
        b""
    ]


def test_chunks_are_refused():
    with pytest.raises(NotFramed):
        list(Messages().feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
