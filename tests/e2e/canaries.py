"""Unique strings to plant, payloads full of them, and a search for them in any clothing."""

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.policy.loading import load_policy_set

Json = Any
_MAGIC = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42",
}
_ATTACHMENT = "urn:datenschleuse:payload:attachment:1"
_FIRST = {0: 0, 1: 2, 2: 3}
"""How many characters of base64 depend on what stands before, by the place modulo three."""


@dataclass
class Canaries:
    """What was planted: where -> the core by which it is known.

    All cores of one run begin alike, so that one search tells that none of them is there.
    """

    planted: dict[str, str] = field(default_factory=dict)
    beginning: str = field(default_factory=lambda: secrets.token_hex(8))

    def text(self, where: str) -> str:
        """Return a new string for *where*, with letters that JSON may escape."""
        return f"Kä {self.core(where)} ß"

    def core(self, where: str) -> str:
        core = f"{self.beginning}{len(self.planted):04x}{secrets.token_hex(4)}"
        self.planted[f"{where} ({len(self.planted)})"] = core
        return core

    def found_in(self, data: bytes) -> list[str]:
        """Return where each canary was planted that stands in *data*."""
        if not _is_in(self.beginning, data):
            return []
        return [where for where, core in self.planted.items() if _is_in(core, data)]


def _is_in(core: str, data: bytes) -> bool:
    return core.encode() in data.lower() or any(form in data for form in forms(core))


def forms(core: str) -> list[bytes]:
    """Return what *core* looks like raw, in UTF-16, in hex, in base64, and in base64 of that."""
    raw = core.encode()
    once = [raw, *base64_forms(raw)]
    return [
        *once,
        *(again for form in once[1:] for again in base64_forms(form)),
        core.encode("utf-16-le"),
        core.encode("utf-16-be"),
        raw.hex().encode(),
        "".join(f"\\u{ord(letter):04x}" for letter in core).encode(),
    ]


def base64_forms(data: bytes) -> list[bytes]:
    """Return base64 and base64url of *data* at each of the three places it may begin at."""
    found = []
    for place, first in _FIRST.items():
        text = base64.b64encode(b"\0" * place + data)[first : (place + len(data)) * 8 // 6]
        found += {text, text.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


class Payloads:
    """Makes, for each kind, a payload with every member of its schema, full of canaries."""

    def __init__(self, rules: Path, canaries: Canaries) -> None:
        documents = load_policy_set(rules / "policies", rules / "schemas").schemas
        self._kinds = {
            path.removeprefix("payloads/").removesuffix(".json"): document
            for path, document in documents.items()
            if path.startswith("payloads/") and path.count("/") == 1
        }
        self._shared = {
            document["$id"]: document
            for path, document in documents.items()
            if path.startswith("payloads/$defs/")
        }
        self._canaries = canaries

    def kinds(self) -> Iterable[str]:
        return self._kinds

    def full(self, kind: str) -> dict[str, Json]:
        members: Mapping[str, Json] = self._kinds[kind]["properties"]
        return {name: self._value(schema, f"{kind}.{name}") for name, schema in members.items()}

    def roles(self, kind: str) -> dict[str, Json]:
        """Return the facts that members about a person need, so that they can be released."""
        return {
            name: {"data_subject_role": "responsible_person"}
            for name, schema in self._kinds[kind]["properties"].items()
            if schema["x-datenschleuse"].get("role_needed")
        }

    def _value(self, schema: Mapping[str, Json], where: str) -> Json:
        reference = schema.get("$ref")
        if reference == _ATTACHMENT:
            return self._attachment(where, schema)
        if reference is not None:
            value = self._value(self._shared[reference], where)
            allowed = schema.get("propertyNames", {}).get("enum", value)
            return {name: part for name, part in value.items() if name in allowed}
        match schema["type"]:
            case "object":
                inner = schema["properties"].items()
                return {name: self._value(part, f"{where}.{name}") for name, part in inner}
            case "array":
                return [self._value(schema["items"], where)]
            case "integer":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        if "enum" in schema:
            return schema["enum"][0]
        if "format" in schema:
            return {"date": "1961-08-13", "date-time": "2026-10-03T03:07:11+02:00"}[
                schema["format"]
            ]
        return self._canaries.text(where)[: schema.get("maxLength")]

    def _attachment(self, where: str, schema: Mapping[str, Json]) -> Json:
        media_type: str = schema["properties"]["media_type"]["enum"][0]
        content = _MAGIC[media_type] + self._canaries.text(where).encode()
        return {"media_type": media_type, "content": base64.b64encode(content).decode()}
