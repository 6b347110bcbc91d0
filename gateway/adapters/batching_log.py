"""The `DecisionLog` port over SQL: concurrent drafts of a process share transactions.

While one batch is being committed the next one gathers; nobody waits for a timer. Appends
run in one thread, reads in others.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias, TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from gateway.adapters.gathering import Gathering
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_proven import Place, Sealed
from gateway.adapters.sql_reader import SqlReader
from gateway.errors import GatewayError, LogUnavailable
from gateway.model.concern import ConcernPage, Wanted, everything
from gateway.model.evidence import Claim, Draft, Fate, Part, Proven, StoredEntry
from gateway.ports import Head

_Pending: TypeAlias = tuple[Draft, "asyncio.Future[Fate]"]
_T = TypeVar("_T")
_WRITABLE_S = 3.0


class BatchingLog:
    """Appends through one queue and reads beside it. Use it as an async context manager."""

    def __init__(self, appender: SqlAppender, reader: SqlReader, *, batch_limit: int) -> None:
        self._appender = appender
        self._reader = reader
        self._limit = batch_limit
        self._pending: list[_Pending] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-append")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="log-read")
        self._proven: Gathering[Place, Sealed | None] = Gathering(
            lambda wanted: self._read(lambda: reader.proven(wanted)), limit=batch_limit
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "BatchingLog":
        self._task = asyncio.create_task(self._run(), name="log-append")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown()
        self._readers.shutdown()

    async def append(self, draft: Draft) -> Fate:
        self._check_open()
        future: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        self._pending.append((draft, future))
        self._wake.set()
        return await future

    async def head(self) -> Head:
        return await self._read(self._reader.head)

    async def claimed(self, unit: str, key: str) -> tuple[Claim, int] | None:
        found = self._reader.claim_at_a_glance(unit, key)
        if found is None:
            found = await self._read(lambda: self._reader.claim(unit, key))
        return found[0] if found else None

    async def entry(self, index: int) -> StoredEntry | None:
        return await self._read(lambda: self._reader.entry(index))

    async def proven(self, index: int, part: Part) -> Proven | None:
        found = await self._proven.ask((index, part))
        return None if found is None else self._reader.opened(found)

    async def index_of(self, entry_id: str) -> int | None:
        return await self._read(lambda: self._reader.index_of(entry_id))

    async def receipt_proof(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        return await self._read(lambda: self._reader.receipt_proof(index, size))

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return await self._read(lambda: self._reader.consistency(old, new))

    async def hash_tile(self, level: int, number: int, width: int) -> bytes | None:
        return await self._read(lambda: self._reader.hash_tile(level, number, width))

    async def entry_bundle(self, number: int, width: int) -> bytes | None:
        return await self._read(lambda: self._reader.entry_bundle(number, width))

    async def concerns(
        self, unit: str, after: int, limit: int, wanted: Wanted = everything
    ) -> ConcernPage:
        return await self._read(lambda: self._reader.concerns(unit, after, limit, wanted))

    async def newest_concerns(self, units: Collection[str]) -> Mapping[str, int]:
        return await self._read(lambda: self._reader.newest_concerns(units))

    async def index_at(self, time: int) -> int:
        return await self._read(lambda: self._reader.index_at(time))

    async def check_writable(self) -> None:
        """Ask in the thread of the appends: one that hangs does not count as writable."""
        self._check_open()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_WRITABLE_S):
                await loop.run_in_executor(self._thread, self._appender.check_writable)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise LogUnavailable("the log cannot be written") from error

    def _check_open(self) -> None:
        if self._task is None or self._task.done():
            raise LogUnavailable("the log is not open")

    async def _read(self, read: Callable[[], _T]) -> _T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, read)
        except SQLAlchemyError as error:
            raise LogUnavailable("the log cannot be read") from error

    async def _run(self) -> None:
        batch: list[_Pending] = []
        try:
            while True:
                await self._wake.wait()
                batch, self._pending = self._pending[: self._limit], self._pending[self._limit :]
                if not self._pending:
                    self._wake.clear()
                await self._commit(batch)
        finally:  # cancelled, or an error that nobody foresaw: no caller may wait for ever
            for _draft, future in [*batch, *self._pending]:
                _fail(future, LogUnavailable("the log is closed"))

    async def _commit(self, batch: list[_Pending]) -> None:
        """Commit *batch*; if it fails as a whole, each draft on its own, so that one bad
        draft does not take the others with it. A database that is locked, full or gone is no
        draft's fault: to try each would only make all of them wait longer."""
        try:
            fates = await self._append([draft for draft, _ in batch])
        except LogUnavailable as error:
            if len(batch) == 1 or isinstance(error.__cause__, OperationalError):
                for _, future in batch:
                    _fail(future, error)
                return
            for single in batch:
                await self._commit([single])
            return
        for (_, future), fate in zip(batch, fates, strict=True):
            if not future.done():  # the caller may have gone; its entry stays
                future.set_result(fate)

    async def _append(self, drafts: list[Draft]) -> list[Fate]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._appender.append, drafts)
        except (SQLAlchemyError, OSError, GatewayError) as error:
            raise LogUnavailable("the log cannot be written") from error


def _fail(future: asyncio.Future[Fate], error: LogUnavailable) -> None:
    if not future.done():
        future.set_exception(error)
