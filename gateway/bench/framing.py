"""Cuts a stream into HTTP/1.1 messages that announce their length, and into nothing else.

Load and recipient must cost little beside what is measured, so they read no more than this.
"""

import re
from collections.abc import Iterator

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_END = b"\r\n\r\n"


class NotFramed(ValueError):
    """A message does not say how long it is."""


class Messages:
    """What came on one connection."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Give each message that *data* completes: its head without the empty line, its body."""
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            head = bytes(self._received[:end])
            if _CHUNKED.search(head):
                raise NotFramed("a message in chunks")
            announced = _LENGTH.search(head)
            begin = end + len(_END)
            stop = begin + (int(announced[1]) if announced else 0)
            if len(self._received) < stop:
                return
            body = bytes(self._received[begin:stop])
            del self._received[:stop]
            yield head, body
