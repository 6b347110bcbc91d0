"""The role table: every action by every role, and by a person with none that counts."""

import pytest

from gateway.lifecycle.roles import MAY, Action
from gateway.model.person import Role
from tests.changing import a_person, role

TABLE = {
    #                        author approver dpo   auditor official operator
    Action.PROPOSE_POLICY: (True, True, True, False, False, False),
    Action.PROPOSE_REGISTRY: (True, True, True, False, False, True),
    Action.VOTE: (False, True, False, False, False, False),
    Action.OPINION: (False, False, True, False, False, False),
    Action.WITHDRAW: (True, True, True, False, False, True),
    Action.ACTIVATE: (True, True, True, False, False, True),
    Action.TIGHTEN: (False, True, True, False, False, True),
    Action.STOP: (False, True, True, False, False, True),
}
ROLES = (Role.AUTHOR, Role.APPROVER, Role.DPO, Role.AUDITOR, Role.OFFICIAL, Role.OPERATOR)


def holder(it: Role, **changes):
    return a_person("anna", role(it.value, None if it is Role.OPERATOR else "polizei"), **changes)


def may(person, action):
    return any(person.holds(it) for it in MAY[action])


def test_the_table_names_every_action_and_every_role():
    assert set(MAY) == set(TABLE) == set(Action)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("it", ROLES)
def test_every_action_by_every_role(action, it):
    allowed = TABLE[action][ROLES.index(it)]
    assert may(holder(it), action) is allowed
    assert not may(holder(it, status="ended"), action)


def test_whoever_may_tighten_may_do_it_alone():
    assert MAY[Action.TIGHTEN] == MAY[Action.STOP]
