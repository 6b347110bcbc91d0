"""Turns the bytes of a request into a strict JSON document.

What is accepted is I-JSON (RFC 7493) of limited size and depth, with an object at the top and
integers as the only numbers. A refusal names the kind of fault and its place, never a member
name or a value.
"""

import json
import re
from enum import StrEnum
from typing import Any, NoReturn

from gateway.errors import MalformedRequest, RequestTooLarge
from gateway.model.exchange import Document, Moment

Json = Any

_MAX_INTEGER = 2**53 - 1
_MAX_DIGITS = 17  # a sign and the sixteen digits of 2^53 - 1
_BOM = b"\xef\xbb\xbf"

_TOKENS = re.compile(
    # A string that is never closed runs to the end: the pattern does not start over inside it.
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*"?)'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)|(?P<constant>NaN|-?Infinity)"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<colon>:)",
    re.DOTALL,
)
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


class JsonFault(StrEnum):
    """The closed set of what can be wrong with a body."""

    BYTE_ORDER_MARK = "a byte order mark"
    NOT_UTF_8 = "not UTF-8"
    TOO_DEEP = "nested too deeply"
    NOT_JSON = "not JSON"
    NOT_AN_OBJECT = "no object at the top"
    DUPLICATE_MEMBER = "a member stands twice in its object"
    NOT_A_NUMBER = "NaN or Infinity"
    FRACTION = "a number with fraction or exponent"
    INTEGER_RANGE = "an integer beyond 2^53 - 1"
    LONE_SURROGATE = "a lone surrogate"
    NUL = "a NUL character"


class NotStrictJson(MalformedRequest):
    """The body is refused for one fault; *line* and *column* count from 1, *byte* from 0."""

    def __init__(self, fault: JsonFault, line: int, column: int, byte: int) -> None:
        super().__init__(f"{fault}, line {line}, column {column}, byte {byte}")
        self.fault = fault
        self.line = line
        self.column = column
        self.byte = byte


class _Refused(Exception):
    """A hook of the JSON reader met a fault; where, it does not know."""

    def __init__(self, fault: JsonFault) -> None:
        self.fault = fault


def receive(body: bytes, moment: Moment, max_bytes: int, max_depth: int) -> Document:
    """Return the document in *body*, stamped with the moment of its arrival.

    Raises:
        RequestTooLarge: More than *max_bytes*; nothing was parsed.
        NotStrictJson: Not I-JSON, no object at the top, a number that is no integer, or
            objects and arrays nested more than *max_depth* deep.
    """
    if len(body) > max_bytes:
        raise RequestTooLarge(f"{len(body)} bytes, {max_bytes} allowed")
    if body.startswith(_BOM):
        raise NotStrictJson(JsonFault.BYTE_ORDER_MARK, 1, 1, 0)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _at_byte(JsonFault.NOT_UTF_8, body, error.start) from error
    if _SUSPECT.search(text):
        _check_escapes(text)
    value = _parse(text, max_depth)
    _check_depth(value, text, max_depth)
    return Document(value, moment)


def _check_depth(value: Json, text: str, max_depth: int) -> None:
    """Go down level by level, through objects and arrays only."""
    level, depth = [value], 1
    while level:
        if depth > max_depth:
            raise _at(JsonFault.TOO_DEEP, text, _first_below(text, max_depth))
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        depth += 1


def _first_below(text: str, depth: int) -> int:
    """Return the place of the first bracket that opens a level below *depth*."""
    level = 0
    for token in _TOKENS.finditer(text):
        level += 1 if token["open"] else -1 if token["close"] else 0
        if level > depth:
            return token.start()
    return len(text)


def _check_escapes(text: str) -> None:
    """Refuse `\\u0000` and a surrogate escape that is not one half of a pair."""
    high_until = None  # the end of a high surrogate that waits for its low half
    high_at = 0
    for escape in _ESCAPES.finditer(text):
        code = int(escape[1], 16) if escape[1] else -1
        if high_until is not None and not (
            escape.start() == high_until and 0xDC00 <= code <= 0xDFFF
        ):
            raise _at(JsonFault.LONE_SURROGATE, text, high_at)
        if high_until is None and 0xDC00 <= code <= 0xDFFF:
            raise _at(JsonFault.LONE_SURROGATE, text, escape.start())
        if code == 0:
            raise _at(JsonFault.NUL, text, escape.start())
        high_until = escape.end() if 0xD800 <= code <= 0xDBFF else None
        high_at = escape.start()
    if high_until is not None:
        raise _at(JsonFault.LONE_SURROGATE, text, high_at)


def _parse(text: str, max_depth: int) -> dict[str, Json]:
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except _Refused as refused:
        raise _at(refused.fault, text, _place(text, refused.fault)) from refused
    except json.JSONDecodeError as error:
        raise _at(JsonFault.NOT_JSON, text, error.pos) from error
    except RecursionError as error:
        raise _at(JsonFault.TOO_DEEP, text, _first_below(text, max_depth)) from error
    if not isinstance(value, dict):
        raise _at(JsonFault.NOT_AN_OBJECT, text, 0)
    return value


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused(JsonFault.DUPLICATE_MEMBER)
    return members


def _integer(literal: str) -> int:
    if len(literal) > _MAX_DIGITS or abs(value := int(literal)) > _MAX_INTEGER:
        raise _Refused(JsonFault.INTEGER_RANGE)
    return value


def _fraction(literal: str) -> NoReturn:
    raise _Refused(JsonFault.FRACTION)


def _constant(literal: str) -> NoReturn:
    raise _Refused(JsonFault.NOT_A_NUMBER)


def _place(text: str, fault: JsonFault) -> int:
    """Return where *fault* first occurs. Only a refused body is walked this way."""
    names: list[set[str]] = []
    before = None
    for token in _TOKENS.finditer(text):
        literal = token[0]
        if token["open"]:
            names.append(set())
        elif token["close"] and names:
            names.pop()
        elif token["colon"] and before is not None and before["string"] and names:
            name = json.loads(before[0])
            if fault is JsonFault.DUPLICATE_MEMBER and name in names[-1]:
                return before.start()
            names[-1].add(name)
        elif (token["constant"] and fault is JsonFault.NOT_A_NUMBER) or (
            token["number"] and fault is _number_fault(literal)
        ):
            return token.start()
        before = token
    return len(text)


def _number_fault(literal: str) -> JsonFault | None:
    if not literal.lstrip("-").isdigit():
        return JsonFault.FRACTION
    too_big = len(literal) > _MAX_DIGITS or abs(int(literal)) > _MAX_INTEGER
    return JsonFault.INTEGER_RANGE if too_big else None


def _at(fault: JsonFault, text: str, place: int) -> NotStrictJson:
    before = text[:place]
    line_start = before.rfind("\n") + 1
    return NotStrictJson(
        fault, before.count("\n") + 1, place - line_start + 1, len(before.encode())
    )


def _at_byte(fault: JsonFault, body: bytes, place: int) -> NotStrictJson:
    before = body[:place]
    column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
    return NotStrictJson(fault, before.count(b"\n") + 1, column, place)
