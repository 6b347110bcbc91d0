"""What a person holds, and for whom; whoever has ended holds nothing."""

from gateway.model.person import Role
from tests.changing import a_person, role

ROLES = (role("approver", "stadt"), role("approver", "polizei"), role("official", "wache"))


def test_a_role_is_held_for_each_of_those_it_names():
    person = a_person("anna", *ROLES)

    assert person.holds(Role.APPROVER)
    assert person.of(Role.APPROVER) == {"stadt", "polizei"}
    assert person.of(Role.OFFICIAL) == {"wache"}
    assert not person.holds(Role.AUTHOR)
    assert person.of(Role.AUTHOR) == frozenset()


def test_an_operator_is_it_for_nobody_in_particular():
    person = a_person("olga", role("operator"))
    assert person.holds(Role.OPERATOR)
    assert person.of(Role.OPERATOR) == frozenset()


def test_whoever_has_ended_holds_nothing():
    person = a_person("anna", *ROLES, status="ended")
    assert not any(person.holds(it) for it in Role)
    assert not any(person.of(it) for it in Role)
