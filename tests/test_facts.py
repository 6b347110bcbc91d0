"""A fact has one source: the sender's are read strictly, ours are computed and never believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Fault
from gateway.facts import take_facts
from gateway.model.exchange import Exchange
from tests.builders import (
    NOW,
    TODAY,
    a_person,
    a_registry,
    a_unit,
    an_exchange,
    the_police,
    the_policies,
)

TABLES = {
    "facts": the_policies().schemas.facts,
    "field_facts": the_policies().schemas.member_facts,
}
FOREIGN = [
    (table, name)
    for table, rows in TABLES.items()
    for name, row in rows.items()
    if row["source"] != "sender"
]
OWN = [
    (table, name)
    for table, rows in TABLES.items()
    for name, row in rows.items()
    if row["source"] == "sender"
]
GOOD: dict[str, Any] = {
    "bool": False,
    "integer": 30,
    "date": "2026-11-18",
    "text": "ein Text",
    "string": "ein Text",
    "object": {"by": "guardian", "valid": True, "number": 3, "until": None},
}
WRONG: dict[str, list[Any]] = {
    "bool": ["true", 1, 0, [], {}],
    "integer": [True, "3", [], {}],
    "enum": ["nonsense", "", 1, True, [], {}],
    "date": [
        "18.11.2026",
        "2026-11-31",
        "2026-02-29",
        "20261118",
        "2026-W47-3",
        "2026-11-18T00:00:00Z",
        "0000-01-01",
        "0987-01-01",
        "٢٠٢٦-11-18",
        20775,
        True,
        [],
    ],
    "text": [True, 1, "x" * 4001, [], {}],
    "string": [True, 1, "x" * 4001, [], {}],
    "object": [
        "x",
        True,
        [],
        {"a": {}},
        {"a": []},
        {"a": "x" * 4001},
        {f"member{number}": 1 for number in range(21)},
    ],
}


def taken(name: str, value: Any, table: str = "facts") -> tuple[dict[str, Any], list[Fault]]:
    return take_facts({name: value}, TABLES[table], "/facts")


def good(table: str, name: str) -> Any:
    row = TABLES[table][name]
    return row["values"][0] if row["type"] == "enum" else GOOD[row["type"]]


# --- the sender's facts -------------------------------------------------------------


@pytest.mark.parametrize(("table", "name"), OWN)
def test_each_fact_of_the_sender_is_taken(table: str, name: str) -> None:
    found, faults = taken(name, good(table, name), table)
    assert faults == []
    assert set(found) == {name}


@pytest.mark.parametrize(("table", "name"), FOREIGN)
def test_a_fact_that_is_not_the_senders_is_refused_with_its_source(table: str, name: str) -> None:
    found, faults = taken(name, 1, table)
    assert found == {}
    assert faults == [
        Fault(f"/facts/{name}", f"this fact's source is {TABLES[table][name]['source']}")
    ]


def test_every_source_other_than_the_sender_is_among_them() -> None:
    sources = {TABLES[table][name]["source"] for table, name in FOREIGN}
    assert sources == {"computed", "registry", "policy_data", "requester", "release_record"}


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [(table, name, value) for table, name in OWN for value in WRONG[TABLES[table][name]["type"]]],
)
def test_a_value_of_another_type_is_refused_and_not_repeated(
    table: str, name: str, value: Any
) -> None:
    found, faults = taken(name, value, table)
    assert found == {}
    assert [fault.pointer for fault in faults] == [f"/facts/{name}"]
    assert "nonsense" not in faults[0].what


@pytest.mark.parametrize(("table", "name"), OWN)
def test_null_counts_as_absent(table: str, name: str) -> None:
    assert taken(name, None, table) == ({}, [])


@pytest.mark.parametrize(
    ("order", "reference"),
    [
        ("prosecutor_decision", "prosecutor_order_ref"),
        ("prosecutor_permission", "prosecutor_order_ref"),
        ("prosecutor_order", "prosecutor_order_ref"),
        ("judicial_order", "judicial_order_ref"),
    ],
)
def test_an_order_of_prosecutor_or_judge_needs_its_reference(order: str, reference: str) -> None:
    table = TABLES["facts"]
    assert take_facts({order: True, reference: "12 Js 3/26"}, table, "/facts")[1] == []
    assert take_facts({order: False}, table, "/facts")[1] == []
    for missing in ({}, {reference: " "}):
        _, faults = take_facts({order: True, **missing}, table, "/facts")
        assert faults == [Fault(f"/facts/{order}", f"an order needs its reference: {reference}")]


def test_facts_that_no_table_knows_are_counted_and_not_named() -> None:
    found, faults = take_facts({"erika_mustermann": 1, "geheim": 2}, TABLES["facts"], "/facts")
    assert found == {}
    assert faults == [Fault("/facts", "2 fact(s) that no table knows")]


def test_every_fault_is_told_at_once() -> None:
    _, faults = take_facts(
        {"danger_level": "huge", "is_bulk": False, "review_date": "soon"}, TABLES["facts"], "/facts"
    )
    assert [fault.pointer for fault in faults] == [
        "/facts/danger_level",
        "/facts/is_bulk",
        "/facts/review_date",
    ]


@pytest.mark.parametrize(
    ("iso", "number"),
    [("1970-01-01", 0), ("1969-12-31", -1), ("2026-11-18", TODAY), ("2028-02-29", 21_243)],
)
def test_a_date_becomes_a_day_number(iso: str, number: int) -> None:
    assert taken("review_date", iso) == ({"review_date": number}, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [("Alarm", {"danger_facts": True}), ("", {}), (" \n\t", {})],
)
def test_of_a_text_the_policy_sees_whether_it_is_there(text: str, found: dict[str, Any]) -> None:
    assert taken("danger_facts", text) == (found, [])


@pytest.mark.parametrize(("text", "found"), [("surname", True), ("", False), ("  ", False)])
def test_an_empty_string_counts_as_absent(text: str, found: bool) -> None:
    assert ("selection_key" in taken("selection_key", text)[0]) is found


def test_of_an_object_members_that_are_null_are_left_out() -> None:
    assert taken("consent", {"valid": True, "until": None}) == (
        {"consent": {"valid": True}},
        [],
    )
    assert taken("consent", {"until": None}) == ({}, [])


@given(
    st.sampled_from(OWN),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=8,
    ),
)
def test_what_is_taken_fits_the_policy_input(fact: tuple[str, str], value: Any) -> None:
    """Whatever a sender writes: it is refused here, or the engine may see it."""
    table, name = fact
    if table == "facts":
        found, _ = taken(name, value)
        asked = {"facts": found, "members": {}}
    else:
        found, _ = taken(name, value, table)
        asked = {"facts": {}, "members": {"a": found}}
    document = {
        "exchange_kind": "X",
        "sender_kind": "X",
        "recipient_kind": "X",
        "sender_controller": "x",
        "legal_basis_claimed": [],
        "evaluated_at": 0,
        "evaluated_on": 0,
        **asked,
    }
    assert the_policies().schemas.policy_input.is_valid(document)


# --- what the gateway computes ------------------------------------------------------


def facts(**changes: Any) -> dict[str, Any]:
    return dict(an_exchange(**changes).facts)


def statistics(*counts: list[int], **changes: Any) -> Exchange:
    """Return an exchange of one table for each list of counts, with a text."""
    names = ["table_district_month_offencegroup", "table_street_offence_nationality_age"]
    tables = {
        name: {
            "dimensions": ["month", f"dimension {number}"],
            "cells": [{"keys": ["2026-10", str(place)], "count": n} for place, n in enumerate(row)],
        }
        for number, (name, row) in enumerate(zip(names, counts, strict=False))
    }
    payload = {**tables, "trend_text": "leicht gesunken"}
    given = {"exchange_kind": "STATISTICS", "field_facts": {}, "payload": payload, **changes}
    return an_exchange(**given)


@pytest.mark.parametrize("text", [None, "", "  "])
@pytest.mark.parametrize(
    ("member", "fact", "absent"),
    [
        ("justification", "justification_present", False),
        ("case_reference", "case_reference", None),
        ("acting_official", "actor_id", None),
    ],
)
def test_a_text_of_the_envelope_counts_only_if_something_stands_in_it(
    member: str, fact: str, absent: object, text: str | None
) -> None:
    assert facts(**{member: text}).get(fact) is absent
    assert facts(**{member: "ein Text"})[fact] is True


@pytest.mark.parametrize(
    ("review", "is_set"),
    [
        ({}, False),
        ({"review_date": "2026-11-17"}, False),
        ({"review_date": "2026-11-18"}, False),
        ({"review_date": "2026-11-19"}, True),
    ],
)
def test_a_review_date_is_set_if_it_lies_ahead(review: dict[str, str], is_set: bool) -> None:
    assert facts(facts=review)["review_date_set"] is is_set


def test_the_time_is_the_gateways_own() -> None:
    assert facts()["timestamp"] == NOW


@pytest.mark.parametrize(
    ("text", "specific"),
    [
        (None, False),
        ("", False),
        ("Lagebild", False),
        (" LAGEBILD. ", False),
        ("Abwehr der Brandgefahr in der Gaststätte am Markt", True),
    ],
)
def test_a_slogan_is_no_specific_purpose(text: str | None, specific: bool) -> None:
    assert facts(purpose_text=text)["purpose_text_specific"] is specific


def test_facts_of_the_registry_are_the_recipients() -> None:
    recipient = a_unit(keeps_marking=False, commitment_purpose=True, country="NL")
    found = an_exchange(a_registry(the_police(), recipient)).facts
    assert found["recipient_keeps_marking"] is False
    assert found["recipient_commitment_purpose"] is True
    assert found["country"] == "NL"
    assert found["same_legal_entity"] is False
    same = a_registry(the_police(legal_entity="Land"), a_unit(legal_entity="Land"))
    assert an_exchange(same).facts["same_legal_entity"] is True


def test_a_payload_with_one_personal_member_is_personal() -> None:
    assert facts()["payload_kind"] == "personal"


def test_a_payload_of_tables_is_an_aggregate_and_one_of_text_is_text() -> None:
    assert statistics([41, 17]).facts["payload_kind"] == "aggregate"
    assert statistics().facts["payload_kind"] == "text"


def test_contact_points_of_bodies_leave_a_prevention_hint_a_text() -> None:
    """Its schema says so; an official's contact in another kind is personal all the same."""
    payload = {"checklist_text": "Türen prüfen", "emergency_numbers": ["110"]}
    hint = {"exchange_kind": "PREVENTION_HINT", "payload": payload, "field_facts": {}}
    assert facts(**hint)["payload_kind"] == "text"
    named = {**hint, "payload": {**payload, "suspect_plates": ["LG-XY 12"]}}
    assert facts(**named)["payload_kind"] == "personal"
    assert facts(payload={"officer_contact": "04131 1"}, field_facts={})["payload_kind"] == (
        "personal"
    )


def test_a_category_that_the_sender_adds_makes_it_personal() -> None:
    added = {"trend_text": {"category": "HEALTH"}}
    assert statistics([41], field_facts=added).facts["payload_kind"] == "personal"


@pytest.mark.parametrize(
    ("counts", "smallest"),
    [([[41, 17, 5]], 5), ([[0, 41, 0, 2]], 2), ([[9], [3, 4]], 3), ([[0, 0]], None), ([], None)],
)
def test_the_smallest_cell_is_the_smallest_that_is_not_empty(
    counts: list[list[int]], smallest: int | None
) -> None:
    assert statistics(*counts).facts.get("cell_min") == smallest


def test_each_table_has_its_own_smallest_cell() -> None:
    members = statistics([9, 0], [3, 4]).member_facts
    assert members["table_district_month_offencegroup"] == {"cell_min": 9}
    assert members["table_street_offence_nationality_age"] == {"cell_min": 3}
    assert members["trend_text"] == {}


def test_the_dimensions_of_all_tables_are_told_once_and_sorted() -> None:
    assert statistics([9], [3]).facts["dimensions"] == ["dimension 0", "dimension 1", "month"]
    assert "dimensions" not in statistics().facts


@pytest.mark.parametrize(("persons", "is_bulk"), [(1, False), (10, False), (11, True)])
def test_more_persons_than_the_threshold_are_a_bulk(persons: int, is_bulk: bool) -> None:
    guests = [a_person(f"Mustergast{number}") for number in range(persons)]
    assert facts(payload={"guest_names": guests}, field_facts={})["is_bulk"] is is_bulk


def test_persons_are_counted_over_all_members() -> None:
    """Nine guests, the licensee and one injured person, who stands inside an object."""
    payload = {
        "guest_names": [a_person(f"Mustergast{number}") for number in range(9)],
        "licensee_name": a_person(),
        "injured_names_and_injuries": [{"person": a_person("Verletzte"), "injuries": "Rauch"}],
    }
    assert facts(payload=payload, field_facts={})["is_bulk"] is True


def test_a_long_list_of_other_things_is_a_bulk_too() -> None:
    payload = {"resident_nationalities": [f"Land {number}" for number in range(11)]}
    assert facts(payload=payload, field_facts={})["is_bulk"] is True
