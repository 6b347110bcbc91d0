"""Writes a scene as an agency would send it: an exchange, and the request that it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from gateway.groups import item_name
from gateway.policies import Policies
from gateway.schemas import MemberMarks
from gateway.synthetic.scene import Scene
from gateway.synthetic.units import DemoUnit
from gateway.synthetic.values import Inventor

Json = Any
_REVIEW_DAYS = 180
_CELL = 100
_AGE = "data_subject_age"
_PURPOSE = "DEMO: die Angaben werden für genau diesen erfundenen Vorgang gebraucht"
_VAGUE = "Zusammenarbeit"
_WHY = "DEMO: erfundener Vorgang, an dem niemand beteiligt ist"
_FILE = "DEMO-{number:06}"
_OFFICIAL = "DEMO-Sachbearbeitung"


@dataclass(frozen=True, slots=True)
class Written:
    """What one unit sends. `asked` is the request for data that another unit made before."""

    sender: DemoUnit
    recipient: DemoUnit
    envelope: dict[str, Json]
    asked: dict[str, Json] | None


class Writer:
    """Writes scenes for one day under one set of schemas."""

    def __init__(self, policies: Policies, units: Sequence[DemoUnit], today: date) -> None:
        files = policies.policy_set.schemas
        self._payloads = {
            kind: files[f"payloads/{kind}.json"]["properties"] for kind in policies.schemas.payloads
        }
        self._marks = {kind: it.members for kind, it in policies.schemas.payloads.items()}
        self._shared = {it["$id"]: it for it in files.values() if "$id" in it}
        self._facts = policies.schemas.facts
        self._member_facts = policies.schemas.member_facts
        self._many = policies.bulk_threshold + 1
        self._units = units
        self._today = today

    def write(self, scene: Scene, number: int, dice: Random) -> Written:
        """Return exchange *number*, which is *scene* with values that the *dice* invent."""
        said, facts = scene.facts, self._stated(scene.facts, "sender")
        if said.get("review_date_set") is not False and "review_date" not in facts:
            facts["review_date"] = self._in_days(_REVIEW_DAYS)
        asked = said.get("request_mode") == "on_request" or self._stated(said, "requester")
        payload, field_facts = self._members(scene, dice)
        case = None if said.get("case_reference") is False else _FILE.format(number=number)
        envelope = {
            "exchange_kind": scene.exchange_kind,
            "purpose": scene.purpose,
            "original_purpose": scene.original_purpose,
            "purpose_text": _VAGUE if said.get("purpose_text_specific") is False else _PURPOSE,
            "legal_basis": list(scene.legal_basis),
            "justification": None if said.get("justification_present") is False else _WHY,
            "case_reference": case,
            "acting_official": None if said.get("actor_id") is False else _OFFICIAL,
            "partnership": scene.partnership,
            "facts": facts,
            "field_facts": field_facts,
            "payload": payload,
            "free_text_checked": True,
        }
        sender = self._unit(scene.sender_kind, {})
        recipient = self._unit(scene.recipient_kind, said)
        if sender is recipient:
            sender = next(it for it in self._units if it.kind == sender.kind and it != recipient)
        return Written(
            sender,
            recipient,
            {"recipient": recipient.id, **envelope},
            self._asking(scene, sender) if asked else None,
        )

    def _asking(self, scene: Scene, holder: DemoUnit) -> dict[str, Json]:
        return {
            "holder": holder.id,
            "exchange_kind": scene.exchange_kind,
            "purpose": scene.purpose or "DANGER_PREVENTION",
            "legal_basis": list(scene.legal_basis),
            "justification": _WHY,
            "facts": self._stated(scene.facts, "requester"),
        }

    def _unit(self, kind: str, said: Mapping[str, Json]) -> DemoUnit:
        """The first unit of a kind that is as the facts have it, or else the first."""
        ours = [it for it in self._units if it.kind == kind]
        return next((it for it in ours if it.is_as(said)), ours[0])

    # --- facts

    def _stated(self, facts: Mapping[str, Json], source: str) -> dict[str, Json]:
        """The facts that come from *source*, each as a request writes it."""
        stated = {}
        for name in sorted(facts.keys() & self._facts.keys()):
            row = self._facts[name]
            if row["source"] != source:
                continue
            stated[name] = self._written(facts[name], row)
            if facts[name] is True and row.get("reference"):
                stated[row["reference"]] = _WHY
        return stated

    def _written(self, value: Json, row: Mapping[str, Json]) -> Json:
        match row["type"]:
            case "date":
                return self._in_days(value)
            case "text":
                return _WHY
        return value

    def _in_days(self, days: int) -> str:
        return (self._today + timedelta(days=days)).isoformat()

    # --- members

    def _members(self, scene: Scene, dice: Random) -> tuple[dict[str, Json], dict[str, Json]]:
        """Payload and attributes. What the schema does not know stays out."""
        inventor = Inventor(self._shared, dice, self._today)
        schemas, marks = self._payloads[scene.exchange_kind], self._marks[scene.exchange_kind]
        cell = scene.facts.get("cell_min", _CELL)
        payload: dict[str, Json] = {}
        field_facts: dict[str, Json] = {}
        for name in dict.fromkeys(name for name, _ in scene.members if name in schemas):
            items = [said for member, said in scene.members if member == name]
            ages = [said.get(_AGE, dice.randrange(20, 80)) for said in items]
            if scene.facts.get("is_bulk") is True and _holds(schemas[name], self._many):
                ages, items = ages * self._many, items * self._many
            smallest = min(said.get("cell_min", cell) for said in items)
            payload[name] = inventor.value(schemas[name], ages=ages, cell=smallest)
            if marks[name].aggregate and "dimensions" in scene.facts:
                payload[name]["dimensions"] = list(scene.facts["dimensions"])
            field_facts |= self._said(name, items, marks[name])
            _follow_age(payload, schemas, marks[name], items, inventor)
        return payload, field_facts

    def _said(
        self, name: str, items: Sequence[Mapping[str, Json]], marks: MemberMarks
    ) -> dict[str, Json]:
        """What is said of a member, or of each item where they differ."""
        each = [
            {
                fact: self._written(value, self._member_facts[fact])
                for fact, value in said.items()
                if self._member_facts[fact]["source"] == "sender"
                and (fact, value) != ("category", marks.category)
            }
            for said in items
        ]
        if all(said == each[0] for said in each):
            return {name: each[0]} if each[0] else {}
        return {item_name(name, place): said for place, said in enumerate(each) if said}


def _holds(schema: Mapping[str, Json], many: int) -> bool:
    """Say whether a member is a list that takes so many items."""
    return schema.get("type") == "array" and schema.get("maxItems", many) >= many


def _follow_age(
    payload: dict[str, Json],
    schemas: Mapping[str, Json],
    marks: MemberMarks,
    items: Sequence[Mapping[str, Json]],
    inventor: Inventor,
) -> None:
    """Write the age of a member's person where its schema says that it stands: in another one."""
    source = (marks.age_from or "").removeprefix("/")
    stated = [said[_AGE] for said in items if _AGE in said]
    if stated and source in schemas and (marks.age_from or "").startswith("/"):
        payload[source] = inventor.value(schemas[source], ages=stated[:1])
