"""A request as a partner would submit it, made from an input that the rules permit."""

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.kinds.smallest import Smallest

Json = Any
Table = Mapping[str, Mapping[str, Json]]

_EPOCH = date(1970, 1, 1).toordinal()
_TEXT = "Beispiel"
_FORMATS = {"date": "2026-01-15", "date-time": "2026-01-15T10:00:00Z"}
_BEGINNINGS = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42",
}


def request_of(smallest: Smallest, schemas: Mapping[str, Json], cell: int) -> dict[str, Json]:
    """Return the request whose policy input is *smallest*, with invented values.

    *schemas* are those of `schemas/` by their path; *cell* is what each field of a table counts.
    """
    given, facts = smallest.given, schemas["facts.json"]
    kind = given["exchange_kind"]
    members = schemas[f"payloads/{kind}.json"]["properties"]
    shared = {it["$id"]: it for it in schemas.values() if isinstance(it, Mapping) and "$id" in it}
    stated = _stated(given["facts"], facts["facts"])
    said = {name: _stated(it, facts["field_facts"]) for name, it in given["members"].items()}
    request = {
        "recipient": given["recipient_kind"].lower().replace("_", "-"),
        "exchange_kind": kind,
        "purpose": given["purpose"],
        "original_purpose": given["original_purpose"],
        "purpose_text": "Beispiel: wofür genau die empfangende Stelle die Angaben braucht",
        "legal_basis": list(given["legal_basis_claimed"]),
        "justification": "Beispiel: warum sie im Einzelfall erforderlich sind",
        "case_reference": "AZ-BEISPIEL-1",
        "acting_official": "Erika Beispiel",
        "facts": stated,
        "field_facts": {name: words for name, words in said.items() if words},
        "payload": {name: _value(members[name], shared, cell) for name in sorted(said)},
    }
    return {**request, "in_reply_to": given["in_reply_to"]} if smallest.asked else request


def _stated(facts: Mapping[str, Json], table: Table) -> dict[str, Json]:
    """The facts that the sender states, each as the request writes it, and what they refer to."""
    stated = {}
    for name in sorted(facts.keys() & table.keys()):
        row = table[name]
        if row["source"] != "sender":
            continue
        stated[name] = _written(facts[name], row)
        if facts[name] is True and row.get("reference"):
            stated[row["reference"]] = f"{_TEXT}: {table[row['reference']]['label_de']}"
    return stated


def _written(value: Json, row: Mapping[str, Json]) -> Json:
    match row["type"]:
        case "date":
            return date.fromordinal(value + _EPOCH).isoformat()
        case "text":
            return f"{_TEXT}: {row['label_de']}"
    return value


def _value(member: Mapping[str, Json], shared: Table, cell: int) -> Json:
    """The least that a schema takes, of invented values."""
    schema = {**shared.get(member.get("$ref", ""), {}), **member}
    inner = {**shared.get(member.get("$ref", ""), {}).get("properties", {})}
    for name, narrower in member.get("properties", {}).items():
        inner[name] = {**inner.get(name, {}), **narrower}
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            names = schema.get("required") or sorted(inner)[: schema.get("minProperties", 0)]
            value = {name: _value(inner[name], shared, cell) for name in names}
            if "media_type" in value:
                content = _BEGINNINGS[value["media_type"]] + bytes(8)
                value["content"] = base64.b64encode(content).decode()
            return value
        case "array":
            return [_value(schema["items"], shared, cell)] * schema.get("minItems", 1)
        case "boolean":
            return True
        case "integer":
            return max(schema.get("minimum", 0), cell)
    text: str = _FORMATS.get(schema.get("format", ""), _TEXT)
    return text[: schema.get("maxLength", len(text))]
