"""Invents the values of a payload: whatever the schema takes, and nobody is real."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Json = Any
Schema = Mapping[str, Json]
_FAMILY_NAMES = ("Beispiel", "Demonstrand", "Erfunden", "Mustermann", "Niemand", "Platzhalter")
_GIVEN_NAMES = ("Alex", "Bente", "Chris", "Deniz", "Eike", "Finja", "Kim", "Luca", "Mika", "Toni")
_BEGINNINGS = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42",
}
_ADULTS = range(19, 85)
_PARTS = 0.4


@dataclass(frozen=True, slots=True)
class Inventor:
    """Gives values of the payload schemas; the same dice on the same day give the same ones."""

    shared: Mapping[str, Schema]
    dice: Random
    today: date

    def value(self, schema: Schema, *, ages: Sequence[int] = (), cell: int = 100) -> Json:
        """Return a value that *schema* takes: a list with an item for each of *ages*, if any,
        persons of these ages, tables whose fields count *cell*."""
        known = self._resolved(schema)
        if "enum" in known:
            return self.dice.choice(known["enum"])
        match known["type"]:
            case "array":
                return self._items(known, ages, cell)
            case "object":
                return self._object(known, ages, cell)
            case "boolean":
                return self.dice.random() < 0.5
            case "integer":
                return min(cell, known.get("maximum", cell))
        return self._text(known, ages)

    def born(self, age: int) -> str:
        """Return a date of birth that makes somebody *age* years old today."""
        months = 12 * (self.today.year - age) + self.today.month - 2 - self.dice.randrange(10)
        return date(months // 12, months % 12 + 1, 1 + self.dice.randrange(28)).isoformat()

    def _items(self, schema: Schema, ages: Sequence[int], cell: int) -> list[Json]:
        count = max(len(ages) or self.dice.randint(1, 2), schema.get("minItems", 1))
        return [
            self.value(schema["items"], ages=ages[place : place + 1], cell=cell)
            for place in range(min(count, schema.get("maxItems", count)))
        ]

    def _object(self, schema: Schema, ages: Sequence[int], cell: int) -> dict[str, Json]:
        parts = schema["properties"]
        needed = set(schema.get("required", ())) or {min(parts)}
        chosen = [name for name in parts if name in needed or self.dice.random() < _PARTS]
        value = {name: self.value(parts[name], ages=ages, cell=cell) for name in chosen}
        if "date_of_birth" in parts:
            value["date_of_birth"] = self._text(parts["date_of_birth"], ages)
        if "family_name" in value:
            value["family_name"] = f"{self.dice.choice(_FAMILY_NAMES)}-{self._number()}"
        if "given_names" in value:
            value["given_names"] = self.dice.choice(_GIVEN_NAMES)
        if "media_type" in value:
            content = _BEGINNINGS[value["media_type"]] + self.dice.randbytes(24)
            value["content"] = base64.b64encode(content).decode()
        return value

    def _text(self, schema: Schema, ages: Sequence[int]) -> str:
        match schema.get("format"):
            case "date":
                return self.born(ages[0] if ages else self.dice.choice(_ADULTS))
            case "date-time":
                day = self.today - timedelta(days=self.dice.randrange(30))
                return f"{day.isoformat()}T{self.dice.randrange(10, 20)}:00:00Z"
        text = f"DEMO {self._number()}"
        return text[: schema.get("maxLength", len(text))]

    def _number(self) -> str:
        return f"{self.dice.randrange(10**8):08}"

    def _resolved(self, schema: Schema) -> Schema:
        """The schema with what it refers to, and what the member alone narrows of that."""
        if "$ref" not in schema:
            return schema
        shared = self.shared[schema["$ref"]]
        parts = {
            name: {**part, **schema.get("properties", {}).get(name, {})}
            for name, part in shared["properties"].items()
        }
        allowed = schema.get("propertyNames", {}).get("enum", list(parts))
        return {**shared, "properties": {name: parts[name] for name in parts if name in allowed}}
