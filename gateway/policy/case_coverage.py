"""What a run of cases reached: which rules, reasons, routes and table rows, by which cases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.policy.case_files import Case
from gateway.policy.cases import CaseResult
from gateway.policy.policy_set import PolicySet

Json = Any
Reached = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CaseCoverage:
    """For each thing in the rules the ids of the cases that reach it; none where none does.

    A row is written `KIND/recipient/member`, a route `KIND/sender/recipient`, a reason
    `RULE/reason`.
    """

    rules: Reached
    reasons: Reached
    routes: Reached
    rows: Reached

    def parts(self) -> Iterator[tuple[str, str, Reached]]:
        """Each table with its name in German and English."""
        yield "Regeln", "rules", self.rules
        yield "Gründe", "reasons", self.reasons
        yield "Wege", "routes", self.routes
        yield "Zeilen der Erforderlichkeit", "rows of necessity", self.rows


def coverage_of(policy_set: PolicySet, decided: Iterable[tuple[Case, CaseResult]]) -> CaseCoverage:
    """Hold the decisions of cases against all that *policy_set* has.

    A basis that was struck out counts as reached: its row decided. A case that no engine decided
    reaches nothing.
    """
    data, catalogue = policy_set.data, policy_set.catalogue
    tables = {
        "rules": dict.fromkeys(catalogue.norms, ()),
        "reasons": dict.fromkeys((f"{rule}/{reason}" for rule, reason in catalogue.entries), ()),
        "routes": dict.fromkeys(_paths(data.get("routes"), 3), ()),
        "rows": dict.fromkeys(_paths(data.get("necessity"), 3), ()),
    }
    reached: dict[str, dict[str, tuple[str, ...]]] = {name: {**t} for name, t in tables.items()}
    for case, result in decided:
        for name, each in _reached(case, result.decision or {}):
            if each in reached[name] and case.id not in reached[name][each]:
                reached[name][each] += (case.id,)
    return CaseCoverage(**{name: dict(sorted(table.items())) for name, table in reached.items()})


def coverage_lines(coverage: CaseCoverage) -> Iterator[str]:
    """Say of each table how much of it the cases reach, and what they do not."""
    yield ""
    for de, en, reached in coverage.parts():
        missed = [name for name, cases in reached.items() if not cases]
        count = len(reached) - len(missed)
        yield f"{de} ({en}): {count} von (of) {len(reached)} erreicht (reached)"
        for name in missed:
            yield f"  – kein Fall (no case): {name}"
    yield ""


def _reached(case: Case, decision: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    if not decision:
        return
    request = case.request
    kind, recipient = request["exchange_kind"], request["recipient_kind"]
    for rule in (*decision["rules_applied"], *decision["struck_out"]):
        yield "rules", rule
    pairs = [*decision["denials"], *(p for each in decision["outcomes"] for p in each["reasons"])]
    for pair in pairs:
        yield "reasons", f"{pair['rule']}/{pair['reason']}"
    yield "routes", f"{kind}/{request['sender_kind']}/{recipient}"
    for field in request["payload_fields"]:
        yield "rows", f"{kind}/{recipient}/{field['name']}"


def _paths(table: Json, depth: int) -> Iterator[str]:
    """The keys of nested tables down to *depth*, joined by `/`."""
    for key, child in table.items() if isinstance(table, Mapping) else ():
        if depth == 1:
            yield key
        else:
            yield from (f"{key}/{below}" for below in _paths(child, depth - 1))
