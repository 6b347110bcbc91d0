"""Rows of nodes, and marks of what they are to load, by the clock of the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from gateway.adapters.memory.signer import MemorySigner
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_log import create_log
from gateway.adapters.sql_nodes import LIVE_S, STAGED_S, SqlNodes
from gateway.errors import LogUnavailable
from gateway.lifecycle.node import Wanted
from gateway.lifecycle.staging import LiveNode, wait_until_staged
from tests.builders import ORIGIN

FIRST, NEW = "1" * 64, "2" * 64


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engine = open_database(url)
    create_log(engine, ORIGIN, MemorySigner("checkpoint"), (FIRST, "0" * 64))
    yield engine
    engine.dispose()


@pytest.fixture
def nodes(database: Engine) -> SqlNodes:
    return SqlNodes(database)


def beat(nodes: SqlNodes, name: str, *staged: str, active: str = FIRST) -> Wanted:
    return nodes.beat(name, f"serve {name}", staged, active)


def age(database: Engine, table: str, column: str, seconds: int) -> None:
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {column} - {seconds}"))


def test_a_node_that_beats_is_seen_with_what_it_has_loaded(nodes: SqlNodes) -> None:
    beat(nodes, "a", FIRST)
    beat(nodes, "b", active="")
    beat(nodes, "a", FIRST, NEW)

    assert nodes.live() == (
        LiveNode("a", "serve a", frozenset({FIRST, NEW}), FIRST),
        LiveNode("b", "serve b", frozenset(), None),
    )


def test_a_node_that_left_is_seen_no_more(nodes: SqlNodes) -> None:
    beat(nodes, "a")
    beat(nodes, "b")
    nodes.leave("a")

    assert [node.id for node in nodes.live()] == ["b"]


def test_a_node_that_was_not_seen_of_late_is_not_live_until_it_beats_again(
    nodes: SqlNodes, database: Engine
) -> None:
    beat(nodes, "a")
    age(database, "node", "seen_at", LIVE_S + 2)
    assert nodes.live() == ()

    beat(nodes, "a")
    assert [node.id for node in nodes.live()] == ["a"]


def test_rows_of_long_ago_are_removed(nodes: SqlNodes, database: Engine) -> None:
    beat(nodes, "a")
    age(database, "node", "seen_at", 90_000)
    beat(nodes, "b")

    with database.connect() as connection:
        assert list(connection.execute(text("SELECT id FROM node")).scalars()) == ["b"]


def test_every_beat_says_what_is_in_force_and_what_is_to_be_loaded(nodes: SqlNodes) -> None:
    assert beat(nodes, "a") == Wanted(FIRST, 0, frozenset())
    nodes.stage(NEW)
    nodes.stage(NEW)
    assert beat(nodes, "a") == Wanted(FIRST, 0, frozenset({NEW}))
    nodes.unstage(NEW)
    assert beat(nodes, "a") == Wanted(FIRST, 0, frozenset())


def test_a_mark_that_nobody_takes_away_grows_old_unless_it_is_renewed(
    nodes: SqlNodes, database: Engine
) -> None:
    nodes.stage(NEW)
    age(database, "staging", "since", STAGED_S - 60)
    assert beat(nodes, "a").staged == {NEW}
    nodes.stage(NEW)
    age(database, "staging", "since", 120)
    assert beat(nodes, "a").staged == {NEW}
    age(database, "staging", "since", STAGED_S)

    assert beat(nodes, "a").staged == frozenset()


def test_waiting_is_over_when_every_live_node_has_the_set(
    nodes: SqlNodes, database: Engine
) -> None:
    beat(nodes, "dead")
    age(database, "node", "seen_at", LIVE_S + 2)
    beat(nodes, "a", FIRST, NEW)
    beat(nodes, "b", FIRST)
    assert [node.id for node in wait_until_staged(nodes, NEW, 0.1)] == ["b"]

    beat(nodes, "b", FIRST, NEW)
    assert list(wait_until_staged(nodes, NEW, 60)) == []


def test_without_a_log_or_a_table_the_rows_are_unavailable(
    nodes: SqlNodes, database: Engine
) -> None:
    with database.begin() as connection:
        connection.execute(text("DELETE FROM log_head"))
    with pytest.raises(LogUnavailable):
        beat(nodes, "a")
    with database.begin() as connection:
        connection.execute(text("DROP TABLE node"))
        connection.execute(text("DROP TABLE staging"))
    for act in (
        nodes.live,
        lambda: nodes.stage(NEW),
        lambda: nodes.unstage(NEW),
        lambda: nodes.leave("a"),
    ):
        with pytest.raises(LogUnavailable):
            act()
