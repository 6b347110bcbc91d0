"""Turns the published JSON Schemas into components of the OpenAPI document.

Each schema file becomes a component; each of its definitions that is used becomes one of its
own, named `<Component>.<definition>`. A `$ref` by `urn:` becomes one inside the document, so
that no reader has anything to fetch.
"""

from collections.abc import Mapping
from typing import Any

Json = Any
Files = Mapping[str, Mapping[str, Json]]
"""Schema documents by their path below `schemas/`."""

_PREFIX = "#/components/schemas/"
_OURS = frozenset({"$schema", "$id", "$defs", "x-datenschleuse"})
_NAMES = {
    "urn:datenschleuse:exchange-request:1": "ExchangeEnvelope",
    "urn:datenschleuse:data-request:1": "DataRequest",
    "urn:datenschleuse:problem:1": "Problem",
    "urn:datenschleuse:receipt:1": "Receipt",
    "urn:datenschleuse:record:1": "Record",
    "urn:datenschleuse:decision:1": "DecisionDocument",
    "urn:datenschleuse:answers:1": "",
    "urn:datenschleuse:payload:person:1": "Person",
    "urn:datenschleuse:payload:attachment:1": "Attachment",
    "urn:datenschleuse:payload:aggregate:1": "Aggregate",
}
_FACTS: Mapping[str, Json] = {
    "bool": {"type": "boolean"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "text": {"type": "string", "maxLength": 4000},
    "string": {"type": "string", "maxLength": 4000},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {
        "type": "object",
        "maxProperties": 20,
        "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
    },
}


class Components:
    """Collects what is referred to, and what that refers to."""

    def __init__(self, files: Files) -> None:
        self._by_id = {str(each["$id"]): each for each in files.values() if "$id" in each}
        self.schemas: dict[str, Json] = {}

    def ref(self, uri: str) -> dict[str, str]:
        """Return a reference to the schema or definition that *uri* names, and collect it."""
        document, _, pointer = uri.partition("#")
        schema: Json = self._by_id[document]
        steps = [step for step in pointer.split("/") if step and step != "$defs"]
        name = ".".join(part for part in (_name_of(document), *steps) if part)
        if name not in self.schemas:
            for step in pointer.split("/")[1:]:
                schema = schema[step]
            self.schemas[name] = {}  # it may refer to itself
            self.schemas[name] = self._inside(schema, document)
        return {"$ref": _PREFIX + name}

    def add(self, name: str, schema: Json) -> dict[str, str]:
        """Add a schema of the document's own."""
        self.schemas[name] = schema
        return {"$ref": _PREFIX + name}

    def _inside(self, schema: Json, document: str) -> Json:
        if isinstance(schema, list):
            return [self._inside(item, document) for item in schema]
        if not isinstance(schema, Mapping):
            return schema
        inner = {
            key: self._inside(value, document)
            for key, value in schema.items()
            if key not in _OURS and key != "$ref"
        }
        mark = schema.get("x-datenschleuse")
        if isinstance(mark, Mapping) and "label_de" in mark:
            inner.setdefault("description", mark["label_de"])
        if isinstance(schema.get("$ref"), str):
            target: str = schema["$ref"]
            inner |= self.ref(document + target if target.startswith("#") else target)
        return inner


def exchange_request(components: Components, files: Files, kinds: list[str]) -> dict[str, str]:
    """Add the envelope with its facts, and what each kind has as its payload.

    A kind that no schema describes is no mistake of form: it is decided, and denied.
    """
    envelope = components.ref("urn:datenschleuse:exchange-request:1")
    properties = components.schemas["ExchangeEnvelope"]["properties"]
    facts = files["facts.json"]
    properties["facts"] = components.add("Facts", _facts(facts["facts"]))
    member = components.add("MemberFacts", _facts(facts["field_facts"]))
    properties["field_facts"] = {**properties["field_facts"], "additionalProperties": member}
    known = [
        {
            "title": kind,
            "properties": {
                "exchange_kind": {"const": kind},
                "payload": components.ref(f"urn:datenschleuse:payload:{kind}:1"),
            },
        }
        for kind in kinds
    ]
    other = {
        "title": "another kind, which is denied",
        "properties": {"exchange_kind": {"not": {"enum": kinds}}},
    }
    return components.add("ExchangeRequest", {"allOf": [envelope], "anyOf": [*known, other]})


def _facts(rows: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    """Return the schema of facts that a sender may state."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {
                "description": row.get("label_de", name),
                "anyOf": [
                    {"enum": row["values"]} if row["type"] == "enum" else _FACTS[row["type"]],
                    {"type": "null"},
                ],
            }
            for name, row in rows.items()
            if row["source"] == "sender"
        },
    }


def _name_of(document: str) -> str:
    if document in _NAMES:
        return _NAMES[document]
    return document.rsplit(":", 2)[-2]  # a payload has the name of its kind
