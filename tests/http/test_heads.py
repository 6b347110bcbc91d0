"""Which heads are taken, and what becomes of their target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http import problems
from gateway.http.heads import Head, Refused, path_of
from tests.http.edge import a_limits

OWN = b"https://schleuse.example"
HOST = (b"host", b"schleuse.example")
LIMITS = a_limits()


def path(target: bytes, *fields: tuple[bytes, bytes], method: bytes = b"GET") -> bytes:
    return path_of(Head(method, "1.1", target, [HOST, *fields]), LIMITS, OWN)


@pytest.mark.parametrize(
    ("target", "taken"),
    [
        (b"/", b"/"),
        (b"/v1/log/consistency?from=1&to=3", b"/v1/log/consistency?from=1&to=3"),
        (b"/a%2Fb/..;x=1/@:!$'()*+,~", b"/a%2Fb/..;x=1/@:!$'()*+,~"),
        (b"/?", b"/?"),
        (b"/a?b?c/d", b"/a?b?c/d"),
        (OWN + b"/v1/events", b"/v1/events"),
    ],
)
def test_a_path_is_taken_as_it_is_written(target: bytes, taken: bytes) -> None:
    assert path(target) == taken


@pytest.mark.parametrize(
    "target",
    [
        b"",
        b"*",
        b"v1/events",
        OWN,
        OWN + b".evil.example/",
        b"https://user@schleuse.example/",
        b"HTTPS://schleuse.example/",
        b"http://schleuse.example/",
        b"/a#b",
        b"/a\\b",
        b"/a%",
        b"/a%4",
        b"/a%g0",
        b"/a{b}",
        b"/a|b",
        b"/\xc3\xa4",
        b"/a\n",
    ],
)
def test_what_is_no_path_of_ours_is_refused(target: bytes) -> None:
    with pytest.raises(Refused) as raised:
        path(target)

    assert raised.value.problem is problems.NOT_HTTP


@given(target=st.binary(max_size=60))
def test_whatever_is_taken_is_printable_and_begins_with_a_slash(target: bytes) -> None:
    try:
        taken = path(target)
    except Refused:
        return
    assert taken.startswith(b"/")
    assert taken.decode("ascii").isprintable()
    assert b" " not in taken


@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from([b"host", b"upgrade", b"transfer-encoding", b"expect", b"x"])
            | st.binary(max_size=20),
            st.binary(max_size=20),
        ),
        max_size=8,
    )
)
def test_any_other_fields_are_taken_or_refused_without_a_word_of_them(
    fields: list[tuple[bytes, bytes]],
) -> None:
    try:
        path(b"/", *fields, (b"x-canary", b"KANARIE"))
    except Refused as refused:
        assert refused.problem in {problems.NOT_HTTP, problems.HEAD_TOO_LARGE}
        assert "KANARIE" not in str(refused)
        return
    assert [name for name, _ in fields].count(b"host") == 0


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"DELETE", b"OPTIONS"])
def test_a_length_of_nothing_is_no_body(method: bytes) -> None:
    assert path(b"/", (b"content-length", b"0"), method=method) == b"/"


def test_a_head_just_at_its_limit_is_taken() -> None:
    line = b"/"
    around = len(line) + len(b"hostschleuse.example: \r\n") + len(b"x: \r\n") + len(b"y: \r\n")
    half = (LIMITS.header_bytes - around) // 2
    rest = LIMITS.header_bytes - around - half

    assert path(line, (b"x", b"1" * half), (b"y", b"1" * rest)) == line
    with pytest.raises(Refused) as raised:
        path(line, (b"x", b"1" * half), (b"y", b"1" * (rest + 1)))
    assert raised.value.problem is problems.HEAD_TOO_LARGE
