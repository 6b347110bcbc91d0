"""Compact JWS (RFC 7515) signed with Ed25519 (RFC 9864), and the JSON inside it."""

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from gateway.errors import GatewayError, KeyRefused, KeysUnavailable, MalformedJws
from gateway.tlog.encoding import decode_base64url, encode_base64url
from gateway.tlog.jwk import PublicKey

if TYPE_CHECKING:
    from gateway.ports import Signer

MAX_INTEGER = 2**53 - 1
_SIGNATURE_BYTES = 64

_LONG_NUMBER = re.compile(r"[0-9]{16}")
"""Only such a one can be beyond MAX_INTEGER."""

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode

_Members = Callable[[list[tuple[str, Any]]], dict[str, Any]]


def encode_json(value: object, refuse: type[GatewayError]) -> bytes:
    """Return compact JSON with sorted members; *refuse* if `decode_json` would not read it.

    For ASCII member names this is the canonical form of RFC 8785.
    """
    try:
        text = _encode(value)
        _check(value, refuse)
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refuse("not I-JSON") from error


def _check(value: object, refuse: type[GatewayError]) -> None:
    """Refuse names that are numbers, fractions, and integers that others could not read.

    *value* was written as JSON, so it has no other types and does not hold itself.
    """
    level = [value]
    while level:
        below: list[object] = []
        for item in level:
            if isinstance(item, str):  # what most of it is
                continue
            if isinstance(item, dict):
                for name in item:
                    if not isinstance(name, str):
                        raise refuse("a member name that is no text")
                below.extend(item.values())
            elif isinstance(item, list | tuple):
                below.extend(item)
            elif isinstance(item, float):
                raise refuse("a number that is no integer")
            elif isinstance(item, int) and not -MAX_INTEGER <= item <= MAX_INTEGER:
                raise refuse("an integer beyond 2^53 - 1")
        level = below


def decode_json(data: bytes, refuse: type[GatewayError]) -> Any:
    """Return the value of I-JSON text (RFC 7493) without fractions; *refuse* for any other text."""

    def members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise refuse("a duplicate member")
        return value

    try:
        return _load(data.decode(), refuse, members)
    except (ValueError, RecursionError) as error:
        raise refuse("not JSON") from error


def _load(text: str, refuse: type[GatewayError], members: _Members | None = None) -> Any:
    def integer(digits: str) -> int:
        value = int(digits) if len(digits) < 18 else MAX_INTEGER + 1
        if abs(value) > MAX_INTEGER:
            raise refuse("an integer beyond 2^53 - 1")
        return value

    def no_integer(_: str) -> NoReturn:
        raise refuse("a number that is no integer")

    return json.loads(
        text,
        object_pairs_hook=members,
        parse_int=integer if _LONG_NUMBER.search(text) else None,
        parse_float=no_integer,
        parse_constant=no_integer,
    )


def sign_compact(typ: str, payload: bytes, signer: "Signer") -> str:
    """Return header.payload.signature; the header holds `alg`, `kid` and `typ`.

    Raises:
        KeysUnavailable: The signer gave something that is no signature.
    """
    signed = f"{_header(typ, signer.kid)}.{encode_base64url(payload)}"
    return f"{signed}.{encode_base64url(whole_signature(signer, signed.encode()))}"


def whole_signature(signer: "Signer", data: bytes) -> bytes:
    """Return the signature, if it has its length: one cut off proves nothing to anybody.

    Raises:
        KeysUnavailable: It has another length.
    """
    signature = signer.sign(data)
    if len(signature) != _SIGNATURE_BYTES:
        raise KeysUnavailable("the signer gave something that is no signature")
    return signature


def open_compact(jws: str, typ: str, key: PublicKey) -> bytes:
    """Return the payload of a JWS that `sign_compact` made with *key*.

    Raises:
        MalformedJws: Another header, another form, or a wrong signature.
    """
    header, _, rest = jws.partition(".")
    payload, _, encoded = rest.partition(".")
    if header != _header(typ, key.kid):
        raise MalformedJws(f"the header does not name type {typ} and the key {key.kid}")
    opened = decode_base64url(payload, MalformedJws)
    signature = decode_base64url(encoded, MalformedJws)
    try:
        key.verify(signature, f"{header}.{payload}".encode())
    except KeyRefused as error:
        raise MalformedJws(f"not signed by the key {key.kid}") from error
    return opened


@lru_cache(maxsize=64)
def _header(typ: str, kid: str) -> str:
    return encode_base64url(encode_json({"alg": "Ed25519", "kid": kid, "typ": typ}, MalformedJws))
