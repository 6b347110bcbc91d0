"""Requests from one random source: valid, nearly valid, and not even JSON.

Whatever a canary marks belongs to the sender alone: no answer and no log may repeat it.
"""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.builders import an_envelope
from tests.fuzz.samples import a_request, kinds, schema_files

Json = Any
CANARY = "KaNaRiE"  # neither an id nor a kind: those are answered as they were sent
ODD_TEXTS = (
    "",
    " ",
    "\t\n",
    "null",
    "0",
    "-1",
    "1e9",
    "true",
    "\u202eKaNaRiE\u202c",
    "e\u0301\u0301\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ufeff",
    "\u2028",
    "\x7f\x1b[31m",
    "'; DROP TABLE entry; --",
    "<script>KaNaRiE</script>",
    "{{KaNaRiE}} ${KaNaRiE} %s%n {0}",
    "../../../../etc/KaNaRiE",
    "__proto__",
    "_sd",
    "...",
    "urn:datenschleuse:payload:person:1",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "AAAA",
    "=" * 8,
    CANARY * 3,
)
ODD_NUMBERS = (0, -1, 1, 2**31, -(2**31), 2**53 - 1, 1 - 2**53, 4096)
ODD_TOKENS = (
    b"NaN",
    b"-Infinity",
    b"1.5",
    b"1e5",
    b"-0",
    b"01",
    b"9007199254740992",
    b"1" * 400,
    b'"\\ud800"',
    b'"\\u0000"',
    b'"\\ud83d\\ude00"',
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xff\xfe",
    b"[" * 30,
    b'{"a":' * 30,
    b",",
    b"}",
    b'"',
    b"\\",
    b"/* KaNaRiE */",
)
_LONG = 30_000


class Generator:
    """Gives bodies; the same seed gives the same ones."""

    def __init__(self, seed: int, recipient: str = "ordnungsamt") -> None:
        self.random = random.Random(seed)
        made = [*[an_envelope()] * 4, *(a_request(kind) for kind in kinds())]
        self._known = [{**request, "recipient": recipient} for request in made]
        self._bases = [json.dumps(request).encode() for request in self._known]
        files = schema_files()["facts.json"]
        self._facts = list(files["facts"].items())
        self._member_facts = list(files["field_facts"].items())
        self._names = sorted(
            {name for request in self._known for name in request["payload"]} | {CANARY}
        )

    def body(self) -> bytes:
        """Return the next body: most are JSON with something wrong, some are right."""
        choice = self.random.random()
        if choice < 0.03:
            return self.random.randbytes(self.random.randrange(300))
        request = json.loads(self.random.choice(self._bases))
        self._thin(request)
        if not request["facts"] or self.random.random() < 0.5:
            self._say_facts(request)
        if choice > 0.15:
            for _ in range(self.random.randrange(4)):
                self._mutate(request)
        body = json.dumps(request, ensure_ascii=self.random.random() < 0.5).encode(
            errors="surrogatepass"
        )
        return self._break(body) if choice > 0.75 else body

    # --- what is right --------------------------------------------------------------

    def _thin(self, request: dict[str, Json]) -> None:
        """Leave out some members, and mark the rest as the sender's own."""
        payload = request["payload"]
        for name in list(payload):
            if len(payload) > 1 and self.random.random() < 0.5:
                del payload[name]
                request["field_facts"].pop(name, None)
        self._plant(payload)
        for name in ("in_reply_to", "partnership", "case_reference", "justification"):
            if self.random.random() < 0.3:
                request.pop(name, None)
        if self.random.random() < 0.3:
            request["free_text_checked"] = self.random.random() < 0.5

    def _plant(self, value: Json) -> None:
        """Put canaries into free texts; what has a form of its own is left alone."""
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if inner == "Text" or name == "hazard_facts":
                value[name] = f"{CANARY}-{self.random.randrange(10**6)}"
            elif isinstance(inner, dict | list):
                self._plant(inner)

    def _say_facts(self, request: dict[str, Json]) -> None:
        facts = self.random.sample(self._facts, self.random.randrange(6))
        request["facts"] = {name: self._fact(row) for name, row in facts if self._is_said(row)}
        request["field_facts"] = {
            member: {
                name: self._fact(row)
                for name, row in self.random.sample(self._member_facts, 3)
                if self._is_said(row)
            }
            for member in list(request["payload"])
            if self.random.random() < 0.4
        }

    def _is_said(self, row: Mapping[str, Json]) -> bool:
        return row["source"] == "sender" or self.random.random() < 0.02

    def _fact(self, row: Mapping[str, Json]) -> Json:
        if self.random.random() < 0.03:
            return self._value()
        match row["type"]:
            case "bool":
                return self.random.random() < 0.5
            case "integer":
                return self.random.choice(ODD_NUMBERS)
            case "enum":
                return self.random.choice(row["values"])
            case "date":
                return f"20{self.random.randrange(10, 40)}-0{self.random.randrange(1, 10)}-11"
            case "object":
                return {"reference": f"{CANARY}-1", "by": "judge"}
            case "list":
                return [CANARY]
        return f"{CANARY}-text"

    # --- what is wrong --------------------------------------------------------------

    def _mutate(self, request: dict[str, Json]) -> None:
        holder, key = self._somewhere(request)
        change: Callable[[Json, Json], None] = self.random.choice(
            [self._replace, self._remove, self._rename, self._add, self._nest, self._lengthen]
        )
        change(holder, key)

    def _somewhere(self, value: Json) -> tuple[Json, Json]:
        """Return an object or list, and a name or index in it."""
        while True:
            keys = list(value) if isinstance(value, dict) else list(range(len(value)))
            if not keys:
                return value, None
            key = self.random.choice(keys)
            inner = value[key]
            if not isinstance(inner, dict | list) or not inner or self.random.random() < 0.3:
                return value, key
            value = inner

    def _replace(self, holder: Json, key: Json) -> None:
        if key is not None:
            holder[key] = self._value()

    def _remove(self, holder: Json, key: Json) -> None:
        if key is not None:
            del holder[key]

    def _rename(self, holder: Json, key: Json) -> None:
        if isinstance(holder, dict) and key is not None:
            holder[self._name()] = holder.pop(key)

    def _add(self, holder: Json, _: Json) -> None:
        if isinstance(holder, dict):
            holder[self._name()] = self._value()
        else:
            holder.append(self._value())

    def _nest(self, holder: Json, key: Json) -> None:
        if key is None:
            return
        for _ in range(self.random.choice([1, 5, 20, 200])):
            holder[key] = [holder[key]] if self.random.random() < 0.5 else {CANARY: holder[key]}

    def _lengthen(self, holder: Json, key: Json) -> None:
        if key is None:
            return
        times = self.random.choice([2, 50, 300])
        if isinstance(holder[key], list):
            holder[key] = holder[key] * times
        else:
            holder[key] = (CANARY * times * 100)[:_LONG]

    def _value(self) -> Json:
        match self.random.randrange(9):
            case 0:
                return None
            case 1:
                return self.random.random() < 0.5
            case 2:
                return self.random.choice(ODD_NUMBERS)
            case 3:
                return []
            case 4:
                return {}
            case 5:
                return [CANARY, 1, None]
            case 6:
                return {self._name(): CANARY}
        return self.random.choice(ODD_TEXTS)

    def _name(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(self._names)
        return self.random.choice(ODD_TEXTS) + CANARY

    # --- what is no JSON ------------------------------------------------------------

    def _break(self, body: bytes) -> bytes:
        place = self.random.randrange(len(body) + 1)
        match self.random.randrange(6):
            case 0:
                return body[:place]
            case 1:
                return body[:place] + self.random.choice(ODD_TOKENS) + body[place:]
            case 2:
                return body[:place] + self.random.choice(ODD_TOKENS) + body[place + 3 :]
            case 3:
                end = self.random.randrange(place, len(body) + 1)
                return body[:end] + body[place:]
            case 4:
                return body[:place] + self.random.randbytes(2) + body[place + 1 :]
        return body.replace(b"Text", self.random.choice(ODD_TOKENS), 1)
