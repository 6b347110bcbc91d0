"""Seeded random policy inputs: half of them one change or few away from what is permitted."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.policy.policy_set import PolicySet

Json = Any

_WRONG = (None, "", "?", 0, -1, 7, 3.5, True, False, [], ["a"], {}, {"a": 1})
_DAY = 20_779
_GOOD_FACTS: dict[str, Json] = {
    "is_bulk": False,
    "is_periodic": False,
    "protected_interest_contra": False,
    "justification_present": True,
    "purpose_text_specific": True,
    "review_date_set": True,
    "benefit_risk": False,
}


# With these the conditions of the legal bases are met, and little else stands in the way.
_FAVOURABLE_FACTS: dict[str, Json] = {
    **_GOOD_FACTS,
    "recipient_task_competence": True,
    "danger_facts": True,
    "weighty_indications": True,
    "prosecutor_decision": True,
    "immediate_action": True,
    "guardians_cooperate": False,
    "judicial_order": True,
    "special_provision": True,
    "talks_with_guardians_failed": True,
    "prior_notice": True,
    "request_age_days": 3,
    "head_decision": True,
    "obtainable_elsewhere": False,
    "strictly_necessary_reason": True,
    "art9_exception": True,
    "recipient_could_use_same_measure": True,
    "recipient_keeps_marking": True,
    "human_approval": True,
    "release_authority": True,
    "third_party_collection_reason": "task_endangered_otherwise",
}


def random_inputs(policy_set: PolicySet, seed: int, count: int) -> Iterator[dict[str, Json]]:
    """Give *count* inputs, the same ones for the same tables, schemas and seed."""
    dice = _Dice(policy_set, seed)
    for number in range(count):
        yield dice.anything() if number % 4 == 0 else dice.plausible(favourable=number % 4 > 1)


class _Dice:
    def __init__(self, policy_set: PolicySet, seed: int) -> None:
        self._random = random.Random(seed)
        data, schema = policy_set.data, policy_set.schemas["policy_input.json"]
        self._data = data
        self._facts = schema["properties"]["facts"]["properties"]
        self._attributes = schema["properties"]["members"]["additionalProperties"]["properties"]
        self._kinds = sorted(data["agency_kinds"])
        self._purposes = sorted(data["purposes"]["vocabulary"])
        self._bases = sorted({*data["legal_bases"], *data["norms"]})
        self._doors = sorted(data["collection_bases"])
        self._ruled = sorted(data["necessity"])
        self._exchanges = sorted({*data["routes"], *data["members"]})
        self._controllers = sorted(data["norms"].get("confirmations", {}))

    # --- whole inputs

    def plausible(self, *, favourable: bool) -> dict[str, Json]:
        """A route of a table with bases that fit it and facts that ask for nothing more."""
        kind = self._one(self._ruled) if self._chance(0.9) else self._one(self._exchanges)
        routes = self._data["routes"].get(kind, {})
        sender = self._one(sorted(routes)) if routes else self._one(self._kinds)
        listed = routes.get(sender, {})
        recipient = self._one(sorted(listed)) if listed else self._one(self._kinds)
        if not favourable and self._chance(0.15):
            recipient = self._one(self._kinds)
        if not favourable and self._chance(0.1):
            sender = self._one(self._kinds)
        tasks = listed.get(recipient, {}).get("recipient_purposes", [])
        purpose = self._one(tasks) if tasks and self._chance(0.9) else self._one(self._purposes)
        original = purpose if self._chance(0.6) else self._one(self._purposes)
        fitting = self._fitting(sender, recipient, purpose)
        bases = {self._one(fitting) for _ in range(self._random.randint(1, 3)) if fitting}
        if self._chance(0.3):
            bases.add(self._one(self._bases))
        given = {
            "exchange_kind": kind,
            "sender_kind": sender,
            "recipient_kind": recipient,
            "sender_controller": self._controller(),
            "purpose": purpose,
            "original_purpose": original,
            "legal_basis_claimed": sorted(bases),
            "evaluated_at": 1_795_000_000,
            "evaluated_on": self._day(),
            "facts": self._favourable_facts(purpose) if favourable else self._good_facts(),
            "members": self._likely_members(kind) if favourable else self._members(kind),
        }
        if self._chance(0.8 if favourable else 0.5):
            given["case_file"] = True
        if self._chance(0.5):
            given["in_reply_to"] = "0" * 32
        self._spoil(given)
        return given

    def anything(self) -> dict[str, Json]:
        """Each part for itself, or absent, or of a wrong type."""
        kind = self._one([*self._exchanges, "NO_SUCH_KIND"])
        parts = {
            "exchange_kind": lambda: kind,
            "sender_kind": lambda: self._one([*self._kinds, "NOBODY"]),
            "recipient_kind": lambda: self._one([*self._kinds, "NOBODY"]),
            "sender_controller": self._controller,
            "purpose": lambda: self._one([*self._purposes, "NO_PURPOSE"]),
            "original_purpose": lambda: self._one([*self._purposes, "NO_PURPOSE"]),
            "legal_basis_claimed": lambda: self._some([*self._bases, "FOO-1"], 5),
            "evaluated_at": lambda: 1_795_000_000,
            "evaluated_on": self._day,
            "in_reply_to": lambda: self._one(["0" * 32, "", None, False]),
            "case_file": lambda: self._one([True, True, False, "yes"]),
            "facts": lambda: {
                name: self._value(self._facts[name])
                for name in self._some(sorted(self._facts), len(self._facts))
            },
            "members": lambda: self._members(kind),
        }
        given = {name: make() for name, make in parts.items() if self._chance(0.95)}
        for name in given:
            if self._chance(0.01):
                given[name] = self._one(_WRONG)
        return given

    # --- parts

    def _fitting(self, sender: str, recipient: str, purpose: str) -> list[str]:
        kinds = self._data["agency_kinds"]
        return [
            basis
            for basis, row in sorted(self._data["legal_bases"].items())
            if row["effect"] == "permit"
            and {*row["senders"]} & {*kinds[sender]["groups"]}
            and {*row["recipients"]} & {*kinds[recipient]["groups"]}
            and purpose in row.get("purposes", [purpose])
        ]

    def _good_facts(self) -> dict[str, Json]:
        facts = dict(_GOOD_FACTS)
        facts["request_mode"] = self._one(["spontaneous", "on_request"])
        facts["danger_level"] = self._one(
            ["concrete", "considerable", "present", "present_life_limb_freedom", "none"]
        )
        facts["recipient_collection_basis"] = self._one(self._doors)
        for name in self._some(sorted(self._facts), self._one([4, 10, 40])):
            facts.setdefault(name, self._value(self._facts[name]))
        if self._chance(0.5):
            facts.pop("payload_kind", None)
        if self._chance(0.7):
            facts.pop("endangers_investigation", None)
        if self._chance(0.7):
            facts["recipient_task_competence"] = True
        return facts

    def _favourable_facts(self, purpose: str) -> dict[str, Json]:
        doors = [
            door
            for door, row in sorted(self._data["collection_bases"].items())
            if purpose in row["purposes"]
        ]
        return {
            **_FAVOURABLE_FACTS,
            "request_mode": self._one(["spontaneous", "on_request"]),
            "danger_level": self._one(["concrete", "considerable", "present_life_limb_freedom"]),
            "offence_class": self._one(["none", "misdemeanour", "significant", "terror"]),
            "recipient_collection_basis": self._one(doors or self._doors),
        }

    def _likely_members(self, kind: str) -> dict[str, Json]:
        known = sorted(self._data["members"].get(kind, {})) or ["foo", "bar"]
        members: dict[str, Json] = {}
        for name in self._some(known, self._one([3, 10, 40])):
            marked = self._data["members"].get(kind, {}).get(name, {})
            given: dict[str, Json] = {"necessity_reason": True} if self._chance(0.5) else {}
            if marked.get("role_needed") or self._chance(0.1):
                given["data_subject_role"] = self._value(self._attributes["data_subject_role"])
            if marked.get("category") == "AGGREGATE":
                given["cell_min"] = self._one([4, 5, 40])
            if self._chance(0.1):
                given["delete_after"] = _DAY + 300
            if self._chance(0.05):
                name_of = self._one(
                    ["collection_method", "secrecy", "origin", "consent", "marking"]
                )
                given[name_of] = self._value(self._attributes[name_of])
            if self._chance(0.05):
                given |= {"collection_method": "COVERT_NPOG_32_2", "marking": {"method": "x"}}
            if self._chance(0.03):
                given["is_assessment"] = True
            if self._chance(0.03):
                given["data_subject_age"] = self._value(self._attributes["data_subject_age"])
            if self._chance(0.05):
                members[f"{name}#1"], members[f"{name}#2"] = given, {}
            else:
                members[name] = given
        return members

    def _members(self, kind: str) -> dict[str, Json]:
        known = sorted(self._data["members"].get(kind, {})) or ["foo", "bar"]
        names = self._some(known, self._one([1, 4, 10, 40]))
        members = {}
        for name in names:
            how = self._random.random()
            if how < 0.07:
                members[f"{name}#1"] = self._attributes_given()
                members[f"{name}#2"] = self._attributes_given()
            elif how < 0.09:
                members[f"no_{name}"] = self._attributes_given()
            elif how < 0.1:
                members[f"no_{name}#1"] = self._attributes_given()
            else:
                members[name] = self._attributes_given()
        return members

    def _attributes_given(self) -> Json:
        if self._chance(0.01):
            return self._one(_WRONG)
        role = {"data_subject_role": self._value(self._attributes["data_subject_role"])}
        if self._chance(0.5):
            return role if self._chance(0.6) else {}
        names = self._some(sorted(self._attributes), self._one([1, 2, 3, 6]))
        given = {name: self._value(self._attributes[name]) for name in names}
        if self._chance(0.6):
            given.pop("category", None)
        return given if self._chance(0.3) else {**role, **given}

    def _value(self, schema: Mapping[str, Json]) -> Json:
        if self._chance(0.02):
            return self._one(_WRONG)
        if "enum" in schema:
            return self._one([*schema["enum"]])
        if "const" in schema:
            return schema["const"]
        match schema["type"]:
            case "boolean":
                return self._chance(0.5)
            case "integer":
                return self._one([0, 3, 5, 15, 17, 18, 40, 200, _DAY - 1, _DAY, _DAY + 300])
            case "string":
                return self._one(["clan", "Family_Name", "date", "", *self._doors])
            case "object":
                return self._one([{}, {"valid": True}, {"valid": False}, {"method": "x"}])
            case _:
                return ["a"]

    def _spoil(self, given: dict[str, Json]) -> None:
        """Change, take away or add a few facts."""
        for _ in range(self._one([0, 0, 1, 1, 2, 5])):
            name = self._one(sorted({*_GOOD_FACTS, *given["facts"]}))
            if self._chance(0.4):
                given["facts"].pop(name, None)
            else:
                given["facts"][name] = self._value(self._facts[name])
        if self._chance(0.05):
            del given[self._one(sorted(given))]

    def _controller(self) -> str:
        return self._one([*self._controllers, "nobody"])

    def _day(self) -> int:
        return self._one([_DAY, _DAY, _DAY, _DAY + 900, 0, 9000, 18_000, 20_454, 20_455, 30_000])

    # --- dice

    def _one(self, values: Any) -> Json:
        return self._random.choice(values)

    def _some(self, values: list[str], most: int) -> list[str]:
        return self._random.sample(values, self._random.randint(0, min(most, len(values))))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
