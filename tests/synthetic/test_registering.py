"""Two people and the approver of the invented units agree on them; fewer do not."""

from pathlib import Path

import pytest

from gateway.cli.open_governance import open_governance
from gateway.errors import StartRefused
from gateway.model.person import Role
from gateway.synthetic.keys import approver_key, document_of, keys_for
from gateway.synthetic.registering import APPROVER, register_units
from gateway.synthetic.units import demo_units
from tests.builders import the_policies
from tests.synthetic.homes import an_empty_home

UNITS = demo_units(the_policies().data["agency_kinds"])


def test_all_units_come_into_force_with_the_votes_of_all_who_must_agree(tmp_path: Path) -> None:
    home = tmp_path / "gateway"
    people = an_empty_home(home)
    keys, approver = keys_for(UNITS, home / "demo"), approver_key(home / "demo")
    documents = [document_of(unit, keys[unit.id]) for unit in UNITS]
    with open_governance(home) as opened:
        governance = opened.governance
        register_units(governance, people.first(), approver, documents)
        known, votes = governance.people(), [len(it.ballots) for it in governance.changes.all()]
        registered = governance.log.documents().keys()

    assert {unit.id for unit in UNITS} <= registered
    assert {*known[APPROVER].of(Role.APPROVER)} == {unit.controller for unit in UNITS}
    assert known[APPROVER].name.startswith("DEMO")
    assert sorted(votes) == [3, 4]  # who proposes and two; then the approver of the units too


@pytest.mark.parametrize("voters", [0, 1])
def test_fewer_than_two_people_register_nothing(tmp_path: Path, voters: int) -> None:
    home = tmp_path / "gateway"
    people = an_empty_home(home)
    keys, approver = keys_for(UNITS[:1], home / "demo"), approver_key(home / "demo")
    with open_governance(home) as opened:
        governance = opened.governance
        before = governance.log.documents()
        with pytest.raises(StartRefused, match=r"neuen Ordner.*new folder"):
            register_units(
                governance,
                people.first()[: 1 + voters],
                approver,
                [document_of(UNITS[0], keys[UNITS[0].id])],
            )
        assert governance.log.documents() == before
