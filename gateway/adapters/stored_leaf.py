"""What a leaf out of our own log names, read and not verified."""

import json
from collections.abc import Callable
from typing import Any

from gateway.errors import MalformedLeaf
from gateway.tlog.encoding import decode_base64url

Json = Any


def time_of(leaf: bytes) -> int:
    """Return the claim `time` of a stored leaf, epoch seconds.

    Raises:
        MalformedLeaf: It is no leaf.
    """
    time: int = _claim(leaf, "time", int)
    return time


def policy_digest_of(leaf: bytes) -> str:
    """Return the digest of the rules that were in force when a stored leaf was made.

    Raises:
        MalformedLeaf: It is no leaf.
    """
    digest: str = _claim(leaf, "policy_digest", str)
    return digest


def index_at(time: int, size: int, leaf_at: Callable[[int], bytes]) -> int:
    """Return the first index whose leaf names *time* or later, by bisection."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if time_of(leaf_at(middle)) < time:
            low = middle + 1
        else:
            high = middle
    return low


def _claim(leaf: bytes, name: str, kind: type) -> Json:
    try:
        payload = leaf.decode("ascii").split(".")[1]
        value = json.loads(decode_base64url(payload, MalformedLeaf))[name]
    except (UnicodeDecodeError, LookupError, TypeError, ValueError) as error:
        raise MalformedLeaf(f"a stored leaf does not name its {name}") from error
    if type(value) is not kind:
        raise MalformedLeaf(f"a stored leaf does not name its {name}")
    return value
