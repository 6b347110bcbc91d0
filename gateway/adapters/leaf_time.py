"""The time that a stored leaf names."""

import json
from collections.abc import Callable

from gateway.errors import MalformedLeaf
from gateway.tlog.encoding import decode_base64url


def time_of(leaf: bytes) -> int:
    """Return the claim `time` (epoch seconds) of a leaf out of our own log, not verified.

    Raises:
        MalformedLeaf: It is no leaf.
    """
    try:
        payload = leaf.decode("ascii").split(".")[1]
        time = json.loads(decode_base64url(payload, MalformedLeaf))["time"]
    except (UnicodeDecodeError, LookupError, TypeError, ValueError) as error:
        raise MalformedLeaf("a stored leaf does not name its time") from error
    if type(time) is not int:
        raise MalformedLeaf("a stored leaf does not name its time")
    return time


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
