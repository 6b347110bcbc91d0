"""The OpenAPI document is complete, says the truth, and is the one that is checked in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from gateway.http import problems
from gateway.http.openapi import openapi_document
from tests.builders import NOW, the_policies
from tests.gateways import MemoryGateway
from tests.http.edge import Edge
from tests.http.wire import connected

Json = Any
FILE = Path("schemas/openapi.json")
DOCUMENT: dict[str, Json] = json.loads(FILE.read_text("utf-8"))
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]


def check(name: str, value: Json) -> None:
    """Check a value against a component of the document."""
    registry = jsonschema_rs.Registry([("urn:openapi", DOCUMENT)])
    schema = {"$ref": f"urn:openapi#/components/schemas/{name}"}
    jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, registry=registry
    ).validate(value)


def nodes(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_what_is_checked_in_is_what_is_served(edge: Edge) -> None:
    """To write it anew: `datenschleuse openapi > schemas/openapi.json`."""
    with connected(edge) as connection:
        reply = connection.request("GET", "/openapi.json")

    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == DOCUMENT


def test_a_route_that_is_not_described_is_not_forgotten() -> None:
    app = FastAPI()

    @app.get("/v1/new")
    async def new() -> None: ...

    with pytest.raises(KeyError, match="/v1/new"):
        openapi_document(app, the_policies())


def test_whatever_is_referred_to_is_there() -> None:
    references = {node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node}

    assert references
    for reference in references:
        found: Json = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_nothing_in_it_is_ours_alone() -> None:
    text = FILE.read_text("utf-8")

    assert "urn:datenschleuse" not in text
    assert "x-datenschleuse" not in text


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_each_schema_is_one(name: str) -> None:
    jsonschema_rs.meta.validate(DOCUMENT["components"]["schemas"][name])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_call_says_what_it_is_and_all_that_it_answers(operation: dict[str, Json]) -> None:
    assert operation["summary"]
    assert operation["operationId"]
    assert {"400", "408", "429", "431", "503"} <= operation["responses"].keys()
    for response in operation["responses"].values():
        assert response["description"]
        assert response["content"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_changes_something_is_signed(operation: dict[str, Json]) -> None:
    named = {parameter["name"] for parameter in operation.get("parameters", [])}
    signed = {"Idempotency-Key", "Content-Digest", "Signature-Input", "Signature"}

    assert ("requestBody" in operation) == bool(named & signed) == (signed <= named)


@pytest.mark.parametrize("problem", problems.ALL, ids=lambda problem: problem.slug)
def test_each_type_of_problem_stands_somewhere(problem: problems.Problem) -> None:
    """But those that belong to no call: another method, an error of our own."""
    described = {
        slug
        for item in nodes(DOCUMENT["paths"])
        for slug in item.get("examples", {})
        if isinstance(item.get("examples"), dict)
    } | {"exchange-denied"}

    assert (problem.slug in described) == (problem not in {problems.METHOD, problems.INTERNAL})


def test_every_example_has_the_form_that_it_is_an_example_of() -> None:
    checked = 0
    for item in nodes(DOCUMENT["paths"]):
        schema = item.get("schema", {}).get("$ref", "").rpartition("/")[2]
        given = [item["example"]] if "example" in item else []
        given += [each["value"] for each in item.get("examples", {}).values()]
        for value in given:
            check(schema, value)
            checked += 1

    assert checked > 20


async def test_the_example_of_an_exchange_is_taken_and_answered_in_the_form_described(
    memory_gateway: MemoryGateway,
) -> None:
    content = DOCUMENT["paths"]["/v1/exchanges"]["post"]["requestBody"]["content"]
    example = {**content["application/json"]["example"], "recipient": "ordnungsamt"}

    answer = await memory_gateway.submit(example, at=NOW)

    assert answer.status == 201
    check("Decision", answer.body)


def test_a_schema_refuses_what_the_gateway_refuses() -> None:
    """The kind selects the payload; an unknown kind may come with anything."""
    content = DOCUMENT["paths"]["/v1/exchanges"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    check("ExchangeRequest", example)
    check("ExchangeRequest", {**example, "exchange_kind": "NEW_KIND", "payload": {"x": 1}})
    for wrong in (
        {"payload": {"x": 1}},
        {"payload": {}},
        {"facts": {"x": 1}},
        {"facts": {"cell_min": 1}},
        {"recipient": "Ordnungsamt"},
        {"unknown": 1},
    ):
        with pytest.raises(jsonschema_rs.ValidationError):
            check("ExchangeRequest", {**example, **wrong})
