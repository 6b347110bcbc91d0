"""Checks the head of a request, before any route is asked.

What the parser lets through and we do not: a head that is too large; no Host, or two of them
(RFC 9112 3.2); a target that is neither a path nor our own address with one; another version
than 1.0 and 1.1; an upgrade; a transfer that is encoded otherwise than chunked, or chunked at
all in HTTP/1.0 (RFC 9112 6.1); an expectation other than 100-continue; a body where a body
means nothing.
"""

import re
from dataclasses import dataclass

from gateway.http import problems
from gateway.http.limits import EdgeLimits
from gateway.http.problems import Problem

_BODILESS = frozenset({b"GET", b"HEAD", b"DELETE", b"OPTIONS"})
_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]+")
_CHARACTER = rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_TARGET = re.compile(rb"/%b*(?:\?(?:%b|\?)*)?" % (_CHARACTER, _CHARACTER))
_AROUND_A_FIELD = len(": \r\n")


class Refused(Exception):
    """The connection answers *problem* and ends; the text is for the operator."""

    def __init__(self, problem: Problem, why: str) -> None:
        super().__init__(why)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and fields as they came, but for the names, which are in lower case."""

    method: bytes
    version: str
    target: bytes
    fields: list[tuple[bytes, bytes]]


def path_of(head: Head, limits: EdgeLimits, own_address: bytes) -> bytes:
    """Return the path with its query, if the head is one that we take.

    Raises:
        Refused: It is not; says why without saying anything that stands in it.
    """
    _check_fields(head, limits)
    if head.version not in ("1.0", "1.1"):
        raise _not_http("another version than 1.0 and 1.1")
    target = head.target.removeprefix(own_address)
    if not _TARGET.fullmatch(target):
        raise _not_http("the target is no path of ours")
    return target


def _check_fields(head: Head, limits: EdgeLimits) -> None:
    size, hosts, old = len(head.target), 0, head.version == "1.0"
    for name, value in head.fields:
        length = len(name) + len(value)
        if length > limits.header_field_bytes:
            raise Refused(problems.HEAD_TOO_LARGE, "one field is too long")
        size += length + _AROUND_A_FIELD
        match name:
            case b"host":
                hosts += 1
                if not _HOST.fullmatch(value):
                    raise _not_http("Host is no host")
            case b"upgrade":
                raise _not_http("an upgrade")
            case b"transfer-encoding":
                if old or value.lower() != b"chunked":
                    raise _not_http("an encoded transfer")
                if head.method in _BODILESS:
                    raise _not_http("a body where none belongs")
            case b"content-length":
                if value != b"0" and head.method in _BODILESS:
                    raise _not_http("a body where none belongs")
            case b"expect":
                if value.lower() != b"100-continue":
                    raise _not_http("an unknown expectation")
    if size > limits.header_bytes or len(head.fields) > limits.header_fields:
        raise Refused(problems.HEAD_TOO_LARGE, "the fields together are too large")
    if hosts != 1 and not (old and not hosts):
        raise _not_http("not exactly one Host")


def _not_http(why: str) -> Refused:
    return Refused(problems.NOT_HTTP, why)
