"""The technical log: JSON lines on stderr, without values of any request.

An exception appears as its type and the places it went through. Its text does not: a foreign
library may have put anything into it. For the same reason a line of a library shows only the
unfilled pattern of its message.

A line that cannot be written, because its disk is full, is lost; it takes no exchange with it.
"""

import contextlib
import io
import logging
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

_DEEPEST = 30


def configure() -> None:
    """Send structlog and the standard library's logging to stderr, one line an event."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


class _Unfailing(io.TextIOBase):
    """A stream that swallows what the one beneath it cannot take."""

    def __init__(self, beneath: TextIO) -> None:
        self._beneath = beneath

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._beneath.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._beneath.flush()


def describe(error: BaseException) -> dict[str, Any]:
    """Return the error's type and places, and those of what caused it."""
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": _places(error.__traceback__),
    }
    cause = error.__cause__ or error.__context__
    return described if cause is None else described | {"cause": describe(cause)}


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        frame = traceback.tb_frame
        places.append(f"{frame.f_globals.get('__name__')}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return places[-_DEEPEST:]


def _without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    return event


class _Libraries(logging.Handler):
    """Lines of libraries that use the standard library's logging."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger(record.name).log(
            record.levelno, str(record.msg).partition("\n")[0], logger=record.name, exc_info=error
        )
