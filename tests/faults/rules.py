"""The product's rules with faults added, each asked for by a legal basis of its name."""

import re
from pathlib import Path
from typing import Any

from gateway.demo import exchanges

Json = Any

UNAVAILABLE = (
    "FAULT-UNDEFINED",
    "FAULT-LATE",
    "FAULT-ERROR",
    "FAULT-NO-OBJECT",
    "FAULT-SHAPE",
    "FAULT-FRACTION",
    "FAULT-MISSING",
    "FAULT-TWICE",
    "FAULT-INVENTED",
    "FAULT-TRANSFORMATION",
    "FAULT-UNEXPLAINED",
    "FAULT-DENIAL-WITHOUT-REASON",
    "FAULT-PERMIT-WITH-DENIAL",
)
"""Answers of the engine that are no decision. Without the fault each would be a permit."""

_ENTRYPOINT = re.compile(
    r"^# METADATA\n(?:#.*\n)*# entrypoint: true\n(?:#.*\n)*decision :=", re.MULTILINE
)
_FAULTS = """
# METADATA
# entrypoint: true
# description: The decision document, unless a fault was asked for.
decision := _lawful if count(_fault) == 0

else := _answer

_fault contains basis if {
	some basis in input.legal_basis_claimed
	startswith(basis, "FAULT-")
}

_answer := count(_endless) if "FAULT-LATE" in _fault

else := 1 / (count(_fault) - 1) if "FAULT-ERROR" in _fault

else := "permit" if "FAULT-NO-OBJECT" in _fault

else := object.remove(_lawful, {"log_class"}) if "FAULT-SHAPE" in _fault

else := object.union(_lawful, {"needs": [0.5]}) if "FAULT-FRACTION" in _fault

else := object.union(_lawful, _changes)

_changes := {"outcomes": array.slice(_lawful.outcomes, 1, 99)} if "FAULT-MISSING" in _fault

else := {"outcomes": array.concat(_lawful.outcomes, _lawful.outcomes)} if "FAULT-TWICE" in _fault

else := {"outcomes": array.concat(_lawful.outcomes, [_invented])} if "FAULT-INVENTED" in _fault

else := {"outcomes": [_all("generalise")]} if "FAULT-TRANSFORMATION" in _fault

else := {"outcomes": _unexplained} if "FAULT-UNEXPLAINED" in _fault

else := {"verdict": "deny", "outcomes": [_all("withhold")]} if "FAULT-DENIAL-WITHOUT-REASON" in _fault

else := {"denials": [_pair]} if "FAULT-PERMIT-WITH-DENIAL" in _fault

else := {"obligations": array.concat(_lawful.obligations, [_duty])} if "FAULT-OBLIGATION" in _fault

_pair := {"reason": "purpose_missing_or_vague", "rule": "GDPR-5-1B"}

_duty := {"code": "OB-UNHEARD-OF", "rule": "GDPR-5-1B", "parameters": {}}

_invented := {"action": "release", "parameters": {}, "reasons": [], "members": ["never_offered"]}

_all(action) := {
	"action": action,
	"parameters": {},
	"reasons": [_pair],
	"members": sort(object.keys(input.members)),
}

_unexplained := [object.union(each, {"reasons": _why(each)}) | some each in _lawful.outcomes]

_why(each) := [{"reason": "nobody_knows", "rule": "GDPR-5-1B"}] if each.action == "withhold"

else := []

_thousand := numbers.range(1, 1000)

_endless := [1 |
	some a in _thousand
	some b in _thousand
	some c in _thousand
	some d in _thousand
	a + b + c + d > 4000
]
"""


def faulty(policies: Path) -> None:
    """Put the faults around the decision of the rules in *policies*."""
    main = policies / "exchange" / "main" / "main.rego"
    text = main.read_text("utf-8")
    assert len(_ENTRYPOINT.findall(text)) == 1, "the rules no longer have one entrypoint"
    main.write_text(_ENTRYPOINT.sub(lambda _: f"{_FAULTS}\n_lawful :=", text), "utf-8")


def exchange_with(fault: str) -> dict[str, Json]:
    """Return an exchange that would be permitted, asking for one fault of the rules."""
    exchange = exchanges.emergency_exits()
    return {**exchange, "legal_basis": [*exchange["legal_basis"], fault]}
