"""Wrong values for a place: of every other type, and of its own type beyond its bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Any
CANARY = "KaNaRiE"

OF_TYPE: Mapping[str, Json] = {
    "null": None,
    "boolean": True,
    "integer": 40_960_001,
    "string": CANARY,
    "array": [CANARY],
    "object": {CANARY: CANARY},
}
FACT_TYPES: Mapping[str, frozenset[str]] = {
    "bool": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "enum": frozenset(),
    "date": frozenset(),
    "text": frozenset({"string"}),
    "string": frozenset({"string"}),
    "object": frozenset({"object"}),
    "list": frozenset({"array"}),
}


def wrong_values(schema: Mapping[str, Json], value: Json) -> Iterator[tuple[str, Json]]:
    """Give what the schema must refuse in place of the good *value*, each with a name."""
    own = {schema["type"]} if isinstance(schema.get("type"), str) else set(schema.get("type", ()))
    for name, wrong in OF_TYPE.items():
        if name not in own:
            yield name, wrong
    if "enum" in schema or "format" in schema or "pattern" in schema:
        yield "another text", f"{CANARY}?"
    if "maxLength" in schema:
        yield "too long", CANARY + "x" * schema["maxLength"]
    if schema.get("minLength"):
        yield "too short", ""
    if "minimum" in schema:
        yield "too small", schema["minimum"] - 1
    if "maximum" in schema:
        yield "too large", schema["maximum"] + 1
    if "maxItems" in schema:
        yield "too many", [*([value[0]] * schema["maxItems"] if value else []), CANARY]
    if schema.get("minItems"):
        yield "none", []
    if schema.get("uniqueItems") and value:
        yield "twice", [value[0], value[0]]
    if schema.get("additionalProperties") is False:
        yield "an unknown member", {**value, CANARY: CANARY}
    if schema.get("minProperties"):
        yield "nothing", {}
    for name in schema.get("required", ()):
        yield f"without {name}", {key: inner for key, inner in value.items() if key != name}


def wrong_facts(row: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Give what a fact of this row must refuse. Nothing at all counts as absent."""
    kind = row["type"] if row["source"] == "sender" else "of another source"
    allowed = FACT_TYPES.get(kind, frozenset())
    for name, wrong in OF_TYPE.items():
        if name != "null" and name not in allowed:
            yield name, wrong
    if kind in {"text", "string"}:
        yield "too long", CANARY * 1000
    if kind == "object":
        yield "nested", {CANARY: {CANARY: CANARY}}
        yield "with a list", {CANARY: [CANARY]}
        yield "too large", {f"{CANARY}{n}": n for n in range(1000)}
        yield "with a name that is reserved", {"_sd": CANARY}
    if kind == "date":
        yield "no day", "2026-02-30"
        yield "another form", "18.11.2026"
        yield "a week", "2026-W47-3"
