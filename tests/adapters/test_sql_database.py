"""The database keeps what is committed, and begins each transaction the way the log needs."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import Pool
from sqlmodel import SQLModel

from gateway.adapters import tables
from gateway.adapters.sql_database import migrate, open_database, read_only
from gateway.errors import StartRefused


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'gateway.db'}"


@pytest.fixture
def url(tmp_path: Path) -> str:
    migrate(url_of(tmp_path))
    return url_of(tmp_path)


@contextmanager
def every_connection_does(statement: str) -> Iterator[None]:
    """Run *statement* on each connection that a pool hands out, as a careless add-on would."""

    def run(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(statement)

    event.listen(Pool, "checkout", run)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", run)


def test_the_migrations_make_exactly_the_tables_of_the_models(url: str) -> None:
    assert tables
    with open_database(url).connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(url: str) -> None:
    with open_database(url).begin() as connection:
        connection.exec_driver_sql("INSERT INTO unit VALUES ('polizei', x'00')")
    migrate(url)
    with open_database(url).begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar() == 1


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("synchronous", 2),
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 10_000),
    ],
)
def test_every_connection_is_set_up(url: str, pragma: str, value: object) -> None:
    engine = open_database(url)
    first, second = engine.raw_connection(), engine.raw_connection()
    for connection in (first, second):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)
        connection.close()
    engine.dispose()


@pytest.mark.parametrize("mode", ["OFF", "NORMAL", "EXTRA"])
def test_another_synchronous_mode_is_refused(url: str, mode: str) -> None:
    with (
        every_connection_does(f"PRAGMA synchronous={mode}"),
        pytest.raises(StartRefused, match="synchronous"),
    ):
        open_database(url)


@pytest.mark.parametrize("nowhere", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_no_disk_keeps_is_refused(nowhere: str) -> None:
    with pytest.raises(StartRefused):
        open_database(nowhere)


def test_a_transaction_holds_the_write_lock_from_its_beginning(url: str, tmp_path: Path) -> None:
    """So two appenders wait for each other instead of failing in the middle."""
    with (
        closing(sqlite3.connect(tmp_path / "gateway.db", timeout=0)) as other,
        open_database(url).begin(),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_a_reader_takes_no_write_lock_and_is_stopped_by_none(url: str, tmp_path: Path) -> None:
    reader = read_only(open_database(url))
    with closing(sqlite3.connect(tmp_path / "gateway.db", timeout=0)) as writer:
        with reader.begin() as connection:
            connection.execute(text("SELECT count(*) FROM entry"))
            writer.execute("BEGIN IMMEDIATE")
        with reader.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM entry")).scalar() == 0


def test_what_fails_half_way_leaves_nothing(url: str) -> None:
    engine = open_database(url)
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO unit VALUES ('polizei', x'00')")
        raise ZeroDivisionError
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar() == 0


def test_what_is_committed_is_there_after_opening_again(url: str) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO unit VALUES ('polizei', x'00')")
    engine.dispose()
    with open_database(url).begin() as connection:
        assert connection.execute(text("SELECT id FROM unit")).scalars().all() == ["polizei"]


def test_what_is_deleted_is_in_no_file_after_a_truncating_checkpoint(
    url: str, tmp_path: Path
) -> None:
    engine, canary = open_database(url), b"kanarienvogel" * 400
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO unit VALUES ('polizei', ?)", (canary,))
    assert any(canary[:400] in path.read_bytes() for path in tmp_path.iterdir())

    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM unit")
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()

    assert not [path for path in tmp_path.iterdir() if canary[:13] in path.read_bytes()]
    engine.dispose()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_database_that_is_not_the_file_that_was_opened_begins_no_transaction(
    url: str, tmp_path: Path, *, replaced: bool
) -> None:
    """Put back, it goes on."""
    engine = open_database(url)
    file, aside = tmp_path / "gateway.db", tmp_path / "aside.db"
    with engine.begin():
        file.rename(aside)
    if replaced:
        shutil.copy(aside, file)
    for one in (engine, read_only(engine)):
        with pytest.raises(OperationalError), one.begin():
            pass
    aside.replace(file)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM entry")).scalar() == 0
    engine.dispose()
