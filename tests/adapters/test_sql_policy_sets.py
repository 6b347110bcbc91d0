"""Policy sets are stored once, read as they were, and refused when they were altered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.errors import LogUnavailable, PolicySetRefused
from gateway.policy.archive import pack
from gateway.policy.policy_files import PolicyFiles, read_policy_files
from tests.policy.sets import MAIN, write_set

TEST = "policies/exchange/main/main_test.rego"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def sets(database: Engine) -> SqlPolicySets:
    return SqlPolicySets(database)


def some_files(folder: Path, **texts: str) -> PolicyFiles:
    files = {"MAIN": MAIN, "TEST": TEST}
    given = {files[name]: content for name, content in texts.items()}
    return read_policy_files(*write_set(folder, given))[0]


def archives(database: Engine) -> list[bytes]:
    with database.connect() as connection:
        return list(connection.execute(text("SELECT archive FROM policy_set")).scalars())


def test_a_set_is_read_as_it_was_put_with_its_tests(sets: SqlPolicySets, tmp_path: Path) -> None:
    files = some_files(tmp_path, TEST="package exchange.main_test\n")

    digest = sets.put(files)

    assert digest == files.digest
    assert sets.read(digest) == files
    assert TEST in sets.read(digest).contents


def test_a_set_is_stored_once(sets: SqlPolicySets, database: Engine, tmp_path: Path) -> None:
    """Under one digest only tests can differ: what was stored first stays."""
    first = some_files(tmp_path / "first")
    sets.put(first)
    again = some_files(tmp_path / "again", TEST="package exchange.main_test\n")

    assert sets.put(first) == sets.put(again) == first.digest
    assert archives(database) == [pack(first)]


def test_all_sets_are_listed(sets: SqlPolicySets, tmp_path: Path) -> None:
    assert sets.digests() == ()
    rules = ("package exchange.main\n", "package exchange.main\n\n# another\n")
    put = {sets.put(some_files(tmp_path / str(len(rule)), MAIN=rule)) for rule in rules}

    assert sets.digests() == tuple(sorted(put))
    assert len(put) == len(rules)


def test_a_set_that_is_not_there_is_refused_in_words(sets: SqlPolicySets) -> None:
    with pytest.raises(PolicySetRefused, match="is not stored"):
        sets.read("0" * 64)


def test_an_altered_archive_is_refused_in_words(
    sets: SqlPolicySets, database: Engine, tmp_path: Path
) -> None:
    files = some_files(tmp_path)
    digest = sets.put(files)
    for path in files.contents:
        altered = PolicyFiles({**files.contents, path: files.contents[path] + b" "})
        with database.begin() as connection:
            connection.execute(text("UPDATE policy_set SET archive = :a"), {"a": pack(altered)})

        with pytest.raises(PolicySetRefused, match=f"{digest} was altered"):
            sets.read(digest)


def test_a_database_that_cannot_be_used_is_said_to_be_unavailable(
    sets: SqlPolicySets, database: Engine, tmp_path: Path
) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TABLE policy_set"))

    for act in (sets.digests, lambda: sets.read("0" * 64), lambda: sets.put(some_files(tmp_path))):
        with pytest.raises(LogUnavailable):
            act()
