"""Values are taken by every schema, are of the age that was asked for, and are the same again."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import pytest

from gateway.synthetic.values import Inventor
from tests.builders import the_policies

TODAY = date(2026, 11, 24)
FILES = the_policies().policy_set.schemas
SHARED = {it["$id"]: it for it in FILES.values() if "$id" in it}
PERSON = {"$ref": "urn:datenschleuse:payload:person:1"}
TABLE = {"$ref": "urn:datenschleuse:payload:aggregate:1"}


def an_inventor(seed: int = 1) -> Inventor:
    return Inventor(SHARED, Random(seed), TODAY)


@pytest.mark.parametrize("kind", sorted(the_policies().schemas.payloads))
def test_a_payload_of_every_member_has_no_fault(kind: str) -> None:
    inventor, schema = an_inventor(), the_policies().schemas.payloads[kind]
    parts: Mapping[str, Any] = FILES[f"payloads/{kind}.json"]["properties"]
    for _ in range(20):
        payload = {name: inventor.value(part, ages=(40, 9)) for name, part in parts.items()}
        assert schema.faults(payload) == []


@pytest.mark.parametrize("age", [0, 3, 13, 14, 17, 18, 80])
@pytest.mark.parametrize("seed", range(12))
def test_a_person_is_of_the_age_that_was_asked_for(age: int, seed: int) -> None:
    born = date.fromisoformat(an_inventor(seed).value(PERSON, ages=(age,))["date_of_birth"])
    before_birthday = (TODAY.month, TODAY.day) < (born.month, born.day)
    assert TODAY.year - born.year - before_birthday == age


def test_a_list_has_an_item_for_each_age_as_far_as_it_may() -> None:
    inventor = an_inventor()
    assert len(inventor.value({"type": "array", "items": PERSON}, ages=range(30, 41))) == 11
    few = {"type": "array", "items": PERSON, "maxItems": 3}
    assert len(inventor.value(few, ages=range(30, 41))) == 3


def test_the_fields_of_a_table_count_what_was_asked_for() -> None:
    cells = an_inventor().value(TABLE, cell=4)["cells"]
    assert {cell["count"] for cell in cells} == {4}


def test_the_same_dice_give_the_same_values_and_others_give_others() -> None:
    assert an_inventor(1).value(PERSON) == an_inventor(1).value(PERSON)
    assert an_inventor(1).value(PERSON) != an_inventor(2).value(PERSON)
