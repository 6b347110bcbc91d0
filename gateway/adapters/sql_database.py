"""The SQL database behind log, outbox and registry: SQLite, or PostgreSQL.

All statements of a transaction run in one thread, so that a batch costs one hop from the
event loop. SQLite begins every transaction with `BEGIN IMMEDIATE`: under the default
deferred transaction concurrent appenders fail.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from gateway.adapters.sql_statement import Statement
from gateway.errors import StartRefused

_MIGRATIONS = Path(__file__).parent / "alembic"
_BUSY_S = 10.0
_BEGIN_READING = Statement(text("BEGIN DEFERRED"))
_BEGIN_WRITING = Statement(text("BEGIN IMMEDIATE"))


def open_database(url: str, busy_s: float = _BUSY_S) -> Engine:
    """Return an engine whose connections are durable, or refuse.

    On SQLite a transaction waits *busy_s* for the lock of another writer.

    Raises:
        StartRefused: The database does not promise durability of what is committed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_size=8, pool_pre_ping=True)
        _refuse_lax_postgres(engine)
        return engine
    if parsed.database in {None, "", ":memory:"}:
        raise StartRefused("a SQLite database in memory keeps nothing")
    engine = create_engine(parsed, paramstyle="named", connect_args={"timeout": busy_s})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    with read_only(engine).connect() as connection:
        if connection.execute(text("PRAGMA synchronous")).scalar() != 2:
            raise StartRefused("SQLite must run with synchronous=FULL")
    _hold_to_the_file(engine, Path(str(parsed.database)))
    return engine


def read_only(engine: Engine) -> Engine:
    """Return a view of *engine* whose transactions take no write lock on SQLite."""
    return engine.execution_options(read_only=True)


def migrate(url: str) -> None:
    """Bring the schema to its newest version. Migrations only add.

    The migration library is loaded here only, because no process needs it that just runs.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def newest_schema() -> str:
    """Return the number of the newest migration of this version."""
    return max(file.name[:4] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_of(engine: Engine) -> str | None:
    """Return the number of the last migration that a database had, or None if it had none."""
    try:
        with read_only(engine).begin() as connection:
            query = text("SELECT version_num FROM alembic_version")
            return connection.execute(query).scalar_one_or_none()
    except DatabaseError:
        return None


def refuse_another_schema(engine: Engine) -> None:
    """Refuse a database whose tables are not those of this version.

    Raises:
        StartRefused: It is older, newer, or was never made.
    """
    found, wanted = schema_of(engine), newest_schema()
    if found is None:
        raise StartRefused("the database holds no log; run `datenschleuse init`")
    if found < wanted:
        raise StartRefused(
            f"the database is at schema {found}, this version needs {wanted}: stop the processes, "
            "back the database up, then run `datenschleuse migrate`"
        )
    if found > wanted:
        raise StartRefused(
            f"the database is at schema {found}, which is newer than this version ({wanted})"
        )


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Any) -> None:
    reads_only = connection.get_execution_options().get("read_only")
    (_BEGIN_READING if reads_only else _BEGIN_WRITING).run(connection)


def _hold_to_the_file(engine: Engine, path: Path) -> None:
    """Refuse every transaction while another file, or none, lies where this one was opened.

    A file that was removed goes on to be written by those who have it open: what they commit
    would be gone with them. Put back, it is used again.
    """
    opened = _identity(path)

    def check(_connection: Any) -> None:
        if _identity(path) != opened:
            gone = FileNotFoundError("the database is no longer the file that was opened")
            raise OperationalError("BEGIN", None, gone)

    event.listen(engine, "begin", check)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse_lax_postgres(engine: Engine) -> None:
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if connection.execute(text(f"SHOW {name}")).scalar() == "off":
                raise StartRefused(f"PostgreSQL must not run with {name}=off")
