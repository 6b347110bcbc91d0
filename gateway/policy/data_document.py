"""The data document that rules see, merged from `data.json` files by folder, as OPA does."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from gateway.policy.findings import Finding
from gateway.policy.strict_json import load_json

Json = Any

_MARKS_OF_A_MEMBER = ("category", "secrecy", "origin")


def load_documents(
    files: Iterable[tuple[str, bytes]],
) -> tuple[dict[str, Json], list[Finding]]:
    """Parse each JSON file; return the documents by path, and a finding for each that is not."""
    documents: dict[str, Json] = {}
    findings = []
    for path, data in files:
        try:
            documents[path] = load_json(data)
        except ValueError as error:
            findings.append(
                Finding(
                    path,
                    getattr(error, "lineno", 0),
                    f"Die Datei ist kein JSON, wie es hier stehen darf: {error}",
                    "Not JSON as it may stand here: integers only, no member twice.",
                )
            )
    return documents, findings


def merge_data(documents: Mapping[str, Json]) -> tuple[dict[str, Json], list[Finding]]:
    """Put each document of `policies/a/b/data.json` at `data.a.b`; what meets there is merged."""
    merged: dict[str, Json] = {}
    findings = []
    for path, document in documents.items():
        value = document
        for folder in reversed(PurePosixPath(path).parent.parts[1:]):
            value = {folder: value}
        if not isinstance(value, dict):
            findings.append(
                Finding(path, 0, "Hier muss ein Objekt stehen.", "An object must stand here.")
            )
            continue
        where = _merge(merged, value)
        if where:
            findings.append(
                Finding(
                    path,
                    0,
                    f"`data.{where}` steht schon in einer anderen Datei; behalten Sie eine.",
                    f"`data.{where}` stands in another file already; keep one.",
                )
            )
    return merged, findings


def members_of(schemas: Mapping[str, Json]) -> tuple[dict[str, Json], list[Finding]]:
    """Make `data.members` from the marks `x-datenschleuse` of the payload schemas, by kind."""
    members: dict[str, Json] = {}
    findings = []
    for path, schema in schemas.items():
        pure = PurePosixPath(path)
        if pure.parent != PurePosixPath("schemas/payloads"):
            continue
        kind = members.setdefault(pure.stem, {})
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        for name, member in (properties or {}).items():
            mark = member.get("x-datenschleuse") if isinstance(member, Mapping) else None
            if not isinstance(mark, Mapping) or not isinstance(mark.get("category"), str):
                findings.append(
                    Finding(
                        path,
                        0,
                        f"Dem Feld `{name}` fehlt `x-datenschleuse` mit `category`.",
                        f"The member `{name}` lacks `x-datenschleuse` with `category`.",
                    )
                )
                continue
            kind[name] = {key: mark[key] for key in _MARKS_OF_A_MEMBER if key in mark}
            kind[name]["role_needed"] = mark.get("role_needed") is True
            if mark.get("impersonal") is True:
                kind[name]["impersonal"] = True
    return members, findings


def _merge(into: dict[str, Json], value: Mapping[str, Json]) -> str:
    """Merge *value* deeply; return the dotted path of the first conflict, or ""."""
    for key, new in value.items():
        old = into.get(key)
        if key not in into:
            into[key] = _copied(new)
        elif isinstance(old, dict) and isinstance(new, Mapping):
            where = _merge(old, new)
            if where:
                return f"{key}.{where}"
        else:
            return key
    return ""


def _copied(value: Json) -> Json:
    return {k: _copied(v) for k, v in value.items()} if isinstance(value, Mapping) else value
