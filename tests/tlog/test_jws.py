"""Compact JWS and the JSON in it are strict, and others can read them."""

import json

import joserfc.jws
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from gateway.errors import KeysUnavailable, MalformedJws
from gateway.model.evidence import Part
from gateway.tlog.jws import MAX_INTEGER, decode_json, encode_json, open_compact, sign_compact
from gateway.tlog.note import sign_note
from tests.tlog.memory_log import KeySigner

SIGNER = KeySigner("a key")
JWS = sign_compact("a-type", b'{"n":1}', SIGNER)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**54), 2**54)
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=4)
    | st.sampled_from(
        [MAX_INTEGER, MAX_INTEGER + 1, -MAX_INTEGER - 1, 10**400, b"", {1}, Part.AUDIT]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=()), max_size=4), inner, max_size=3
        )
    ),
    max_leaves=9,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=9,
)


@settings(deadline=None)
@given(values)
def test_json_is_read_as_it_was_written(value):
    assert decode_json(encode_json(value, MalformedJws), MalformedJws) == value


def written_or_refused(value, write):
    try:
        return write(value)
    except MalformedJws:
        return MalformedJws


def written_and_read_again(value):
    """Write JSON, and refuse what the reader refuses of it: the plain way to say the same."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        data = text.encode()
    except (TypeError, ValueError) as error:
        raise MalformedJws("not I-JSON") from error
    decode_json(data, MalformedJws)
    return data


@settings(deadline=None, max_examples=300)
@given(anything)
def test_what_is_written_is_exactly_what_the_reader_reads(value):
    ours = written_or_refused(value, lambda it: encode_json(it, MalformedJws))
    assert ours == written_or_refused(value, written_and_read_again)


def test_what_the_reader_finds_too_deep_is_not_written():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(MalformedJws):
        encode_json(deep, MalformedJws)


def test_what_holds_itself_is_not_written():
    value = {}
    value["itself"] = [value]
    with pytest.raises(MalformedJws):
        encode_json(value, MalformedJws)


@settings(deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="ascii"), max_size=9), st.integers(-5, 5)))
def test_json_with_ascii_members_is_canonical_as_rfc_8785_says(value):
    assert encode_json(value, MalformedJws) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a":1,"a":1}',
        '{"b":{"a":1,"a":2}}',
        "1.0",
        "1e3",
        "-0.5",
        "NaN",
        "Infinity",
        "9007199254740992",
        "-9007199254740992",
        "9" * 5000,
        "1 2",
        "[" * 100_000,
        b"\xff",
        b'\xef\xbb\xbf{"a":1}',
    ],
    ids=lambda text: str(text)[:12],
)
def test_json_that_is_not_i_json_without_fractions_is_refused(text):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(MalformedJws):
        decode_json(data, MalformedJws)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        [-(2**53)],
        10**5000,
        {"a": {1, 2}},
        {"a": b""},
        "\ud800",
        {"\ud800": 1},
        {1: "a member name that is no text"},
        {"a": [({"b": 0.5},)]},
    ],
    ids=range(11),
)
def test_json_that_would_not_be_read_is_not_written(value):
    with pytest.raises(MalformedJws):
        encode_json(value, MalformedJws)


def test_long_digits_in_a_text_are_no_number():
    value = {"text": "12345678901234567890", "n": MAX_INTEGER}
    assert decode_json(encode_json(value, MalformedJws), MalformedJws) == value


def test_a_jws_opens_under_the_key_and_type_that_it_was_made_with():
    assert open_compact(JWS, "a-type", SIGNER.public_key) == b'{"n":1}'


def test_another_library_verifies_it():
    key = OKPKey.import_key(dict(SIGNER.public_jwk))
    opened = joserfc.jws.deserialize_compact(JWS, key, algorithms=["Ed25519"])

    assert json.loads(opened.payload) == {"n": 1}
    assert opened.headers() == {"alg": "Ed25519", "kid": SIGNER.kid, "typ": "a-type"}


def test_another_type_or_key_is_refused():
    with pytest.raises(MalformedJws):
        open_compact(JWS, "another-type", SIGNER.public_key)
    with pytest.raises(MalformedJws):
        open_compact(JWS, "a-type", KeySigner("another").public_key)


def test_a_changed_character_is_refused():
    nearby = {JWS[:at] + other + JWS[at + 1 :] for at in range(len(JWS)) for other in "AQ_.~="}
    for changed in nearby - {JWS}:
        with pytest.raises(MalformedJws):
            open_compact(changed, "a-type", SIGNER.public_key)


@pytest.mark.parametrize(
    "text", ["", ".", "..", JWS[:-1], JWS + ".", JWS + "A", "." + JWS, JWS * 2]
)
def test_another_form_is_refused(text):
    with pytest.raises(MalformedJws):
        open_compact(text, "a-type", SIGNER.public_key)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_what_is_no_whole_signature_is_not_used(length):
    class Wrong(KeySigner):
        def sign(self, data):
            return bytes(length)

    with pytest.raises(KeysUnavailable):
        sign_compact("a-type", b"{}", Wrong("a key"))
    with pytest.raises(KeysUnavailable):
        sign_note("a text\n", "a.name", Wrong("a key"))
