"""Where each member and each element of a JSON text stands."""

import json
import re
from collections.abc import Iterator
from typing import Any

Json = Any
Where = tuple[str, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_VALUE = json.JSONDecoder()


def lines_of(text: str) -> dict[Where, int]:
    """Return the line of each member (where its name begins) and element, by its path.

    An element's step is its number as text. Of a text that is no JSON, what was read so far.
    """
    places: dict[Where, int] = {(): 1}
    counted = _Lines(text)
    try:
        for where, at in _walk(text, _after_space(text, 0), ()):
            places[where] = counted.at(at)
    except (ValueError, IndexError):
        return places
    return places


class _Lines:
    """Line numbers of offsets that only grow."""

    def __init__(self, text: str) -> None:
        self._text, self._seen, self._line = text, 0, 1

    def at(self, offset: int) -> int:
        self._line += self._text.count("\n", self._seen, offset)
        self._seen = offset
        return self._line


def _walk(text: str, at: int, where: Where) -> Iterator[tuple[Where, int]]:
    """Yield each place below the value that begins at *at*; the generator's end is unused."""
    yield from _value(text, at, where, [])


def _value(text: str, at: int, where: Where, end: list[int]) -> Iterator[tuple[Where, int]]:
    """Yield the places inside of one value, and leave in *end* the offset behind it."""
    if text[at] in "{[":
        yield from _inside(text, at, where, end)
    else:
        end[:] = [_VALUE.raw_decode(text, at)[1]]


def _inside(text: str, at: int, where: Where, end: list[int]) -> Iterator[tuple[Where, int]]:
    closing, named = ("}", True) if text[at] == "{" else ("]", False)
    at, number = _after_space(text, at + 1), 0
    while text[at] != closing:
        start, step = at, str(number)
        if named:
            step, at = _VALUE.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)  # the colon
        yield (*where, step), start
        yield from _value(text, at, (*where, step), end)
        at, number = _after_space(text, end[0]), number + 1
        if text[at] == ",":
            at = _after_space(text, at + 1)
    end[:] = [at + 1]


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
