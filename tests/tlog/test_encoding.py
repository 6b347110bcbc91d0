"""Base64 is read exactly as it is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import MalformedNote
from gateway.tlog.encoding import (
    decode_base64,
    decode_base64url,
    encode_base64,
    encode_base64url,
)


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_what_is_written_is_read(data):
    assert decode_base64(encode_base64(data), MalformedNote) == data
    assert decode_base64url(encode_base64url(data), MalformedNote) == data


@settings(deadline=None)
@given(st.text(st.sampled_from("AQZaz09+/-_=\n é"), max_size=12))
def test_what_is_read_is_what_would_be_written(text):
    for encode, decode in [(encode_base64, decode_base64), (encode_base64url, decode_base64url)]:
        try:
            data = decode(text, MalformedNote)
        except MalformedNote:
            continue
        assert encode(data) == text


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ=", "é", "\ud800"])
def test_other_spellings_of_base64_are_refused(text):
    with pytest.raises(MalformedNote):
        decode_base64(text, MalformedNote)


@pytest.mark.parametrize("text", ["QQ==", "QR", "QQ\n", " QQ", "Q+", "Q", "é", "\ud800"])
def test_other_spellings_of_base64url_are_refused(text):
    with pytest.raises(MalformedNote):
        decode_base64url(text, MalformedNote)
