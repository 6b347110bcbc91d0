"""Drafts and ballots are compared with the entries that put changes in force."""

import json
import sqlite3
from pathlib import Path

import pytest

from gateway.cli.open_governance import open_governance
from gateway.demo.people import OPERATOR
from gateway.fsck.check import check_gateway
from gateway.fsck.findings import Code
from gateway.lifecycle.ballot import Vote
from tests.builders import a_unit
from tests.gateways import settings_for
from tests.governing import signer_of

STATE = "UPDATE change_set SET state = "
OPEN = " WHERE state = 'proposed'"


@pytest.fixture
def governed(home: Path) -> Path:
    """A gateway with two changes in force and a draft on which one has voted."""
    with open_governance(home) as opened:
        change = opened.governance.propose_registry(
            {"zoll": a_unit("zoll")}, signer_of(OPERATOR), title="Zoll", reason="Probe"
        )
        opened.governance.sign(change.id, Vote.AGREE, signer_of("anna"))
    return home


def found(home: Path) -> dict[Code, int]:
    return dict(check_gateway(settings_for(home)).findings.counts)


def damage(home: Path, statement: str, *values: object) -> None:
    database = sqlite3.connect(home / "gateway.db", isolation_level=None)
    assert database.execute(statement, values).rowcount != 0
    database.close()


def test_drafts_and_changes_in_force_are_clean(governed: Path) -> None:
    assert found(governed) == {}


@pytest.mark.parametrize(
    ("statement", "findings"),
    [
        (STATE + "'active'" + OPEN, {Code.CHANGE_WRONG: 1}),
        (STATE + "'withdrawn' WHERE state = 'active'", {Code.CHANGE_WRONG: 2}),
        (STATE + "'proposed' WHERE state = 'active'", {Code.CHANGE_WRONG: 2}),
        ("UPDATE change_set SET number = 99" + OPEN, {Code.CHANGE_WRONG: 1}),
        ("UPDATE change_set SET kind = 'policy'" + OPEN, {Code.CHANGE_WRONG: 1}),
        ("UPDATE change_set SET document = x'7b7d'" + OPEN, {Code.CHANGE_WRONG: 1}),
        ("UPDATE change_set SET document = x'ff'" + OPEN, {Code.CHANGE_WRONG: 1}),
        (
            "UPDATE ballot SET voter = 'emre' WHERE voter = 'anna' AND change_id IN "
            "(SELECT id FROM change_set WHERE state = 'proposed')",
            {Code.CHANGE_WRONG: 1},
        ),
        (
            "UPDATE ballot SET draft_digest = 'x' WHERE change_id IN "
            "(SELECT id FROM change_set WHERE state = 'proposed')",
            {Code.CHANGE_WRONG: 2},
        ),
        (
            "UPDATE ballot SET document = x'7b7d' WHERE voter = 'anna' AND change_id IN "
            "(SELECT id FROM change_set WHERE state = 'proposed')",
            {Code.CHANGE_WRONG: 1},
        ),
        ("DELETE FROM change_set" + OPEN, {Code.ORPHAN: 2}),
    ],
)
def test_a_draft_that_is_not_as_people_signed_it_is_found(
    governed: Path, statement: str, findings: dict[Code, int]
) -> None:
    damage(governed, statement)
    assert found(governed) == findings


def test_a_change_in_force_whose_draft_is_gone_is_found(governed: Path) -> None:
    damage(governed, "DELETE FROM change_set WHERE state = 'active'")
    counts = found(governed)
    assert counts[Code.CHANGE_MISSING] == 2
    assert set(counts) == {Code.CHANGE_MISSING, Code.ORPHAN}


def test_a_change_in_force_that_was_altered_where_it_is_kept_is_found(governed: Path) -> None:
    database = sqlite3.connect(governed / "gateway.db")
    query = "SELECT id, document FROM change_set WHERE state = 'active' LIMIT 1"
    change_id, document = database.execute(query).fetchone()
    database.close()
    forged = json.dumps({**json.loads(document), "reason": "etwas anderes"}).encode()
    damage(governed, "UPDATE change_set SET document = ? WHERE id = ?", forged, change_id)
    assert found(governed) == {Code.CHANGE_WRONG: 1}
