"""Entries read together stand for themselves: one that does not open harms no other."""

import asyncio

import pytest
from sqlalchemy import event, text

from gateway.adapters import sql_proven
from gateway.adapters.sql_proven import read_proven
from gateway.errors import KeysUnavailable
from gateway.model.evidence import Part
from gateway.tlog.merkle import Node
from tests.gateways import SqlGateway


async def test_however_many_are_asked_for_at_once_the_statements_are_few(
    sql_gateway: SqlGateway,
) -> None:
    for draft in await sql_gateway.drafts(20):
        await sql_gateway.ports.log.append(draft)
    statements: list[str] = []
    event.listen(
        sql_gateway.database,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: statements.append(statement),
    )

    log = sql_gateway.ports.log
    found = await asyncio.gather(*(log.proven(index, Part.AUDIT) for index in range(4, 24)))

    assert [proven.entry.index for proven in found if proven is not None] == list(range(4, 24))
    read = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(read) == 2


async def test_a_part_that_was_altered_is_refused_and_the_others_are_read(
    sql_gateway: SqlGateway,
) -> None:
    for draft in await sql_gateway.drafts(2):
        await sql_gateway.ports.log.append(draft)
    with sql_gateway.database.begin() as connection:
        connection.execute(text("UPDATE part SET ciphertext = x'0000' WHERE \"index\" = 4"))

    log = sql_gateway.ports.log
    altered, whole = await asyncio.gather(
        *(log.proven(index, Part.AUDIT) for index in (4, 5)), return_exceptions=True
    )

    assert isinstance(altered, KeysUnavailable)
    entry = await log.entry(5)
    assert entry is not None
    assert whole.entry.parts == {Part.AUDIT: entry.parts[Part.AUDIT]}  # type: ignore[union-attr]


async def test_no_more_of_the_tree_is_kept_than_is_allowed(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_proven, "_KNOWN_NODES", 8)
    known: dict[Node, bytes] = {(60, number): b"" for number in range(9)}

    with sql_gateway.database.begin() as connection:
        (found,) = read_proven(connection, [(2, Part.AUDIT)], known)

    assert found is not None
    assert found.proof == sql_gateway.reader.receipt_proof(2, found.row.size)[1]
    assert known.keys().isdisjoint({(60, number) for number in range(9)})


@pytest.mark.parametrize("table", ["part", "record_key"])
async def test_an_entry_whose_part_was_erased_is_still_proved(
    sql_gateway: SqlGateway, table: str
) -> None:
    await sql_gateway.append()
    with sql_gateway.database.begin() as connection:
        connection.execute(text(f'DELETE FROM {table} WHERE "index" = 4'))

    found = await sql_gateway.ports.log.proven(4, Part.AUDIT)

    assert found is not None
    assert found.entry.parts == {}
    assert found.proof
