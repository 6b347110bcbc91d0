import socket
import threading

import pytest

from gateway.adapters.engine_child import LENGTH, MAX_FRAME, receive_frame, send_frame


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_frame_arrives_as_it_was_sent(ends):
    ours, theirs = ends
    body = bytes(range(256)) * 4000
    sender = threading.Thread(target=send_frame, args=(ours, b"e", body))
    sender.start()

    assert receive_frame(theirs) == (b"e", body)
    sender.join()


@pytest.mark.parametrize("sent", [b"", b"\0\0", LENGTH.pack(10) + b"e123"])
def test_a_frame_that_breaks_off_is_the_end(ends, sent):
    ours, theirs = ends
    ours.sendall(sent)
    ours.close()

    assert receive_frame(theirs) is None


@pytest.mark.parametrize("length", [0, MAX_FRAME + 1, 2**32 - 1])
def test_a_length_out_of_bounds_is_the_end(ends, length):
    ours, theirs = ends
    ours.sendall(LENGTH.pack(length))

    assert receive_frame(theirs) is None
