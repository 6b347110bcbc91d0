"""Bytes become a strict JSON document, or one of two errors."""

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import MalformedRequest, RequestTooLarge
from gateway.model.exchange import Document, Moment
from gateway.steps.receive import JsonFault, NotStrictJson, receive

MOMENT = Moment(1_795_000_000, 20_775)
SUITE = [tuple(case) for case in json.loads(Path("tests/vectors/json/parsing.json").read_text())]
STRICTER = {  # what JSON allows and we do not, by the suite's own names
    JsonFault.DUPLICATE_MEMBER: {"y_object_duplicated_key", "y_object_duplicated_key_and_value"},
    JsonFault.NUL: {"y_object_escaped_null_in_key", "y_string_null_escape"},
    JsonFault.FRACTION: {
        "y_number",
        "y_number_0e+1",
        "y_number_0e1",
        "y_number_double_close_to_zero",
        "y_number_int_with_exp",
        "y_number_real_capital_e",
        "y_number_real_capital_e_neg_exp",
        "y_number_real_capital_e_pos_exp",
        "y_number_real_exponent",
        "y_number_real_fraction_exponent",
        "y_number_real_neg_exp",
        "y_number_real_pos_exponent",
        "y_number_simple_real",
        "y_object_extreme_numbers",
        "y_structure_lonely_negative_real",
    },
}
REFUSED_ANYWAY = {name for names in STRICTER.values() for name in names}


def read(body: bytes, *, max_bytes: int = 1 << 20, max_depth: int = 16) -> Document:
    return receive(body, MOMENT, max_bytes, max_depth)


def fault_of(body: bytes) -> NotStrictJson:
    with pytest.raises(NotStrictJson) as raised:
        read(body)
    return raised.value


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_a_document_carries_the_moment_of_its_arrival() -> None:
    document = read('{"name": "Müller", "count": -3, "list": [true, null, {}]}'.encode())

    assert document.value == {"name": "Müller", "count": -3, "list": [True, None, {}]}
    assert document.moment == MOMENT


def test_the_size_is_looked_at_before_anything_is_parsed() -> None:
    with pytest.raises(RequestTooLarge):
        read(b"[" * 101, max_bytes=100)

    assert read(b'{"a": 1}', max_bytes=8).value == {"a": 1}


@pytest.mark.parametrize("depth", [1, 15, 16])
def test_up_to_the_limit_nesting_is_accepted(depth: int) -> None:
    assert read(nested(depth)).value


@pytest.mark.parametrize(
    "body", [nested(17), b'{"a":' + b"[" * 16 + b"]" * 16 + b"}", b"[" * 500_000, nested(50_000)]
)
def test_deeper_nesting_is_refused_where_it_begins(body: bytes) -> None:
    error = fault_of(body)

    assert error.fault is JsonFault.TOO_DEEP
    assert body[error.byte : error.byte + 1] in {b"[", b"{"}
    assert body[: error.byte].count(b"[") + body[: error.byte].count(b"{") == 16


def test_brackets_in_texts_do_not_nest() -> None:
    assert read(b'{"a": "' + b"[{" * 100 + b'", "b": "\\"' + b"[" * 100 + b'"}').value


@pytest.mark.parametrize(
    ("body", "fault", "place"),
    [
        (b'{"a": 1,\n "a": 2}', JsonFault.DUPLICATE_MEMBER, (2, 2, 10)),
        (b'{"a": {"b": 1, "\\u0062": 2}}', JsonFault.DUPLICATE_MEMBER, (1, 16, 15)),
        (b'{"a": [{"b": 1}, {"b": 1}], "a": 1}', JsonFault.DUPLICATE_MEMBER, (1, 29, 28)),
        (b'{"a": NaN}', JsonFault.NOT_A_NUMBER, (1, 7, 6)),
        (b'{"NaN": "NaN", "a": -Infinity}', JsonFault.NOT_A_NUMBER, (1, 21, 20)),
        (b'{"a": [1, 2.0]}', JsonFault.FRACTION, (1, 11, 10)),
        (b'{"1.5": "1.5", "a": 1E2}', JsonFault.FRACTION, (1, 21, 20)),
        (b'{"a": 9007199254740992}', JsonFault.INTEGER_RANGE, (1, 7, 6)),
        (b'{"a": 1, "b": -9007199254740992}', JsonFault.INTEGER_RANGE, (1, 15, 14)),
        (b'{"a": 9007199254740992e, "\x01": 1}', JsonFault.INTEGER_RANGE, (1, 7, 6)),
        (b'{"a": 9007199254740992-, "\x01": 1}', JsonFault.INTEGER_RANGE, (1, 7, 6)),
        (b'{"a": ' + b"9" * 5000 + b"}", JsonFault.INTEGER_RANGE, (1, 7, 6)),
        ('{"ä": "\\ud800"}'.encode(), JsonFault.LONE_SURROGATE, (1, 8, 8)),
        (b'{"a": "\\udc00\\ud800"}', JsonFault.LONE_SURROGATE, (1, 8, 7)),
        (b'{"a": "\\ud800x\\udc00"}', JsonFault.LONE_SURROGATE, (1, 8, 7)),
        (b'{"\\uDBFF": 1}', JsonFault.LONE_SURROGATE, (1, 3, 2)),
        (b'{"a": "\\u0000"}', JsonFault.NUL, (1, 8, 7)),
        (b'{"a": "\xff"}', JsonFault.NOT_UTF_8, (1, 8, 7)),
        (b'{"a":\n "\xc3\xa4\xed\xa0\x80"}', JsonFault.NOT_UTF_8, (2, 4, 10)),
        (b"\xef\xbb\xbf{}", JsonFault.BYTE_ORDER_MARK, (1, 1, 0)),
        (b'{"a": 1} {}', JsonFault.NOT_JSON, (1, 10, 9)),
        (b'{"a": 1,\n}', JsonFault.NOT_JSON, (2, 1, 9)),
        (b'{"a": "\x00"}', JsonFault.NOT_JSON, (1, 8, 7)),
        (b"", JsonFault.NOT_JSON, (1, 1, 0)),
        (b"[{}]", JsonFault.NOT_AN_OBJECT, (1, 1, 0)),
        (b'"a"', JsonFault.NOT_AN_OBJECT, (1, 1, 0)),
        (b"null", JsonFault.NOT_AN_OBJECT, (1, 1, 0)),
    ],
)
def test_a_fault_is_named_with_line_column_byte(
    body: bytes, fault: JsonFault, place: tuple[int, int, int]
) -> None:
    error = fault_of(body)

    assert error.fault is fault
    assert (error.line, error.column, error.byte) == place


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 9007199254740991, "b": -9007199254740991}', [2**53 - 1, 1 - 2**53]),
        (b'{"a": "\\ud83d\\ude00", "b": "\\\\ud800"}', ["😀", "\\ud800"]),
        (b'{"a": "\\\\u0000", "b": -0}', ["\\u0000", 0]),
    ],
)
def test_what_only_looks_like_a_fault_is_accepted(body: bytes, value: list[Any]) -> None:
    assert list(read(body).value.values()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"KANARIE": 1, "KANARIE": "KANARIE"}',
        b'{"a": "KANARIE", "b": NaN}',
        b'{"KANARIE": 12345678901234567890}',
        b'{"KANARIE\xff": 1}',
        b'{"a": KANARIE}',
    ],
)
def test_a_refusal_never_names_a_member_or_a_value(body: bytes) -> None:
    error = fault_of(body)

    assert "KANARIE" not in str(error)
    assert "123456" not in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "' + b'\\"' * 500_000,
        b'"' * 1_000_001,
        b'{"a": "' + b"\\u0000" * 170_000,
        b'{"a": ' + b"[" * 16 + b"1," * 500_000,
        b'{"a": [' + b"{}," * 330_000 + b"1.5]}",
    ],
    ids=["escapes without end", "quotes", "NULs", "an array without end", "a late fraction"],
)
def test_a_megabyte_of_malice_costs_neither_time_nor_memory(body: bytes) -> None:
    begun = time.process_time()
    fault_of(body)
    took_s = time.process_time() - begun
    tracemalloc.start()
    fault_of(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert took_s < 2
    assert peak < 150_000_000


@pytest.mark.parametrize(
    ("name", "text"), [case for case in SUITE if case[0].startswith("n_")], ids=lambda x: x[:40]
)
def test_the_public_suite_what_no_parser_may_accept(name: str, text: str) -> None:
    for body in (text, f'{{"a": {text}}}'):
        with pytest.raises(MalformedRequest):
            read(body.encode())


@pytest.mark.parametrize(
    ("name", "text"), [case for case in SUITE if case[0].startswith("y_")], ids=lambda x: x[:40]
)
def test_the_public_suite_what_every_parser_must_accept(name: str, text: str) -> None:
    body = f'{{"a": {text}}}'.encode()
    if name in REFUSED_ANYWAY:
        assert name in STRICTER[fault_of(body).fault]
    else:
        assert read(body).value == {"a": json.loads(text)}


@pytest.mark.parametrize(
    ("name", "text"), [case for case in SUITE if case[0].startswith("i_")], ids=lambda x: x[:40]
)
def test_the_public_suite_what_parsers_may_do_as_they_like(name: str, text: str) -> None:
    """We like what is left of I-JSON: no huge numbers, no lone surrogates, no depth of 500."""
    body = f'{{"a": {text}}}'.encode(errors="surrogatepass")
    allowed = {
        JsonFault.FRACTION,
        JsonFault.INTEGER_RANGE,
        JsonFault.LONE_SURROGATE,
        JsonFault.NOT_UTF_8,
        JsonFault.TOO_DEEP,
        JsonFault.NOT_JSON,
    }

    assert fault_of(body).fault in allowed, name


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xe4",
    ],
    ids=[
        "no byte of UTF-8",
        "a continuation alone",
        "cut off",
        "overlong in two bytes",
        "overlong in three bytes",
        "a surrogate",
        "a pair of surrogates",
        "beyond Unicode",
        "five bytes",
        "Latin-1",
    ],
)
@pytest.mark.parametrize("place", [b'{"a": "%b"}', b'{"%b": 1}', b'{"a": %b}', b"%b{}"])
def test_bytes_that_are_no_utf_8_are_refused_wherever_they_stand(place: bytes, text: bytes) -> None:
    assert fault_of(place % text).fault is JsonFault.NOT_UTF_8


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_another_encoding_of_unicode_is_refused(encoding: str) -> None:
    assert fault_of('{"a": "ä"}'.encode(encoding))


scalars = (
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
objects = st.dictionaries(
    names, st.recursive(scalars, lambda x: st.lists(x) | st.dictionaries(names, x), max_leaves=20)
)


@given(value=objects, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_whatever_json_writes_of_the_allowed_domain_is_read_back(
    value: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()

    assert read(body, max_depth=64).value == value


@given(body=st.binary() | st.text().map(lambda text: text.encode(errors="replace")))
def test_any_other_bytes_raise_one_of_two_errors(body: bytes) -> None:
    try:
        document = read(body, max_bytes=200)
    except (MalformedRequest, RequestTooLarge):
        return
    assert isinstance(document.value, dict)


@given(value=objects, cut=st.integers(0, 400), junk=st.sampled_from('{}[]",:\\u0e1NaN\x00'))
def test_damaged_documents_raise_one_of_two_errors(
    value: dict[str, Any], cut: int, junk: str
) -> None:
    text = json.dumps(value)
    body = (text[:cut] + junk + text[cut + 1 :]).encode()
    try:
        document = read(body)
    except MalformedRequest as error:
        assert isinstance(error, NotStrictJson)
        assert 0 <= error.byte <= len(body)
        return
    assert document.value == json.loads(body)
