"""Payloads are checked whole, and a refusal repeats nothing that the sender wrote."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import PolicySetRefused
from gateway.schemas import PayloadSchema, compile_schema, compile_schemas, faults_of
from tests.builders import REPOSITORY, a_person, an_envelope, the_policies

FILES = the_policies().policy_set.schemas
PAYLOADS = the_policies().schemas.payloads
NOTICE = PAYLOADS["PREMISES_HAZARD_NOTICE"]
CANARY = "KANARIENVOGEL"
FIELDS = json.loads((REPOSITORY / "tests/vectors/cases/fields.json").read_text(encoding="utf-8"))
MARKS = {
    "label_de",
    "category",
    "role_needed",
    "secrecy",
    "origin",
    "free_text",
    "attachment",
    "impersonal",
    "age_from",
    "completed_by",
}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Give every object inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def without(path: str) -> dict[str, Any]:
    return {name: document for name, document in FILES.items() if name != path}


def with_payload(**properties: Any) -> dict[str, Any]:
    """Return the files with one more payload schema, of the members *properties*."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:datenschleuse:payload:NEW:1",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    return {**FILES, "payloads/NEW.json": document}


def marked(schema: dict[str, Any], **marks: Any) -> dict[str, Any]:
    return {**schema, "x-datenschleuse": {"category": "PREMISES", "label_de": "x", **marks}}


# --- compiling ----------------------------------------------------------------------


def test_every_exchange_kind_has_a_payload_schema() -> None:
    assert set(PAYLOADS) == set(FIELDS) == set(the_policies().data["routes"])


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_a_kind_has_the_members_of_the_catalogue(kind: str) -> None:
    """The same names, each with its category, and a role where the catalogue gives one."""
    rows = FIELDS[kind]["fields"]
    marks = the_policies().data["members"][kind]
    assert {name: mark["category"] for name, mark in marks.items()} == {
        name: row["category"] for name, row in rows.items()
    }
    assert {name for name, mark in marks.items() if mark["role_needed"]} == {
        name for name, row in rows.items() if "data_subject_role" in row
    }


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_member_has_a_german_label_and_marks_that_the_gateway_knows(kind: str) -> None:
    facts = the_policies().schemas.member_facts
    for name, member in FILES[f"payloads/{kind}.json"]["properties"].items():
        mark = member["x-datenschleuse"]
        assert mark["label_de"], name
        assert mark.keys() <= MARKS, name
        assert mark.get("secrecy", "none") in facts["secrecy"]["values"], name
        assert mark.get("origin", "own") in facts["origin"]["values"], name
        assert bool(mark.get("attachment")) is PAYLOADS[kind].members[name].attachment, name


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_no_text_and_no_list_is_without_bounds(kind: str) -> None:
    """Numbers too; a form or a list of words bounds a text as well."""
    for node in nodes(FILES[f"payloads/{kind}.json"]):
        match node.get("type"):
            case "string":
                assert node.keys() & {"maxLength", "format", "enum"}, node
            case "array":
                assert "maxItems" in node, node
            case "integer":
                assert {"minimum", "maximum"} <= node.keys(), node


def test_a_member_may_take_a_part_of_a_person_only() -> None:
    """What another member of the kind holds by itself does not ride along with the name."""
    schema = PAYLOADS["REGISTER_REQUEST"]
    assert schema.faults({"name": a_person(date_of_birth="1979-03-02")}) == []
    assert schema.faults({"name": a_person(address=CANARY)})
    told = schema.faults({"name": {**a_person(), CANARY: CANARY}})
    assert told
    assert CANARY not in str(told)


@pytest.mark.parametrize(
    "path", ["exchange_request.json", "policy_input.json", "decision.json", "facts.json"]
)
def test_a_missing_schema_is_refused(path: str) -> None:
    with pytest.raises(PolicySetRefused):
        compile_schemas(without(path))


def test_a_payload_whose_shared_definition_is_missing_is_refused() -> None:
    with pytest.raises(PolicySetRefused):
        compile_schemas(without("payloads/$defs/person.json"))


@pytest.mark.parametrize(
    "member",
    [
        {"type": "nonsense"},
        {"type": "string", "pattern": "("},
        {"$ref": "https://elsewhere.example/schema.json"},
        {"$ref": "urn:datenschleuse:payload:unknown:1"},
    ],
)
def test_a_schema_that_does_not_compile_is_refused_and_nothing_is_fetched(
    member: dict[str, Any],
) -> None:
    with pytest.raises(PolicySetRefused):
        compile_schemas(with_payload(member=marked(member)))


@pytest.mark.parametrize(
    "member",
    [{"type": "string"}, {"type": "string", "x-datenschleuse": {"category": "PREMISES"}}],
)
def test_a_member_without_its_marks_is_refused(member: dict[str, Any]) -> None:
    with pytest.raises(PolicySetRefused):
        compile_schemas(with_payload(member=member))


def test_marks_say_what_a_member_holds() -> None:
    members = NOTICE.members
    assert members["guest_names"].persons
    assert members["guest_names"].age_from == "date_of_birth"
    assert members["injured_names_and_injuries"].persons
    assert members["hazard_facts"].free_text
    assert not members["premises_address"].free_text
    assert members["photos_exits_no_persons"].attachment
    assert members["photos_exits_no_persons"].media_types == {"image/jpeg", "image/png"}
    assert members["premises_address"].category == "PREMISES"
    assert PAYLOADS["STATISTICS"].members["table_district_month_offencegroup"].aggregate


def test_kinds_with_attachments_are_known_as_such() -> None:
    assert NOTICE.carries_attachments
    assert not PAYLOADS["STATISTICS"].carries_attachments


def test_strings_that_the_schema_spells_out_are_no_secrets() -> None:
    schemas = compile_schemas(
        with_payload(
            colour=marked({"enum": ["red", "green", 3]}),
            nested=marked({"type": "object", "properties": {"kind": {"const": "fixed"}}}),
        )
    )
    members = schemas.payloads["NEW"].members
    assert members["colour"].fixed == {"red", "green"}
    assert members["nested"].fixed == {"fixed"}


def test_persons_are_found_wherever_the_schema_has_one() -> None:
    guests = [a_person("Erste"), a_person("Zweite")]
    injured = [{"person": a_person("Dritte"), "injuries": "Rauch"}]

    def names(member: str, value: Any) -> list[str]:
        return [person["family_name"] for person in NOTICE.persons(member, value)]

    assert names("guest_names", guests) == ["Erste", "Zweite"]
    assert names("injured_names_and_injuries", injured) == ["Dritte"]
    assert names("licensee_name", a_person("Vierte")) == ["Vierte"]
    assert names("premises_address", "Am Ufer") == []


# --- faults -------------------------------------------------------------------------


def test_a_valid_payload_has_no_faults() -> None:
    assert NOTICE.faults(an_envelope()["payload"]) == []


@pytest.mark.parametrize("schema", PAYLOADS.values(), ids=list(PAYLOADS))
def test_an_empty_payload_and_an_unknown_member_are_faults_of_every_kind(
    schema: PayloadSchema,
) -> None:
    assert schema.faults({})
    assert [(fault.pointer, fault.what) for fault in schema.faults({CANARY: 1})] == [
        ("/payload", "1 member(s) that the schema does not know")
    ]


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_no_level_of_a_payload_schema_takes_members_that_it_does_not_name(kind: str) -> None:
    """A payload schema has no open keys: a name is a value as long as no schema has it."""

    def objects(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for item in node for found in objects(item)]
        if not isinstance(node, dict):
            return []
        own = [node] if node.get("type") == "object" else []
        return own + [found for value in node.values() for found in objects(value)]

    shared = [doc for path, doc in FILES.items() if path.startswith("payloads/$defs/")]
    for found in objects([FILES[f"payloads/{kind}.json"], shared]):
        assert found["additionalProperties"] is False


def test_a_missing_member_is_named_and_each_fault_has_its_place() -> None:
    faults = NOTICE.faults({"licensee_name": {}, "number_of_sleepers": "viele"})
    assert {(fault.pointer, fault.what) for fault in faults} == {
        ("/payload/licensee_name", "member family_name is missing"),
        ("/payload/number_of_sleepers", '[…] is not of type "integer"'),
    }


@pytest.mark.parametrize(
    ("born", "is_valid"),
    [
        ("2012-02-29", True),
        ("2013-02-29", False),
        ("29.02.2012", False),
        ("2012-02-29T00:00:00Z", False),
        ("", False),
    ],
)
def test_a_date_must_be_one_of_the_calendar(born: str, is_valid: bool) -> None:
    faults = NOTICE.faults({"guest_names": [a_person(date_of_birth=born)]})
    assert (faults == []) is is_valid


def test_a_number_must_be_whole() -> None:
    assert NOTICE.faults({"number_of_sleepers": 1.5})
    assert NOTICE.faults({"number_of_sleepers": True})


names = st.sampled_from(sorted(NOTICE.members)) | st.sampled_from(["person", CANARY, CANARY * 9])
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([CANARY, CANARY * 500, f"2026-{CANARY}", f"{CANARY}@example.de"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["family_name", "given_names", "media_type", "content", CANARY]), inner
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(names, anything, max_size=6))
def test_no_fault_repeats_a_value_or_a_name_that_the_schema_does_not_know(payload: Any) -> None:
    for fault in NOTICE.faults(payload):
        assert CANARY not in fault.pointer + fault.what


@given(st.dictionaries(st.sampled_from([*an_envelope(), CANARY]), anything, min_size=1, max_size=6))
def test_nor_does_a_fault_of_the_envelope(changes: Any) -> None:
    envelope = {**an_envelope(), **changes}
    for fault in faults_of(the_policies().schemas.envelope, envelope, ""):
        assert CANARY not in fault.pointer + fault.what


@given(anything)
def test_nor_one_below_a_name_of_the_senders_own(value: Any) -> None:
    envelope = an_envelope(field_facts={CANARY: value, "licensee_name": value})
    for fault in faults_of(the_policies().schemas.envelope, envelope, ""):
        assert CANARY not in fault.pointer + fault.what


def test_of_very_many_faults_only_the_first_is_told() -> None:
    """Each costs time and room in the answer; half a megabyte of them took seconds."""
    begun = time.monotonic()
    faults = NOTICE.faults({"guest_names": [1] * 300_000})
    assert len(faults) == 1
    assert time.monotonic() - begun < 2


def test_a_large_payload_that_is_valid_has_no_faults() -> None:
    cells = [{"keys": [str(number)], "count": 9} for number in range(9_000)]
    table = {"dimensions": ["number"], "cells": cells}
    payload = {"table_district_month_offencegroup": table}
    assert len(json.dumps(payload)) > 200_000
    assert PAYLOADS["STATISTICS"].faults(payload) == []


def test_a_pattern_runs_in_linear_time() -> None:
    validator = compile_schema({"type": "string", "pattern": "^(a+)+$"}, {})
    begun = time.monotonic()
    assert not validator.is_valid("a" * 40_000 + "b")
    assert time.monotonic() - begun < 2
