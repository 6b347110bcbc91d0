"""One transaction appends a batch, whatever it carries, or leaves the log as it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_log import SqlAppender, create_log
from gateway.errors import KeysUnavailable, LogUnavailable, StartRefused
from gateway.model.evidence import Claim, Committed, Lost, Part, Stale, SubjectToken
from tests.appending import append_many
from tests.builders import ORIGIN
from tests.gateways import FIRST_ENTRIES, SqlGateway, a_delivery, open_gateway

OTHER_DIGEST = "f" * 64


def an_appender(gateway: SqlGateway, **changes: Any) -> SqlAppender:
    key = FileSigner.load(gateway.home / "keys" / "checkpoint.pem")
    return SqlAppender(gateway.database, key, **changes)


def count(gateway: SqlGateway, table: str) -> int:
    with gateway.database.begin() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found


def everything(gateway: SqlGateway) -> dict[str, int]:
    tables = "entry part record_key subject_index tile checkpoint idempotency delivery unit"
    return {table: count(gateway, table) for table in tables.split()}


async def test_a_batch_shares_one_checkpoint_and_one_transaction(sql_gateway: SqlGateway) -> None:
    seen: list[tuple[str, int]] = []
    drafts = await sql_gateway.drafts(5)
    before = count(sql_gateway, "checkpoint")

    appender = an_appender(sql_gateway, observe=lambda *seen_now: seen.append(seen_now))
    fates = appender.append(drafts)

    assert [fate.index for fate in fates if isinstance(fate, Committed)] == [
        FIRST_ENTRIES + n for n in range(5)
    ]
    assert len({fate.checkpoint for fate in fates if isinstance(fate, Committed)}) == 1
    assert count(sql_gateway, "checkpoint") == before + 1
    assert seen == [("batch", 5)]


async def test_within_a_batch_the_first_has_the_key_and_losers_leave_no_gap(
    sql_gateway: SqlGateway,
) -> None:
    claim = Claim("polizei", "k", b"h", 201)
    drafts = [await sql_gateway.draft(claim=claim) for _ in range(3)]
    drafts.append(await sql_gateway.draft())

    fates = an_appender(sql_gateway).append(drafts)

    assert fates[1:3] == [Lost(FIRST_ENTRIES), Lost(FIRST_ENTRIES)]
    assert [fate.index for fate in fates if isinstance(fate, Committed)] == [
        FIRST_ENTRIES,
        FIRST_ENTRIES + 1,
    ]


async def test_a_batch_of_stale_drafts_signs_no_checkpoint(sql_gateway: SqlGateway) -> None:
    before = everything(sql_gateway)
    drafts = [replace(draft, registry_digest=OTHER_DIGEST) for draft in await sql_gateway.drafts(3)]
    assert an_appender(sql_gateway).append(drafts) == [Stale()] * 3
    assert everything(sql_gateway) == before


async def test_a_batch_that_fails_leaves_nothing_of_any_draft(sql_gateway: SqlGateway) -> None:
    """The second entry has the id of the first: the database refuses it, and with it all."""
    before = everything(sql_gateway)
    token = SubjectToken("polizei-traeger.2026", b"t" * 32)
    good = await sql_gateway.draft(
        claim=Claim("polizei", "k", b"h", 201), delivery=a_delivery(), subjects=(token,)
    )
    with pytest.raises(IntegrityError):
        an_appender(sql_gateway).append([good, replace(good, claim=None, delivery=None)])

    assert everything(sql_gateway) == before
    assert isinstance(an_appender(sql_gateway).append([good])[0], Committed)


async def test_an_entry_is_never_stored_twice(sql_gateway: SqlGateway) -> None:
    """When a commit was durable and its answer was lost, trying again stores nothing."""
    draft = await sql_gateway.draft()
    an_appender(sql_gateway).append([draft])
    with pytest.raises(IntegrityError):
        an_appender(sql_gateway).append([draft])
    assert count(sql_gateway, "entry") == FIRST_ENTRIES + 1


async def test_without_the_key_for_checkpoints_nothing_is_stored(sql_gateway: SqlGateway) -> None:
    class Unplugged(FileSigner):
        def sign(self, data: bytes) -> bytes:
            raise KeysUnavailable("unplugged")

    key = Unplugged.load(sql_gateway.home / "keys" / "checkpoint.pem")
    before = everything(sql_gateway)
    with pytest.raises(KeysUnavailable):
        SqlAppender(sql_gateway.database, key).append(await sql_gateway.drafts(2))
    assert everything(sql_gateway) == before


async def test_the_record_is_stored_under_the_keys_of_its_bucket(sql_gateway: SqlGateway) -> None:
    """No part stands in the database as text, and none is missing."""
    draft = await sql_gateway.draft()
    an_appender(sql_gateway).append([draft])
    with sql_gateway.database.begin() as connection:
        query = 'SELECT name, ciphertext FROM part WHERE "index" = :index ORDER BY name'
        rows = connection.execute(text(query), {"index": FIRST_ENTRIES}).all()

    assert draft.record is not None
    assert [row.name for row in rows] == ["audit", "sender"]
    assert {Part(row.name): row.ciphertext for row in rows} == draft.record.parts
    assert b"Absender" not in b"".join(row.ciphertext for row in rows)


async def test_a_tile_that_does_not_end_where_the_log_does_stops_the_log(
    sql_gateway: SqlGateway,
) -> None:
    """Hashes that were lost or doubled by hand are not built upon."""
    an_appender(sql_gateway).append(await sql_gateway.drafts(256 + 252))
    with sql_gateway.database.begin() as connection:
        connection.execute(text("UPDATE tile SET data = CAST(data || data AS BLOB)"))
    drafts = await sql_gateway.drafts(256)
    with pytest.raises(LogUnavailable):
        an_appender(sql_gateway).append(drafts)


async def test_a_locked_database_is_an_error_and_no_entry(sql_gateway: SqlGateway) -> None:
    drafts = await sql_gateway.drafts(1)
    impatient = open_database(f"sqlite:///{sql_gateway.home / 'gateway.db'}")
    raw = impatient.raw_connection()
    raw.cursor().execute("PRAGMA busy_timeout=1")
    raw.close()
    key = FileSigner.load(sql_gateway.home / "keys" / "checkpoint.pem")
    with sql_gateway.database.begin(), pytest.raises(OperationalError, match="locked"):
        SqlAppender(impatient, key).append(drafts)
    impatient.dispose()
    assert count(sql_gateway, "entry") == FIRST_ENTRIES


def test_a_log_that_was_never_made_takes_no_entry(tmp_path: Path, home: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate(url)
    key = FileSigner.load(home / "keys" / "checkpoint.pem")
    with pytest.raises(LogUnavailable, match="init"):
        SqlAppender(open_database(url), key).append([])


def test_a_log_is_made_once(home: Path) -> None:
    key = FileSigner.load(home / "keys" / "checkpoint.pem")
    with pytest.raises(StartRefused):
        create_log(open_database(f"sqlite:///{home / 'gateway.db'}"), ORIGIN, key, ("p", "r"))


async def test_two_processes_append_to_one_log_without_loss(home: Path, tmp_path: Path) -> None:
    """Their batches interleave; indexes have no gap, and the auditor's verifier accepts."""
    indexes = append_many(home, processes=2, batches=20, per_batch=8)

    expected = 2 * 20 * 8
    assert sorted(index for own in indexes for index in own) == list(
        range(FIRST_ENTRIES, FIRST_ENTRIES + expected)
    )
    assert all(own != list(range(min(own), max(own) + 1)) for own in indexes)
    async with open_gateway(home) as gateway:
        assert gateway.verify(tmp_path / "copy").size == FIRST_ENTRIES + expected
