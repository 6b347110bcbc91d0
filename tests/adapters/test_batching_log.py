"""Concurrent drafts share transactions, and one bad draft does not take the others with it."""

import asyncio
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.sql_log import SqlAppender
from gateway.errors import KeysUnavailable, LogUnavailable
from gateway.model.evidence import Committed, Draft, Fate
from tests.gateways import FIRST_ENTRIES, SqlGateway, a_delivery, open_gateway


async def test_many_concurrent_drafts_share_few_transactions(home: Path, tmp_path: Path) -> None:
    batches: list[int] = []
    async with open_gateway(home, observe=lambda _name, size: batches.append(size)) as gateway:
        drafts = await gateway.drafts(200)

        fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))

        assert sorted(fate.index for fate in fates if isinstance(fate, Committed)) == list(
            range(FIRST_ENTRIES, FIRST_ENTRIES + 200)
        )
        assert sum(batches) == 200
        assert max(batches) == 64
        assert len(batches) <= 5
        assert gateway.verify(tmp_path / "copy").size == FIRST_ENTRIES + 200


async def test_a_batch_has_no_more_drafts_than_its_limit(home: Path) -> None:
    batches: list[int] = []
    async with open_gateway(
        home, batch_limit=3, observe=lambda _name, size: batches.append(size)
    ) as gateway:
        drafts = await gateway.drafts(10)
        await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))
    assert sum(batches) == 10
    assert max(batches) == 3


async def test_a_draft_alone_waits_for_no_other(sql_gateway: SqlGateway) -> None:
    async with asyncio.timeout(2):
        assert isinstance(await sql_gateway.append(), Committed)


async def test_a_batch_that_failed_is_tried_row_by_row(sql_gateway: SqlGateway) -> None:
    """One draft has an id that is taken: it alone fails, and the others have no gap."""
    first = await sql_gateway.draft()
    await sql_gateway.ports.log.append(first)
    drafts = await sql_gateway.drafts(5)
    drafts[2] = replace(drafts[2], entry_id=first.entry_id)

    fates = await asyncio.gather(
        *(sql_gateway.ports.log.append(draft) for draft in drafts), return_exceptions=True
    )

    assert isinstance(fates.pop(2), LogUnavailable)
    indexes = [fate.index for fate in fates if isinstance(fate, Committed)]
    assert indexes == [FIRST_ENTRIES + 1 + n for n in range(4)]


async def test_a_caller_that_left_takes_nobody_with_it(sql_gateway: SqlGateway) -> None:
    drafts = await sql_gateway.drafts(3)
    waiting = [asyncio.create_task(sql_gateway.ports.log.append(draft)) for draft in drafts]
    await asyncio.sleep(0)

    waiting[0].cancel()

    assert isinstance(await waiting[1], Committed)
    assert isinstance(await waiting[2], Committed)
    assert isinstance(await sql_gateway.append(), Committed)


async def test_after_an_error_the_log_goes_on(sql_gateway: SqlGateway) -> None:
    with sql_gateway.database.begin() as connection:
        connection.execute(text("ALTER TABLE entry RENAME TO elsewhere"))
    with pytest.raises(LogUnavailable):
        await sql_gateway.append()
    with sql_gateway.database.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO entry"))

    fate = await sql_gateway.append()

    assert isinstance(fate, Committed)
    assert fate.index == FIRST_ENTRIES


async def test_what_cannot_be_read_is_unavailable(sql_gateway: SqlGateway) -> None:
    with sql_gateway.database.begin() as connection:
        connection.execute(text("DROP TABLE log_head"))
    with pytest.raises(LogUnavailable):
        await sql_gateway.ports.log.head()


async def test_reading_does_not_wait_for_a_writer(sql_gateway: SqlGateway) -> None:
    with closing(sqlite3.connect(sql_gateway.home / "gateway.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(2):
            assert (await sql_gateway.ports.log.head()).size == FIRST_ENTRIES


class Stopped(SqlAppender):
    """An appender that stands still until it is let go."""

    def __init__(self, gateway: SqlGateway) -> None:
        key = FileSigner.load(gateway.home / "keys" / "checkpoint.pem")
        super().__init__(gateway.database, key)
        self.begun, self.go = threading.Event(), threading.Event()

    def append(self, drafts: Sequence[Draft]) -> list[Fate]:
        self.begun.set()
        self.go.wait(10)
        return super().append(drafts)


async def test_when_it_closes_nobody_waits_for_ever(sql_gateway: SqlGateway) -> None:
    """Those whose batch is under way and those behind it are told that nothing is known."""
    appender = Stopped(sql_gateway)
    drafts = await sql_gateway.drafts(3)
    log = BatchingLog(appender, sql_gateway.reader, batch_limit=1)
    async with log:
        waiting = [asyncio.create_task(log.append(draft)) for draft in drafts]
        await asyncio.to_thread(appender.begun.wait, 10)
        threading.Timer(0.1, appender.go.set).start()

    async with asyncio.timeout(2):
        fates = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(fate) for fate in fates] == [LogUnavailable] * 3
    with pytest.raises(LogUnavailable):
        await log.append(drafts[0])


async def test_after_an_error_that_nobody_foresaw_nobody_waits_for_ever(
    sql_gateway: SqlGateway,
) -> None:
    """A number that no column holds is an error of Python, not of the database."""
    bad = await sql_gateway.draft(delivery=a_delivery(delete_at_day=2**70))
    drafts = [bad, *await sql_gateway.drafts(2)]

    async with asyncio.timeout(5):
        fates = await asyncio.gather(
            *(sql_gateway.ports.log.append(draft) for draft in drafts), return_exceptions=True
        )

    assert all(isinstance(fate, LogUnavailable) for fate in fates)


async def test_before_it_is_opened_it_takes_no_entry(sql_gateway: SqlGateway) -> None:
    key = FileSigner.load(sql_gateway.home / "keys" / "checkpoint.pem")
    log = BatchingLog(SqlAppender(sql_gateway.database, key), sql_gateway.reader, batch_limit=4)
    with pytest.raises(LogUnavailable):
        await log.append(await sql_gateway.draft())


async def test_an_unplugged_key_is_an_unavailable_log(sql_gateway: SqlGateway) -> None:
    class Unplugged(FileSigner):
        def sign(self, data: bytes) -> bytes:
            raise KeysUnavailable("unplugged")

    key = Unplugged.load(sql_gateway.home / "keys" / "checkpoint.pem")
    async with BatchingLog(
        SqlAppender(sql_gateway.database, key), sql_gateway.reader, batch_limit=4
    ) as log:
        with pytest.raises(LogUnavailable):
            await log.append(await sql_gateway.draft())
    assert sql_gateway.reader.head().size == FIRST_ENTRIES


async def test_a_key_that_says_nonsense_once_does_not_close_the_log(
    sql_gateway: SqlGateway,
) -> None:
    class Confused(FileSigner):
        nonsense = True

        @property
        def public_jwk(self) -> Mapping[str, str]:
            return {} if self.nonsense else super().public_jwk

    key = Confused.load(sql_gateway.home / "keys" / "checkpoint.pem")
    assert isinstance(key, Confused)
    draft = await sql_gateway.draft()
    async with BatchingLog(
        SqlAppender(sql_gateway.database, key), sql_gateway.reader, batch_limit=4
    ) as log:
        with pytest.raises(LogUnavailable):
            await log.append(draft)
        key.nonsense = False
        assert isinstance(await log.append(draft), Committed)


async def test_a_log_that_is_closed_does_not_count_as_writable(sql_gateway: SqlGateway) -> None:
    """Also after an error that nobody foresaw: whoever probes the process must hear of it."""
    key = FileSigner.load(sql_gateway.home / "keys" / "checkpoint.pem")
    log = BatchingLog(SqlAppender(sql_gateway.database, key), sql_gateway.reader, batch_limit=4)
    async with log:
        await log.check_writable()
        with pytest.raises(LogUnavailable):
            await log.append(await sql_gateway.draft(delivery=a_delivery(delete_at_day=2**70)))
        with pytest.raises(LogUnavailable):
            await log.check_writable()
