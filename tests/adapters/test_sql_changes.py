"""Change sets and ballots are kept in the database, each ballot on the state it was cast on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from gateway.adapters.sql_changes import Kept, SqlChanges
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_effects import apply
from gateway.errors import ChangeRefused, LogUnavailable, VoteRefused
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.model.evidence import CloseChange
from tests.changing import a_change, said

FIRST = a_change()
OTHER = a_change(id="d" * 32, number=3, title="Anderes")
RULES = a_change(id="e" * 32, kind="policy", author="aris")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'changes.db'}"
    migrate(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def changes(database: Engine) -> SqlChanges:
    return SqlChanges(database)


def put(changes: SqlChanges, *drafts: ChangeSet) -> None:
    for change in drafts:
        changes.put(change, said(change, Vote.PROPOSE, change.author))


def in_force(database: Engine, change: ChangeSet) -> bool:
    with database.begin() as connection:
        return apply(connection, CloseChange(change.id, change.canonical))


def test_a_draft_is_kept_with_the_ballot_of_its_author(changes: SqlChanges) -> None:
    put(changes, FIRST)
    proposal = said(FIRST, Vote.PROPOSE, "olga")
    assert changes.get(FIRST.id) == Kept(FIRST, "proposed", (proposal,))


def test_the_beginning_of_an_id_is_enough_where_it_is_one_drafts_alone(changes: SqlChanges) -> None:
    put(changes, FIRST, OTHER, replace(FIRST, id="c" * 31 + "0"))
    assert changes.get("d").change == OTHER
    for unclear, why in (("c", "more than one"), ("", "more than one"), ("f", "no draft")):
        with pytest.raises(ChangeRefused, match=why):
            changes.get(unclear)


def test_they_are_listed_by_kind_in_the_order_of_their_numbers(changes: SqlChanges) -> None:
    put(changes, OTHER, RULES, FIRST)
    assert [kept.change for kept in changes.all()] == [RULES, FIRST, OTHER]
    assert [kept.change for kept in changes.all(ChangeKind.REGISTRY)] == [FIRST, OTHER]
    assert [kept.change for kept in changes.all(ChangeKind.POLICY)] == [RULES]


def test_ballots_stand_after_the_proposal_in_the_order_of_their_voters(changes: SqlChanges) -> None:
    put(changes, FIRST)
    for name in ("emre", "anna"):
        changes.cast(FIRST, said(FIRST, Vote.AGREE, name), "vote")
    voters = [signed["ballot"]["voter"] for signed in changes.get(FIRST.id).ballots]
    assert voters == ["olga", "anna", "emre"]


def test_nobody_says_two_things_of_a_kind(changes: SqlChanges) -> None:
    put(changes, FIRST)
    changes.cast(FIRST, said(FIRST, Vote.AGREE, "anna"), "vote")
    with pytest.raises(VoteRefused, match="anna has voted twice"):
        changes.cast(FIRST, said(FIRST, Vote.REJECT, "anna", "doch nicht"), "vote")
    changes.cast(FIRST, said(FIRST, Vote.OPINION_AGREE, "anna"), "opinion")
    assert len(changes.get(FIRST.id).ballots) == 3


def test_a_new_state_of_a_draft_has_the_ballot_of_its_author_alone(changes: SqlChanges) -> None:
    put(changes, FIRST)
    changes.cast(FIRST, said(FIRST, Vote.AGREE, "anna"), "vote")
    changed = replace(FIRST, reason="Vertrag AVV-8")
    put(changes, changed)
    changes.cast(FIRST, said(FIRST, Vote.AGREE, "emre"), "vote")  # too late

    kept = changes.get(FIRST.id)
    assert kept.change == changed
    assert [signed["ballot"]["voter"] for signed in kept.ballots] == ["olga"]
    put(changes, FIRST)
    assert len(changes.get(FIRST.id).ballots) == 1


def test_what_is_in_force_or_withdrawn_is_closed_for_good(
    changes: SqlChanges, database: Engine
) -> None:
    put(changes, FIRST, OTHER)
    assert in_force(database, FIRST)
    changes.withdraw(OTHER.id)
    for change, state in ((FIRST, "active"), (OTHER, "withdrawn")):
        with pytest.raises(ChangeRefused, match=state):
            put(changes, change)
        assert not in_force(database, change)
        changes.withdraw(change.id)
        assert changes.get(change.id).state == state


def test_only_the_draft_as_it_is_kept_comes_into_force(
    changes: SqlChanges, database: Engine
) -> None:
    put(changes, FIRST)
    assert not in_force(database, replace(FIRST, reason="Vertrag AVV-8"))
    assert not in_force(database, OTHER)
    assert changes.get(FIRST.id).state == "proposed"
    assert in_force(database, FIRST)


def test_the_number_in_force_is_the_highest_that_came_into_force(
    changes: SqlChanges, database: Engine
) -> None:
    assert changes.active_number(ChangeKind.REGISTRY) == 1
    put(changes, FIRST, OTHER, RULES)
    assert changes.active_number(ChangeKind.REGISTRY) == 1
    for change in (OTHER, FIRST):
        in_force(database, change)
    assert changes.active_number(ChangeKind.REGISTRY) == 3
    assert changes.active_number(ChangeKind.POLICY) == 1


def test_a_draft_that_was_altered_in_the_database_has_no_ballots(
    changes: SqlChanges, database: Engine
) -> None:
    put(changes, FIRST)
    forged = replace(FIRST, title="Harmlos")
    with database.begin() as connection:
        statement = text("UPDATE change_set SET document = :document")
        connection.execute(statement, {"document": forged.canonical})
    assert changes.get(FIRST.id) == Kept(forged, "proposed", ())


def test_a_document_that_is_no_draft_is_refused(changes: SqlChanges, database: Engine) -> None:
    put(changes, FIRST)
    broken = json.dumps({**FIRST.document(), "title": ""}).encode()
    with database.begin() as connection:
        connection.execute(text("UPDATE change_set SET document = :it"), {"it": broken})
    with pytest.raises(ChangeRefused):
        changes.get(FIRST.id)


def test_without_its_database_everything_says_so(changes: SqlChanges, database: Engine) -> None:
    put(changes, FIRST)
    with database.begin() as connection:
        connection.execute(text("DROP TABLE ballot"))
        connection.execute(text("DROP TABLE change_set"))
    for act in (
        lambda: put(changes, OTHER),
        lambda: changes.cast(FIRST, said(FIRST, Vote.AGREE, "anna"), "vote"),
        lambda: changes.withdraw(FIRST.id),
        lambda: changes.get(FIRST.id),
        changes.all,
        lambda: changes.active_number(ChangeKind.POLICY),
    ):
        with pytest.raises(LogUnavailable):
            act()
