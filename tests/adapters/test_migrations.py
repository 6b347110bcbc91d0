"""Migrations add to a database that is in use, and lose nothing."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from gateway.adapters import sql_database
from gateway.adapters.sql_database import migrate, open_database, refuse_another_schema
from gateway.errors import StartRefused


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gateway.db'}"


def migrate_to(url: str, revision: str) -> None:
    config = Config()
    folder = Path(sql_database.__file__).parent / "alembic"
    config.set_main_option("script_location", str(folder))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def test_senders_of_earlier_decisions_are_concerned_by_them(url: str) -> None:
    """Of the other entries nothing stands in the clear that would say whom they concern."""
    migrate_to(url, "0001")
    with open_database(url).begin() as connection:
        for unit, index in (("polizei", 4), ("jugendamt", 5), ("polizei", 9)):
            values = {"unit": unit, "key": f"k{index}", "h": b"h", "i": index, "s": 201}
            connection.execute(
                text("INSERT INTO idempotency VALUES (:unit, :key, :h, :i, :s)"), values
            )

    migrate(url)

    with open_database(url).begin() as connection:
        rows = connection.execute(text("SELECT * FROM concern ORDER BY `index`")).all()
    assert [tuple(row) for row in rows] == [
        ("polizei", 4, "sender"),
        ("jugendamt", 5, "sender"),
        ("polizei", 9, "sender"),
    ]


def test_deliveries_that_are_on_their_way_stay(url: str) -> None:
    migrate_to(url, "0001")
    with open_database(url).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO delivery VALUES ('d', 4, 'ordnungsamt', 'polizei', x'00', 'queued', "
                "NULL, NULL, 1, 0, 0, 1, 1, NULL)"
            )
        )

    migrate(url)

    with open_database(url).begin() as connection:
        row = connection.execute(text("SELECT state, jwe, acknowledged FROM delivery")).one()
    assert tuple(row) == ("queued", b"\x00", None)


def test_reading_what_concerns_a_unit_needs_no_second_index(url: str) -> None:
    """The table is its key, in the order in which a unit reads."""
    migrate(url)
    engine = open_database(url)
    assert inspect(engine).get_indexes("concern") == []
    with engine.begin() as connection:
        query = "SELECT * FROM concern WHERE unit = 'x' AND `index` > 5 ORDER BY `index`"
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
        made = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'concern'")
        ).scalar_one()
    assert [row.detail for row in plan] == ["SEARCH concern USING PRIMARY KEY (unit=? AND index>?)"]
    assert "WITHOUT ROWID" in made


def test_a_log_is_never_taken_back(url: str) -> None:
    migrate(url)
    config = Config()
    folder = Path(sql_database.__file__).parent / "alembic"
    config.set_main_option("script_location", str(folder))
    config.attributes["url"] = url
    with pytest.raises(RuntimeError, match="only add"):
        command.downgrade(config, "0001")


def test_another_schema_than_ours_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(StartRefused, match="datenschleuse init"):
        refuse_another_schema(open_database(url))
    migrate_to(url, "0001")
    with pytest.raises(StartRefused, match="datenschleuse migrate"):
        refuse_another_schema(open_database(url))
    migrate(url)
    refuse_another_schema(open_database(url))
    with open_database(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartRefused, match="newer than this version"):
        refuse_another_schema(open_database(url))
