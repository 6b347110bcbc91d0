"""An explanation: what the rules answered, put into words with citation and place."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from gateway.policy.catalogue import Norm
from gateway.policy.explaining import Answers
from gateway.policy.explanation_words import AGAINST, STATES
from gateway.policy.policy_set import PolicySet
from gateway.policy.rule_places import Places

Json = Any
Document = dict[str, Json]

_EPOCH = date(1970, 1, 1)
_READ = frozenset({"V", "P"})


def explanation_of(answers: Answers, policy_set: PolicySet, places: Places) -> Document:
    """Return the path of one exchange through doors and gates, to each member.

    The document is what `--json` prints; `explanation_text` makes lines of it.
    """
    return _Explanation(answers, policy_set, places).document()


class _Explanation:
    """The parts of one document, from the same answers."""

    def __init__(self, answers: Answers, policy_set: PolicySet, places: Places) -> None:
        self._answers = answers
        self._given = answers.given
        self._decision = answers.decision
        self._set = policy_set
        self._places = places

    def document(self) -> Document:
        decision = self._decision
        return {
            "exchange_kind": self._given["exchange_kind"],
            "title": self._title(),
            "evaluated_on": (_EPOCH + timedelta(self._given["evaluated_on"])).isoformat(),
            "verdict": decision["verdict"],
            "neutral": decision["neutral"],
            "accountable": decision["accountable"],
            "sender": self._side("sender"),
            "recipient": self._side("recipient"),
            "purpose": self._purpose("purpose"),
            "original_purpose": self._purpose("original_purpose"),
            "bases": [self._basis(basis) for basis in self._given["legal_basis_claimed"]],
            "second_door": self._second_door(),
            "gates": list(self._gates()),
            "denials": [self._reason(pair) for pair in decision["denials"]],
            "members": sorted(self._members(), key=lambda member: str(member["name"])),
            "obligations": [self._obligation(item) for item in decision["obligations"]],
            "needs": [self._need(need) for need in decision["needs"]],
            "rules_applied": list(decision["rules_applied"]),
            "policy_digest": self._set.digest,
        }

    def _title(self) -> str:
        schema = self._set.schemas.get(f"payloads/{self._given['exchange_kind']}.json", {})
        return str(schema.get("title", ""))

    def _side(self, side: str) -> Document:
        kind = self._given[f"{side}_kind"]
        row = self._table("agency_kinds").get(kind, {})
        regime = self._decision["regime"][side]
        return {"kind": kind, "label_de": row.get("label_de", ""), "regime": regime}

    def _purpose(self, name: str) -> Document | None:
        purpose = self._given.get(name)
        if purpose is None:
            return None
        row = self._table("purposes").get("vocabulary", {}).get(purpose, {})
        return {"id": purpose, "label_de": row.get("label_de", "")}

    def _basis(self, basis: str) -> Document:
        claim = self._answers.claims[basis]
        state = _state(claim)
        missed = [*claim["misses"], *claim["unmet"]] if state in ("misses", "unmet") else []
        de, en = STATES[state]
        return {
            "basis": basis,
            **self._norm(basis),
            "state": state,
            "de": de,
            "en": en,
            "against": [self._against(code) for code in missed],
        }

    def _against(self, code: str) -> Document:
        row = self._table("conditions").get(code, {})
        de, en = AGAINST.get(code, (row.get("de", code), row.get("en", code)))
        return {"code": code, "de": de, "en": en}

    def _second_door(self) -> Document:
        facts = self._given["facts"]
        basis = facts.get("recipient_collection_basis")
        row = self._table("collection_bases").get(basis, {})
        return {
            "request_mode": facts.get("request_mode"),
            "basis": basis,
            "citation": row.get("norm", ""),
            "status": row.get("status", ""),
            "verified": row.get("status") in _READ,
        }

    def _gates(self) -> Iterator[Document]:
        """Each topic that can refuse, with what of the denials it gave."""
        denials = [(pair["rule"], pair["reason"]) for pair in self._decision["denials"]]
        for topic in self._places.topics:
            if topic.refuses:
                gave = [
                    (given["rule"], given["reason"])
                    for effect in ("deny", "withhold")
                    for given in self._fired(effect, topic.name)
                ]
                yield {
                    "topic": topic.name,
                    "title": topic.title,
                    "denials": [
                        {"rule": rule, "reason": reason}
                        for rule, reason in denials
                        if (rule, reason) in gave
                    ],
                }

    def _members(self) -> Iterator[Document]:
        withheld = list(self._fired("withhold"))
        for outcome in self._decision["outcomes"]:
            for name in outcome["members"]:
                row = self._answers.rows.get(name, {})
                said = [(pair["rule"], pair["reason"]) for pair in outcome["reasons"]]
                besides = sorted(
                    (each["rule"], each["reason"]) for each in withheld if name in each["members"]
                )
                yield {
                    "name": name,
                    "label_de": row.get("label_de", ""),
                    "need": row.get("need"),
                    "in_force": [row.get("in_force_from"), row.get("in_force_to")],
                    "action": outcome["action"],
                    "parameters": outcome["parameters"],
                    "reasons": [self._reason(pair) for pair in outcome["reasons"]],
                    "besides": [
                        self._reason({"rule": rule, "reason": reason})
                        for rule, reason in besides
                        if (rule, reason) not in said
                    ],
                }

    def _obligation(self, item: Mapping[str, Json]) -> Document:
        row = self._table("obligations").get(item["code"], {})
        return {
            "code": item["code"],
            "rule": item["rule"],
            **self._norm(item["rule"]),
            "executor": row.get("executor", ""),
            "due": row.get("due", ""),
            "parameters": item["parameters"],
            "de": row.get("de", ""),
            "en": row.get("en", ""),
            "place": self._places.of_pair.get((item["rule"], item["code"]), ""),
        }

    def _need(self, need: Mapping[str, Json]) -> Document:
        """A reason with the sets of facts of which each would take it away."""
        sets = [[self._fact(fact) for fact in facts] for facts in need["any_of"]]
        return {key: need[key] for key in ("rule", "reason", "members")} | {"any_of": sets}

    def _fact(self, fact: Mapping[str, Json]) -> Document:
        of_member = fact.get("of") == "member"
        types = self._set.schemas.get("facts.json", {})
        row = types.get("field_facts" if of_member else "facts", {})
        evidence = self._table("needs").get("evidence", {}).get(fact["fact"], {})
        return {
            **fact,
            "label_de": row.get(fact["fact"].partition(".")[0], {}).get("label_de", ""),
            "evidence_de": evidence.get("de", ""),
            "evidence_en": evidence.get("en", ""),
        }

    def _reason(self, pair: Mapping[str, str]) -> Document:
        rule, reason = pair["rule"], pair["reason"]
        known = (rule, reason) in self._set.catalogue
        entry = self._set.catalogue.entry(rule, reason) if known else None
        return {
            "rule": rule,
            "reason": reason,
            **self._norm(rule),
            "title": entry.title if entry else "",
            "de": entry.de if entry else "",
            "en": entry.en if entry else "",
            "place": self._places.of_pair.get((rule, reason), ""),
        }

    def _norm(self, rule: str) -> Document:
        norm: Norm | None = self._set.catalogue.norms.get(rule)
        if norm is None:
            return {"citation": "", "status": "", "link": None, "verified": True}
        return {
            "citation": norm.citation,
            "status": norm.status,
            "link": norm.link,
            "verified": norm.status in _READ,
        }

    def _fired(self, effect: str, topic: str | None = None) -> Iterator[Mapping[str, Json]]:
        for each in self._answers.fired:
            if each["effect"] == effect and topic in (None, each["topic"]):
                yield each["given"]

    def _table(self, name: str) -> Mapping[str, Json]:
        table: Mapping[str, Json] = self._set.data.get(name, {})
        return table


def _state(claim: Mapping[str, Json]) -> str:
    """Return what a claimed basis is worth, by the first thing that stands against it."""
    if claim["struck_out"]:
        return "struck_out"
    if claim["satisfied"]:
        return "satisfied"
    if claim["effect"] != "permit":
        return "supports" if claim["effect"] == "support" else "unknown"
    if claim["open"]:
        return "unconfirmed"
    return "misses" if claim["misses"] else "unmet"
