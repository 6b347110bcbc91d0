"""Valid requests made from the schemas, and every place in them.

A place is a path into the request with the schema that rules there.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.builders import an_envelope, the_policies

Json = Any
Path = tuple[str | int, ...]

BYTES = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-1.7",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42",
}
_FORMATS = {"date": "1979-03-02", "date-time": "2026-11-18T12:00:00Z"}


@dataclass(frozen=True)
class Place:
    path: Path
    schema: Mapping[str, Json]

    @property
    def pointer(self) -> str:
        return "".join(f"/{step}" for step in self.path)


@cache
def schema_files() -> Mapping[str, Mapping[str, Json]]:
    return the_policies().policy_set.schemas


def kinds() -> list[str]:
    return sorted(the_policies().schemas.payloads)


def payload_schema(kind: str) -> Mapping[str, Json]:
    return schema_files()[f"payloads/{kind}.json"]


def resolved(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the schema with what it refers to, and what the member alone narrows of that."""
    if "$ref" not in schema:
        return schema
    shared = next(
        document for document in schema_files().values() if document.get("$id") == schema["$ref"]
    )
    properties = dict(shared["properties"])
    for name, stricter in schema.get("properties", {}).items():
        properties[name] = {**properties.get(name, {}), **stricter}
    if "propertyNames" in schema:
        allowed = schema["propertyNames"]["enum"]
        properties = {name: inner for name, inner in properties.items() if name in allowed}
    return {**shared, "properties": properties}


def a_value(schema: Mapping[str, Json]) -> Json:
    """Return a value that the schema takes, with everything in it that may be there."""
    known = resolved(schema)
    if "enum" in known:
        return known["enum"][0]
    match known["type"]:
        case "object":
            value = {name: a_value(inner) for name, inner in known["properties"].items()}
            if "media_type" in value:
                value["content"] = base64.b64encode(
                    BYTES[value["media_type"]] + b"\x00" * 9
                ).decode()
            return value
        case "array":
            return [a_value(known["items"])]
        case "boolean":
            return True
        case "integer":
            return max(known.get("minimum", 0), 7)
        case "string":
            return _FORMATS.get(known.get("format", ""), "Text")
    raise AssertionError(f"no value for {known['type']}")


def a_request(kind: str, **changes: Json) -> dict[str, Json]:
    """Return a valid request of this kind whose payload has every member."""
    payload = a_value({**payload_schema(kind), "type": "object"})
    bare = {"facts": {}, "field_facts": {}}
    return an_envelope(exchange_kind=kind, payload=payload, **{**bare, **changes})


def places(schema: Mapping[str, Json], path: Path) -> Iterator[Place]:
    """Give the place itself and every place below it."""
    known = resolved(schema)
    yield Place(path, known)
    for name, inner in known.get("properties", {}).items():
        yield from places(inner, (*path, name))
    if "items" in known:
        yield from places(known["items"], (*path, 0))


def replaced(document: Json, path: Path, value: Json) -> Json:
    """Return a copy of the document with another value at the end of the path."""
    if not path:
        return value
    step, *rest = path
    copy = list(document) if isinstance(document, list) else dict(document)
    old = copy[step] if isinstance(copy, list) or step in copy else None
    copy[step] = replaced(old, tuple(rest), value) if rest else value  # type: ignore[index]
    return copy


def at(document: Json, path: Path) -> Json:
    for step in path:
        document = document[step]
    return document
