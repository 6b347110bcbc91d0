"""Checks beside the receiving that all receipts are of one history of the log."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from gateway.client.log_watch import ConsistencyProofs, LogWatch
from gateway.errors import DependencyFailed, LogRefused

_PAUSE_S = 30.0
_log = structlog.get_logger("partner")


class HistoryCheck:
    """Looks at the newest checkpoint that came. Use it as an async context manager.

    A delivery is acknowledged without waiting for this: whether the log shows two histories
    is a matter for auditors, and the gateway cannot be asked at every moment. *alarm* is
    told what was refused.
    """

    def __init__(
        self, watch: LogWatch, proofs: ConsistencyProofs, alarm: Callable[[str], None]
    ) -> None:
        self._watch = watch
        self._proofs = proofs
        self._alarm = alarm
        self._newest: str | None = None
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "HistoryCheck":
        self._task = asyncio.create_task(self._run(), name="history")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def saw(self, note: str) -> None:
        """Take note of the checkpoint of a receipt that verified."""
        self._newest = note
        self._came.set()

    async def _run(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            note = self._newest
            if note is None:
                continue
            try:
                await self._watch.checkpoint(note, self._proofs)
            except LogRefused as error:
                self._alarm(str(error))
            except DependencyFailed as error:
                _log.warning("history_not_checked", what=str(error))
                await asyncio.sleep(_PAUSE_S)
                self._came.set()
