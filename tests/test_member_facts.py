"""Each offered member is seen with what is said of it; items that differ are groups."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InvalidRequest
from gateway.groups import member_of, offered
from gateway.member_facts import items_spoken_of, stated_of
from gateway.model.exchange import Exchange, Moment
from tests.builders import (
    NOW,
    a_person,
    an_exchange,
    day,
    the_policies,
)

CANARY = "KANARIENVOGEL"


def guests(*born: str | None, **field_facts: Any) -> Exchange:
    """Return a notice with one guest for each date of birth."""
    persons = [
        a_person(f"Gast{number}", **({"date_of_birth": date} if date else {}))
        for number, date in enumerate(born)
    ]
    return an_exchange(payload={"guest_names": persons}, field_facts=field_facts)


def workers(count: int = 3, **field_facts: Any) -> Exchange:
    return of_kind(
        "UNDECLARED_WORK",
        {"worker_identities": [a_person(f"Kraft{number}") for number in range(count)]},
        field_facts,
    )


def of_kind(kind: str, payload: Any, field_facts: Any = None) -> Exchange:
    return an_exchange(exchange_kind=kind, payload=payload, field_facts=field_facts or {})


def faults(**changes: Any) -> str:
    with pytest.raises(InvalidRequest) as raised:
        an_exchange(**changes)
    return str(raised.value)


# --- age ----------------------------------------------------------------------------


def age(born: str, today: str) -> Any:
    moment = Moment(NOW, day(today))
    payload = {"guest_names": [a_person(date_of_birth=born)]}
    members = an_exchange(moment=moment, payload=payload, field_facts={}).member_facts
    return members["guest_names"].get("data_subject_age")


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2012-11-18", "2026-11-17", 13),
        ("2012-11-18", "2026-11-18", 14),
        ("2012-11-18", "2026-11-19", 14),
        ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14),
        ("2012-02-29", "2028-02-28", 15),
        ("2012-02-29", "2028-02-29", 16),
        ("2026-11-18", "2026-11-18", 0),
        ("2027-01-01", "2026-11-18", 0),
        ("1900-01-01", "2026-11-18", 126),
    ],
)
def test_a_year_of_life_is_complete_on_the_birthday(born: str, today: str, years: int) -> None:
    """Who is born on 29 February completes it with 1 March in other years (§ 188 BGB)."""
    assert age(born, today) == years


def test_without_a_date_of_birth_no_age_is_known() -> None:
    members = an_exchange(payload={"guest_names": [a_person()]}, field_facts={}).member_facts
    assert members["guest_names"] == {}


def test_what_is_computed_comes_before_what_is_stated() -> None:
    with pytest.raises(InvalidRequest, match="source is computed"):
        an_exchange(field_facts={"licensee_name": {"data_subject_age": 40}})


def test_what_the_sender_adds_stands_beside_what_is_computed() -> None:
    payload = {"guest_names": [a_person(date_of_birth="2012-11-18")]}
    added = {"guest_names": {"data_subject_role": "bystander"}}
    assert an_exchange(payload=payload, field_facts=added).member_facts["guest_names"] == {
        "data_subject_role": "bystander",
        "data_subject_age": 14,
    }


def test_a_date_of_birth_that_is_a_member_of_its_own_gives_the_age() -> None:
    exchange = of_kind(
        "SOCIAL_DATA_REQUEST",
        {"date_of_birth": "2010-01-01", "help_plan": "Plan", "bank_account": "x"},
    )
    assert exchange.member_facts["help_plan"] == {"data_subject_age": 16}
    assert exchange.member_facts["date_of_birth"] == {"data_subject_age": 16}
    assert exchange.member_facts["bank_account"] == {}


def test_a_person_in_another_member_gives_the_age_too() -> None:
    pupil = a_person(date_of_birth="2011-05-06")
    payload = {"pupil_name": pupil, "marks": [{"subject": "Deutsch", "mark": "2"}] * 2}
    exchange = of_kind("FOREIGNERS_REQUEST", payload)
    assert exchange.member_facts["marks"] == {"data_subject_age": 15}
    assert exchange.groups == {}


def test_a_name_is_completed_by_the_members_beside_it() -> None:
    """So that the index of persons knows whose name it is, and how old they are."""
    payload = {
        "name": {"family_name": "Muster"},
        "first_name": "Jonas",
        "date_of_birth": "2010-01-01",
    }
    exchange = of_kind("SOCIAL_DATA_REQUEST", payload)
    (person,) = exchange.persons
    assert (person.family_name, person.given_names) == ("Muster", "Jonas")
    assert person.date_of_birth == "2010-01-01"
    assert exchange.member_facts["name"] == {"data_subject_age": 16}


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("SOCIAL_DATA_REQUEST", {"date_of_birth": "0000-01-01"}),
        ("REGISTER_REQUEST", {"name": {"family_name": "x", "date_of_birth": "0000-01-01"}}),
    ],
)
def test_the_year_0_is_no_year_of_birth(kind: str, payload: Any) -> None:
    assert "in the year 0" in faults(exchange_kind=kind, payload=payload, field_facts={})


# --- groups -------------------------------------------------------------------------


def test_items_that_are_alike_are_one_member() -> None:
    exchange = guests("1979-03-02", "2001-06-30", guest_names={"data_subject_role": "bystander"})
    assert exchange.groups == {}
    assert exchange.member_facts == {
        "guest_names": {"data_subject_role": "bystander", "data_subject_age": 25}
    }


def test_items_between_which_an_age_limit_lies_are_groups() -> None:
    """Numbered by first appearance; the youngest of a group counts."""
    exchange = guests("1979-03-02", "2015-01-01", "2001-06-30", "2010-01-01", None)
    assert exchange.groups == {
        "guest_names#1": (0, 2),
        "guest_names#2": (1,),
        "guest_names#3": (3,),
        "guest_names#4": (4,),
    }
    assert exchange.member_facts == {
        "guest_names#1": {"data_subject_age": 25},
        "guest_names#2": {"data_subject_age": 11},
        "guest_names#3": {"data_subject_age": 16},
        "guest_names#4": {},
    }


def test_what_is_said_of_one_item_makes_it_a_group() -> None:
    exchange = workers(
        3,
        **{
            "worker_identities": {"reliability": "confirmed"},
            "worker_identities[1]": {"data_subject_role": "suspect"},
        },
    )
    assert exchange.groups == {"worker_identities#1": (0, 2), "worker_identities#2": (1,)}
    assert exchange.member_facts["worker_identities#1"] == {"reliability": "confirmed"}
    assert exchange.member_facts["worker_identities#2"] == {
        "reliability": "confirmed",
        "data_subject_role": "suspect",
    }


def test_an_item_cannot_be_said_to_be_otherwise_than_the_whole() -> None:
    """Or a member under secrecy could be talked out of it item by item."""
    told = faults(
        exchange_kind="UNDECLARED_WORK",
        payload={"worker_identities": [a_person()]},
        field_facts={
            "worker_identities": {"secrecy": "social"},
            "worker_identities[0]": {"secrecy": "none"},
        },
    )
    assert told == (
        "/field_facts/worker_identities[0]/secrecy: the member as a whole is said to be otherwise"
    )


@pytest.mark.parametrize(
    "name",
    [
        "guest_names[1]",
        "guest_names[01]",
        "guest_names[-1]",
        "guest_names[]",
        "guest_names#1",
        f"{CANARY}[0]",
        "premises_address[0]",
    ],
)
def test_an_item_that_is_not_there_is_refused_without_its_name(name: str) -> None:
    payload = {"guest_names": [a_person()], "premises_address": "Am Ufer 1"}
    told = faults(payload=payload, field_facts={name: {"separable": True}})
    assert told == "/field_facts: facts for a member that the payload lacks"


def test_a_list_has_at_most_twenty_groups() -> None:
    roles = the_policies().schemas.member_facts["data_subject_role"]["values"]
    said = {
        f"worker_identities[{number}]": {
            "data_subject_role": roles[number % len(roles)],
            "reliability": str(number // len(roles)),
        }
        for number in range(21)
    }
    twenty = dict(list(said.items())[:20])
    assert len(workers(20, **twenty).groups) == 20
    with pytest.raises(InvalidRequest, match="more than 20 groups"):
        workers(21, **said)


@given(
    st.lists(
        st.sampled_from(["1979-03-02", "2015-01-01", "2010-01-01", None]), min_size=1, max_size=8
    ),
    st.dictionaries(st.integers(0, 7), st.sampled_from(["suspect", "witness"]), max_size=4),
)
def test_every_item_stands_in_exactly_one_group(born: list[Any], roles: dict[int, str]) -> None:
    said = {
        f"guest_names[{place}]": {"data_subject_role": role}
        for place, role in roles.items()
        if place < len(born)
    }
    exchange = guests(*born, **said)
    offer = dict(offered(exchange.payload, exchange.groups))
    assert offer.keys() == exchange.member_facts.keys()
    places = sorted(place for group in exchange.groups.values() for place in group)
    assert places == (list(range(len(born))) if exchange.groups else [])
    names = [json.dumps(item) for items in offer.values() for item in items]
    assert sorted(names) == sorted(json.dumps(item) for item in exchange.payload["guest_names"])
    assert {member_of(name) for name in offer} == {"guest_names"}


def test_the_senders_words_about_an_item_include_those_about_the_whole() -> None:
    stated = {"a": {"x": 1}, "a[1]": {"y": 2}}
    assert stated_of(stated, "a", None) == {"x": 1}
    assert stated_of(stated, "a", 0) == {"x": 1}
    assert stated_of(stated, "a", 1) == {"x": 1, "y": 2}
    assert list(items_spoken_of(stated, {}, "a", 2)) == [0, 1]
    assert list(items_spoken_of({"a": {}}, {}, "a", 2)) == [None]
    assert list(items_spoken_of({}, {"a#1": (0,), "a#2": (1,)}, "a", 2)) == [0, 1]
