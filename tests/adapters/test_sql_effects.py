"""What an entry changes beside the log: leases, states, units; or nothing if another was first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.adapters import sql_effects
from gateway.adapters.sql_database import migrate, open_database
from gateway.model.evidence import (
    DeliveryState,
    Draft,
    EntryType,
    Lease,
    PutDocument,
    Settle,
)
from tests.builders import NOW
from tests.gateways import a_delivery

DELIVERY = "d" * 32


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    migrate(url)
    engine = open_database(url)
    with engine.connect() as opened:
        sql_effects.insert_deliveries(opened, 7, [a_draft(delivery=a_delivery())])
        yield opened
    engine.dispose()


def a_draft(**fields: Any) -> Draft:
    return Draft(EntryType.DECISION, "0" * 32, b"leaf", "p", "r", **fields)


def a_lease(**changes: Any) -> Lease:
    given = {"delivery_id": DELIVERY, "attempt": 1, "token": "mine", "now": NOW, "until": NOW + 60}
    return Lease(**{**given, **changes})


def a_settle(**changes: Any) -> Settle:
    return Settle(
        **{
            "delivery_id": DELIVERY,
            "token": "mine",
            "from_state": DeliveryState.QUEUED,
            "state": DeliveryState.DELIVERED,
            "next_at": None,
            "keep_payload": False,
            **changes,
        }
    )


def row(connection: Connection) -> Any:
    return connection.execute(text("SELECT * FROM delivery")).one()


def test_deliveries_of_a_batch_belong_to_the_entries_of_their_drafts(
    connection: Connection,
) -> None:
    drafts = [
        a_draft(delivery=a_delivery("a" * 32)),
        a_draft(),
        a_draft(delivery=a_delivery("b" * 32)),
    ]
    sql_effects.insert_deliveries(connection, 20, drafts)

    found = connection.execute(text('SELECT id, "index" FROM delivery ORDER BY "index"')).all()

    assert [tuple(pair) for pair in found] == [(DELIVERY, 7), ("a" * 32, 20), ("b" * 32, 22)]


def test_a_batch_without_deliveries_changes_nothing(connection: Connection) -> None:
    sql_effects.insert_deliveries(connection, 20, [a_draft(), a_draft()])
    assert row(connection).id == DELIVERY


def test_a_lease_is_taken_once_until_it_runs_out(connection: Connection) -> None:
    assert sql_effects.apply(connection, a_lease())
    assert not sql_effects.apply(connection, a_lease(token="another's", attempt=2))
    assert sql_effects.apply(connection, a_lease(token="later", attempt=2, now=NOW + 60))
    assert (row(connection).lease_token, row(connection).attempts) == ("later", 2)


def test_a_lease_for_an_attempt_that_was_made_is_not_taken(connection: Connection) -> None:
    """A worker that read its row long ago does not make the same attempt again."""
    sql_effects.apply(connection, a_lease())
    assert not sql_effects.apply(connection, a_lease(now=NOW + 60))


def test_settling_needs_the_token_of_the_lease(connection: Connection) -> None:
    sql_effects.apply(connection, a_lease())

    assert not sql_effects.apply(connection, a_settle(token="another's"))
    assert row(connection).state == "queued"
    assert sql_effects.apply(connection, a_settle())
    assert (row(connection).state, row(connection).jwe) == ("delivered", None)


def test_what_is_settled_is_not_settled_again(connection: Connection) -> None:
    assert sql_effects.apply(connection, a_settle(token=None))
    assert not sql_effects.apply(connection, a_settle(token=None))


def test_settling_from_a_state_that_it_is_not_in_changes_nothing(connection: Connection) -> None:
    assert not sql_effects.apply(connection, a_settle(token=None, from_state=DeliveryState.HELD))
    assert row(connection).state == "queued"


def test_a_postponed_delivery_keeps_its_payload_and_is_free_at_its_time(
    connection: Connection,
) -> None:
    sql_effects.apply(connection, a_lease())
    postponed = a_settle(state=DeliveryState.QUEUED, next_at=NOW + 30, keep_payload=True)

    assert sql_effects.apply(connection, postponed)

    found = row(connection)
    assert (found.jwe, found.next_at, found.lease_token) == (b"sealed", NOW + 30, None)
    assert not found.failures_logged


def test_a_unit_takes_the_place_of_its_earlier_document(connection: Connection) -> None:
    sql_effects.apply(connection, PutDocument("polizei", b"{}"))
    sql_effects.apply(connection, PutDocument("polizei", b'{"a":1}'))

    found = connection.execute(text("SELECT * FROM unit")).all()

    assert [tuple(unit) for unit in found] == [("polizei", b'{"a":1}')]


def test_an_effect_that_nobody_knows_is_an_error(connection: Connection) -> None:
    with pytest.raises(TypeError):
        sql_effects.apply(connection, "an effect")  # type: ignore[arg-type]
