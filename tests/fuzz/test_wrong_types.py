"""A wrong value at every place of a request is refused there, and is never repeated.

Places and values are generated from the schemas: one value for each place and type.
"""

import json
from typing import Any

import pytest

from gateway.errors import InvalidRequest
from gateway.http.problems import answer_error
from gateway.model.exchange import Moment
from gateway.steps.receive import receive
from gateway.steps.validate import validate
from tests.builders import (
    MAX_BODY,
    NOW,
    PUBLIC_URL,
    TODAY,
    a_caller,
    a_registry,
    an_envelope,
    the_policies,
)
from tests.fuzz.samples import (
    Place,
    a_request,
    at,
    kinds,
    payload_schema,
    places,
    replaced,
    schema_files,
)
from tests.fuzz.wrong import CANARY, wrong_facts, wrong_values

Json = Any
ENVELOPE = schema_files()["exchange_request.json"]
FACTS = schema_files()["facts.json"]["facts"]
MEMBER_FACTS = schema_files()["facts.json"]["field_facts"]
FULL = an_envelope(in_reply_to="ab" * 16, free_text_checked=True)


def check(envelope: Json) -> None:
    """Bring a request through receive and validate, as the gateway does."""
    body = json.dumps(envelope).encode()
    registry = a_registry()
    document = receive(body, Moment(NOW, TODAY), 20 * MAX_BODY, 16)
    validate(
        document, a_caller(registry=registry), registry, the_policies(), len(body), 20 * MAX_BODY
    )


def refused_at(envelope: Json) -> list[str]:
    """Return the pointers of the refusal, whose answer must not repeat anything."""
    with pytest.raises(InvalidRequest) as raised:
        check(envelope)
    answer = answer_error(raised.value, PUBLIC_URL)
    text = bytes(answer.body).decode()
    faults = json.loads(text)["faults"]
    assert answer.status_code == 422
    assert CANARY not in text
    assert "4096000" not in text
    assert all(fault["what"] for fault in faults)
    return [fault["pointer"] for fault in faults]


@pytest.mark.parametrize("kind", kinds())
def test_what_is_made_from_the_schemas_is_valid(kind: str) -> None:
    check(a_request(kind))
    check(FULL)


@pytest.mark.parametrize(
    "place", list(places(ENVELOPE, ())), ids=lambda place: place.pointer or "/"
)
def test_a_wrong_value_in_the_envelope_is_refused_at_its_place(place: Place) -> None:
    for name, wrong in wrong_values(place.schema, at(FULL, place.path)):
        if place.path or isinstance(wrong, dict):
            assert place.pointer in refused_at(replaced(FULL, place.path, wrong)), name


@pytest.mark.parametrize("fact", FACTS)
def test_a_wrong_fact_is_refused_at_its_place(fact: str) -> None:
    for name, wrong in wrong_facts(FACTS[fact]):
        envelope = replaced(FULL, ("facts",), {fact: wrong})
        assert refused_at(envelope) == [f"/facts/{fact}"], name


@pytest.mark.parametrize("fact", MEMBER_FACTS)
def test_a_wrong_fact_of_a_member_is_refused_at_its_place(fact: str) -> None:
    for name, wrong in wrong_facts(MEMBER_FACTS[fact]):
        envelope = replaced(FULL, ("field_facts",), {"licensee_name": {fact: wrong}})
        assert refused_at(envelope) == [f"/field_facts/licensee_name/{fact}"], name


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (("facts", CANARY), "/facts"),
        (("field_facts", "licensee_name", CANARY), "/field_facts/licensee_name"),
        (("field_facts", CANARY), "/field_facts"),
        ((CANARY,), ""),
    ],
)
@pytest.mark.parametrize("value", [CANARY, 7, True, [CANARY], {CANARY: CANARY}], ids=str)
def test_an_unknown_name_is_counted_and_not_repeated(
    path: tuple[str, ...], pointer: str, value: Json
) -> None:
    assert pointer in refused_at(replaced(FULL, path, value))


@pytest.mark.parametrize("name", [f"{CANARY}/~1/a", f"../{CANARY}", CANARY * 9, "", "0", "_sd"])
def test_names_that_look_like_something_are_names_all_the_same(name: str) -> None:
    for path in ((name,), ("facts", name), ("field_facts", name), ("payload", name)):
        assert refused_at(replaced(FULL, path, {"x": 1}))


PAYLOAD_PLACES = [
    pytest.param(kind, place, id=f"{kind}{place.pointer}")
    for kind in kinds()
    for place in places(payload_schema(kind), ("payload",))
]


@pytest.mark.parametrize(("kind", "place"), PAYLOAD_PLACES)
def test_a_wrong_value_in_the_payload_is_refused_at_its_place(kind: str, place: Place) -> None:
    good = a_request(kind)
    for name, wrong in wrong_values(place.schema, at(good, place.path)):
        pointers = refused_at(replaced(good, place.path, wrong))
        below = [pointer for pointer in pointers if pointer.startswith(place.pointer)]
        assert below == pointers, name
        assert place.pointer in pointers or name in {"too many", "none"}, name
