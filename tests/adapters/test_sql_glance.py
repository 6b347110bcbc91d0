"""A glance sees what is committed, changes nothing and waits for nobody."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_mock_engine

from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_glance import Glance

_ALL = "SELECT text FROM note ORDER BY text"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """A database with one note, in a folder whose name has to be escaped."""
    folder = tmp_path / "ordner #1 für alle"
    folder.mkdir()
    engine = open_database(f"sqlite:///{folder / 'notes.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (text TEXT)")
        connection.exec_driver_sql("INSERT INTO note VALUES ('one')")
    yield engine
    engine.dispose()


def test_every_look_sees_what_others_have_committed_by_then(database: Engine) -> None:
    glance = Glance(database)
    before = glance.look(_ALL)
    with database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES ('two')")
        meanwhile = glance.look(_ALL)

    assert before == meanwhile == [("one",)]
    assert glance.look(_ALL) == [("one",), ("two",)]


def test_values_are_bound(database: Engine) -> None:
    assert Glance(database).look("SELECT text FROM note WHERE text = ?", "one' OR '1") == []


def test_a_glance_cannot_write(database: Engine) -> None:
    glance = Glance(database)
    assert glance.look("DELETE FROM note RETURNING text") is None
    assert glance.look(_ALL) == [("one",)]


def test_what_cannot_be_read_at_once_is_left_to_the_caller(database: Engine) -> None:
    """Whoever locks the whole database is not waited for, and it is read again afterwards."""
    glance = Glance(database)
    path = database.url.database
    assert path is not None
    database.dispose()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO note VALUES ('two')")
    locked = glance.look(_ALL)
    other.execute("COMMIT")
    other.close()

    assert locked is None
    assert glance.look(_ALL) == [("one",), ("two",)]


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'gone.db'}")
    engine.dispose()
    (tmp_path / "gone.db").unlink()

    assert Glance(engine).look("SELECT 1") is None
    assert not (tmp_path / "gone.db").exists()


def test_a_disposed_engine_leaves_no_connection_behind(database: Engine) -> None:
    """The last connection to close tidies the write-ahead log up."""
    glance = Glance(database)
    glance.look(_ALL)
    path = Path(str(database.url.database))
    assert path.with_name(f"{path.name}-wal").exists()

    database.dispose()

    assert not path.with_name(f"{path.name}-wal").exists()


def test_there_is_no_glance_at_a_database_beyond_the_network() -> None:
    engine = create_mock_engine("postgresql+psycopg://db.example/log", lambda *_: None)
    assert Glance(engine).look("SELECT 1") is None  # type: ignore[arg-type]
