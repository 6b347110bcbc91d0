"""Runs a process of the gateway that kills itself at a named point, when a file says so.

The file holds `POINT NUMBER`: at the NUMBERth call of that point from when the order is first
seen, the process ends as by `kill -9`. The product has no such hooks: they are put around its
functions here.
"""

import inspect
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

GATEWAY_POINTS = {
    "received": ("gateway.pipeline", "_receive", "after"),
    "authenticated": ("gateway.pipeline", "authenticate", "after"),
    "looked for a replay": ("gateway.pipeline", "replay", "after"),
    "validated": ("gateway.pipeline", "validate", "after"),
    "decided": ("gateway.pipeline", "decide", "after"),
    "redacted": ("gateway.pipeline", "redact", "after"),
    "composed": ("gateway.pipeline", "compose_record", "after"),
    "key claimed, nothing written": ("gateway.adapters.sql_log", "SqlAppender._claim", "after"),
    "all written, not committed": ("gateway.adapters.sql_log", "SqlAppender._append", "after"),
    "committed, not told": ("gateway.adapters.sql_log", "SqlAppender.append", "after"),
    "answer made, not sent": ("gateway.pipeline", "answer_from", "after"),
    "refusal not recorded": ("gateway.refusals", "Refusals.record", "before"),
    "refusal recorded, not answered": ("gateway.refusals", "Refusals.record", "after"),
}
WORKER_POINTS = {
    "delivery seen": ("gateway.adapters.sql_outbox", "SqlOutbox.due", "after"),
    "attempt written, not committed": ("gateway.adapters.sql_log", "SqlAppender._append", "after"),
    "attempt committed, not told": ("gateway.adapters.sql_log", "SqlAppender.append", "after"),
    "nothing sent": (
        "gateway.adapters.https_destination",
        "HttpsDestination.deliver",
        "before",
    ),
    "delivered, acknowledgement not recorded": (
        "gateway.adapters.https_destination",
        "HttpsDestination.deliver",
        "after",
    ),
    "outcome recorded, not told": ("gateway.steps.forward", "_end", "after"),
}
"""Point -> module, function, and whether the process dies before or after its call."""


class Order(Protocol):
    """What says whether a process dies at a point that it passes."""

    def passes(self, point: str) -> None: ...


class _Order:
    """What the file asks for, read at each point that is passed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = ""
        self._left = 0

    def passes(self, point: str) -> None:
        """Die, if it is for this point and its number has come."""
        try:
            order = self._file.read_text()
        except OSError:  # no order, or no descriptor left to read it
            order = ""
        wanted, _, number = order.strip().rpartition(" ")
        if order != self._seen:
            self._seen, self._left = order, int(number or 0)
        if wanted != point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def put_around(order: Order, point: str, module: str, path: str, when: str) -> None:
    owner: Any = import_module(module)
    *classes, name = path.split(".")
    for step in classes:
        owner = getattr(owner, step)
    setattr(owner, name, _watched(order, point, getattr(owner, name), when))


def _watched(
    order: Order, point: str, function: Callable[..., Any], when: str
) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def awaited(*given: Any, **named: Any) -> Any:
            if when == "before":
                order.passes(point)
            result = await function(*given, **named)
            if when == "after":
                order.passes(point)
            return result

        return awaited

    @wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        if when == "before":
            order.passes(point)
        result = function(*given, **named)
        if when == "after":
            order.passes(point)
        return result

    return called


def run(file: Path, command: list[str]) -> None:
    """Run the command line with the points watched."""
    order = _Order(file)
    points = {"serve": GATEWAY_POINTS, "worker": WORKER_POINTS}[command[0]]
    for point, place in points.items():
        put_around(order, point, *place)
    sys.argv = ["datenschleuse", *command]
    from gateway.cli import main

    main()
