"""What is read from the log is what was committed, also after opening it again."""

from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_glance import Glance
from gateway.adapters.sql_reader import SqlReader
from gateway.errors import KeysUnavailable, LogUnavailable, ProofRefused
from gateway.model.evidence import Claim, Committed, Part
from tests.gateways import BUCKET, SqlGateway, open_gateway


async def test_an_entry_survives_closing_and_opening(home: Path) -> None:
    async with open_gateway(home) as gateway:
        fate = await gateway.append()
        assert isinstance(fate, Committed)
        before = gateway.reader.entry(fate.index)
    async with open_gateway(home) as gateway:
        assert gateway.reader.entry(fate.index) == before
        assert gateway.reader.head().checkpoint == fate.checkpoint


async def test_entries_come_in_order_each_with_its_own_parts(sql_gateway: SqlGateway) -> None:
    drafts = await sql_gateway.drafts(3)
    for draft in drafts:
        await sql_gateway.ports.log.append(draft)

    found = sql_gateway.reader.entries(5, 8)

    assert [entry.index for entry in found] == [5, 6, 7]
    assert [entry.entry_id for entry in found] == [draft.entry_id for draft in drafts]
    assert len({entry.parts[Part.AUDIT] for entry in found}) == 3


async def test_beyond_the_end_there_are_no_entries(sql_gateway: SqlGateway) -> None:
    assert [entry.index for entry in sql_gateway.reader.entries(3, 100)] == [3, 4]
    assert sql_gateway.reader.entries(5, 100) == []


async def test_an_entry_whose_parts_were_erased_is_still_an_entry(
    sql_gateway: SqlGateway,
) -> None:
    await sql_gateway.append()
    with sql_gateway.database.begin() as connection:
        connection.execute(text('DELETE FROM part WHERE "index" = 5'))
        connection.execute(text('DELETE FROM record_key WHERE "index" = 5'))

    entry = sql_gateway.reader.entry(5)

    assert entry is not None
    assert (entry.bucket, entry.parts) == (None, {})


async def test_a_part_that_was_altered_in_the_database_is_refused(
    sql_gateway: SqlGateway,
) -> None:
    await sql_gateway.append()
    with sql_gateway.database.begin() as connection:
        connection.execute(text("UPDATE part SET ciphertext = x'0000' WHERE \"index\" = 5"))
    with pytest.raises(KeysUnavailable):
        sql_gateway.reader.entry(5)


async def test_destroying_a_bucket_key_closes_its_records_alone(
    sql_gateway: SqlGateway, tmp_path: Path
) -> None:
    """All else still opens, and the whole log still verifies."""
    await sql_gateway.append()
    await sql_gateway.append(bucket="polizei-traeger.decision_log_JI.2029-12")
    (sql_gateway.home / "keys" / "buckets" / f"{BUCKET}.key").unlink()

    closed, open_still = sql_gateway.reader.entries(5, 7)

    assert closed.parts == {}
    assert set(open_still.parts) == {Part.SENDER, Part.AUDIT}
    assert sql_gateway.verify(tmp_path / "copy").size == 7


async def test_a_missing_entry_leads_to_no_proof(sql_gateway: SqlGateway) -> None:
    for _ in range(4):
        await sql_gateway.append()
    with sql_gateway.database.begin() as connection:
        connection.execute(text('DELETE FROM entry WHERE "index" = 5'))
    with pytest.raises(ProofRefused):
        sql_gateway.reader.receipt_proof(7, 8)


def test_a_database_without_a_log_has_no_head(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate(url)
    reader = SqlReader(open_database(url), RecordSeal(FileKeys(tmp_path)))
    with pytest.raises(LogUnavailable, match="init"):
        reader.head()


async def test_a_claim_is_found_with_and_without_a_glance(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a database beyond the network, or for the moment in which SQLite would wait."""
    claim = Claim("polizei", "key", b"h" * 32, 201)
    fate = await sql_gateway.append(claim=claim)
    assert isinstance(fate, Committed)
    log = sql_gateway.ports.log
    at_a_glance = [await log.claimed("polizei", key) for key in ("key", "other")]
    monkeypatch.setattr(Glance, "look", lambda *_: None)

    assert at_a_glance == [(claim, fate.index), None]
    assert [await log.claimed("polizei", key) for key in ("key", "other")] == at_a_glance
