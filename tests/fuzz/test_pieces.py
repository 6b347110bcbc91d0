"""However the network cuts a connection's bytes into pieces, the answers are the same."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.http_target import answers, http_seeds

GOOD = [seed[1:] for seed in http_seeds()]
BAD = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: 1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
    b"\x00\x01",
]


@settings(max_examples=300)
@given(
    before=st.lists(st.sampled_from(GOOD), max_size=2),
    last=st.sampled_from([*GOOD, *BAD]),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_pieces_do_not_change_the_answers(
    before: list[bytes], last: bytes, cuts: list[int]
) -> None:
    """Asked for the body or not is left out: who has sent it already is not asked."""
    sent = b"".join([*before, last])
    places = sorted({0, len(sent), *(cut % (len(sent) + 1) for cut in cuts)})
    pieces = [sent[start:end] for start, end in pairwise(places)]

    in_pieces = answers(pieces, pipelined=64)
    byte_by_byte = answers([bytes([byte]) for byte in sent], pipelined=64)

    assert [s for s in in_pieces if s != 100] == [s for s in byte_by_byte if s != 100]
