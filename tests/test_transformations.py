"""A transformation changes what it says, and what it has no way for is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import PolicyUnavailable
from gateway.model.exchange import Moment
from gateway.transformations import generalised, pseudonymised, pseudonyms
from tests.builders import JPEG, NOW, TODAY, a_person, the_policies

PAYLOADS = the_policies().schemas.payloads
MOMENT = Moment(NOW, TODAY)
YEAR, BAND = {"to": "year"}, {"to": "age_band"}
KEY = b"k" * 32


def general(kind: str, member: str, value: Any, parameters: Any = YEAR) -> Any:
    return generalised(PAYLOADS[kind], member, value, parameters, MOMENT)


def renamed(kind: str, member: str, value: Any, parameters: Any = None) -> Any:
    name = pseudonyms(KEY, "e" * 32)
    return pseudonymised(PAYLOADS[kind], member, value, parameters or {}, name)


# --- generalise ---------------------------------------------------------------------


def test_a_date_becomes_its_year() -> None:
    assert general("IDENTITY_CHECK", "date_of_birth", "1979-03-02") == "1979"
    assert general("UNDECLARED_WORK", "time_of_finding", "2026-11-18T12:00:00Z") == "2026"


def test_each_row_of_a_list_is_generalised_and_the_rest_stays() -> None:
    persons = [a_person("Erste", date_of_birth="1979-03-02"), a_person("Zweite")]
    assert general("UNDECLARED_WORK", "worker_identities", persons) == [
        a_person("Erste", date_of_birth="1979"),
        a_person("Zweite"),
    ]


def test_a_date_inside_an_object_is_found() -> None:
    rows = [{"date": "2026-02-01", "amount_cents": 41_700}]
    assert general("SOCIAL_DATA_REQUEST", "benefit_payments_2026", rows) == [
        {"date": "2026", "amount_cents": 41_700}
    ]


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("1979-03-02", "40-49"),
        ("1976-11-18", "50-59"),
        ("1976-11-19", "40-49"),
        ("2026-11-18", "0-9"),
        ("1920-01-01", "100-109"),
    ],
)
def test_a_date_of_birth_becomes_an_age_band(born: str, band: str) -> None:
    assert general("IDENTITY_CHECK", "date_of_birth", born, BAND) == band


@pytest.mark.parametrize("parameters", [{}, {"to": "month"}, {"to": "year", "more": 1}, {"to": 1}])
def test_another_way_to_generalise_is_refused(parameters: Any) -> None:
    with pytest.raises(PolicyUnavailable):
        general("IDENTITY_CHECK", "date_of_birth", "1979-03-02", parameters)


@pytest.mark.parametrize(
    ("kind", "member", "value", "parameters"),
    [
        ("IDENTITY_CHECK", "religion", "keine", YEAR),
        ("IDENTITY_CHECK", "religion", "1979-03-02", YEAR),
        ("UNDECLARED_WORK", "worker_identities", [a_person()], YEAR),
        ("ADMIN_OFFENCE_TO_FOREIGNERS", "fine", 300, YEAR),
        ("UNDECLARED_WORK", "time_of_finding", "2026-11-18T12:00:00Z", BAND),
        ("IDENTITY_CHECK", "date_of_birth", "2026-11-19", BAND),
        ("IDENTITY_CHECK", "date_of_birth", "0000-01-01", BAND),
    ],
)
def test_what_holds_no_date_to_generalise_is_refused(
    kind: str, member: str, value: Any, parameters: Any
) -> None:
    """Or it would leave as it is, under a decision that says that it does not."""
    with pytest.raises(PolicyUnavailable):
        general(kind, member, value, parameters)


# --- pseudonymise -------------------------------------------------------------------


def test_nothing_of_a_person_remains_but_the_pseudonym() -> None:
    person = a_person("Musterwirt", address="Am Ufer 1", aliases=["M"], date_of_birth="1979-03-02")
    left = renamed("UNDECLARED_WORK", "worker_identities", [person, a_person("Andere")])
    assert [set(item) for item in left] == [{"family_name"}] * 2
    first, second = (item["family_name"] for item in left)
    assert first != second
    assert first.startswith("P-")
    assert len(first) == 18
    assert PAYLOADS["UNDECLARED_WORK"].faults({"worker_identities": left}) == []


def test_what_stands_beside_a_person_stays() -> None:
    value = {"person": a_person(), "function": "Ratsmitglied"}
    left = renamed("THREAT_OFFICIAL", "official_name_and_function", value)
    assert left["function"] == "Ratsmitglied"
    assert left["person"].keys() == {"family_name"}


def test_where_no_person_stands_each_text_has_a_pseudonym() -> None:
    plates = ["LG-XY 12", "HH-AB 34", "lg-xy  12"]
    left = renamed("SUSPICIOUS_EVENT", "vehicle_plate_observed", plates)
    assert left[0] == left[2] != left[1]
    assert PAYLOADS["SUSPICIOUS_EVENT"].faults({"vehicle_plate_observed": left}) == []


@pytest.mark.parametrize(
    ("kind", "member", "value", "parameters"),
    [
        ("ADMIN_OFFENCE_TO_FOREIGNERS", "fine", 300, {}),
        ("FOREIGNERS_REQUEST", "benefit_grant_yes_no", True, {}),
        ("SOCIAL_DATA_REQUEST", "benefit_amounts", [{"benefit": "x", "amount_cents": 1}], {}),
        (
            "IDENTITY_CHECK",
            "photo",
            {"media_type": "image/jpeg", "content": JPEG},
            {},
        ),
        (
            "STATISTICS",
            "table_district_month_offencegroup",
            {"dimensions": ["x"], "cells": [{"keys": ["a"], "count": 9}]},
            {},
        ),
        ("UNDECLARED_WORK", "employer_name", {"company": "Muster GmbH"}, {}),
        ("UNDECLARED_WORK", "worker_identities", [], {}),
        ("UNDECLARED_WORK", "worker_identities", [a_person()], {"to": "year"}),
    ],
)
def test_what_has_no_pseudonym_is_refused(
    kind: str, member: str, value: Any, parameters: Any
) -> None:
    with pytest.raises(PolicyUnavailable):
        renamed(kind, member, value, parameters)


spelled = st.sampled_from(["Müller", "MÜLLER", " Mu\N{COMBINING DIAERESIS}ller "])


@given(spelled, spelled)
def test_a_person_has_one_pseudonym_however_the_name_is_spelled(one: str, other: str) -> None:
    left = renamed("UNDECLARED_WORK", "worker_identities", [a_person(one), a_person(other)])
    assert left[0] == left[1]


def test_another_exchange_and_another_key_give_other_pseudonyms() -> None:
    """Two recipients cannot put together what they got; without the key nobody works one out."""
    names = {
        pseudonyms(key, exchange)("musterwirt")
        for key in (KEY, b"x" * 32)
        for exchange in ("a" * 32, "b" * 32)
    }
    assert len(names) == 4
    assert pseudonyms(KEY, "a" * 32)("musterwirt") in names
