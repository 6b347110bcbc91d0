"""Statements that are compiled once behave as SQLAlchemy's own do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_statement import Statement
from gateway.adapters.tables.registry import UnitRow

INSERT = Statement(insert(UnitRow))
READ = Statement(select(UnitRow).where(text("id = :id")))
UPDATE = Statement(text("UPDATE unit SET document = :document"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engine = open_database(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def units(connection: Connection) -> list[tuple[str, bytes]]:
    return [tuple(row) for row in connection.execute(text("SELECT * FROM unit ORDER BY id"))]


def test_rows_are_written_and_read_as_they_were_given(connection: Connection) -> None:
    INSERT.run_each(connection, [{"id": name, "document": name.encode()} for name in "abc"])

    assert units(connection) == [("a", b"a"), ("b", b"b"), ("c", b"c")]
    assert READ.first(connection, {"id": "b"}) == ("b", b"b")
    assert READ.first(connection, {"id": "x"}) is None
    assert UPDATE.run(connection, {"document": b"new"}) == 3


def test_without_rows_nothing_is_run(connection: Connection) -> None:
    connection.execute(text("DROP TABLE unit"))
    INSERT.run_each(connection, [])
    with pytest.raises(OperationalError):
        INSERT.run_each(connection, [{"id": "a", "document": b""}])


def test_it_is_part_of_the_transaction(connection: Connection) -> None:
    connection.rollback()
    with connection.begin() as transaction:
        INSERT.run(connection, {"id": "a", "document": b""})
        transaction.rollback()
    assert units(connection) == []


def test_an_error_is_sqlalchemys_and_names_no_value(connection: Connection) -> None:
    row = {"id": "kanarienvogel", "document": b"kanarienvogel"}
    with pytest.raises(IntegrityError) as caught:
        INSERT.run_each(connection, [row, row])
    assert "kanarienvogel" not in str(caught.value)


def test_each_database_gets_its_own_text(connection: Connection) -> None:
    """What locks a row on PostgreSQL is nothing on SQLite, which locks all."""
    locking = Statement(select(UnitRow.id).with_for_update())  # type: ignore[call-overload]
    assert locking.text_for(connection.dialect).split() == ["SELECT", "unit.id", "FROM", "unit"]
    assert locking.text_for(PGDialect_psycopg()).endswith("FOR UPDATE")
    assert "(%(id)s::VARCHAR, %(document)s)" in INSERT.text_for(PGDialect_psycopg())
