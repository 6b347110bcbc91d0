"""The table of what would change a reason: complete, and of facts that there are."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from gateway.policy.findings import Finding
from gateway.policy.needs_of_bases import sets_of
from gateway.policy.policy_set import PolicySet

Json = Any
NEEDS = "policies/needs/data.json"


def check_needs(policy_set: PolicySet) -> Iterator[Finding]:
    """Give each reason and each condition without a row, and each row of something unknown.

    A reason that no fact changes has a row, too: an empty one, so that somebody has said so.
    """
    needs = _table(policy_set.data.get("needs"))
    reasons = {
        (rule, reason): row
        for rule, rows in _table(needs.get("reasons")).items()
        for reason, row in _table(rows).items()
    }
    conditions = _table(needs.get("conditions"))
    yield from _apart(
        {"/".join(it) for it in policy_set.catalogue.entries}, {"/".join(it) for it in reasons}
    )
    asked = {
        condition
        for row in _table(policy_set.data.get("legal_bases")).values()
        for condition in _listed(_table(row).get("conditions"))
        if isinstance(condition, str)
    }
    yield from _apart(asked, conditions.keys())
    facts, evidence = policy_set.schemas.get("facts.json", {}), _table(needs.get("evidence"))
    ways = [*(_table(row).get("any_of") for row in reasons.values()), *conditions.values()]
    for number, way in enumerate(ways):
        if len(sets_of(way)) != len(_listed(way)) or not isinstance(way, list):
            name = [*("/".join(it) for it in reasons), *conditions][number]
            yield _finding(name, "braucht eine Liste von Mengen `facts`", "needs sets of `facts`")
    for fact in (fact for way in ways for row in sets_of(way) for fact in row["facts"]):
        name, table = fact["fact"], "field_facts" if fact.get("of") == "member" else "facts"
        if name.partition(".")[0] not in facts.get(table, {}):
            yield _finding(
                name, "steht nicht in schemas/facts.json", "is not in schemas/facts.json"
            )
        if name not in evidence:
            yield _finding(name, "hat keinen Nachweis in `evidence`", "has no `evidence`")


def _table(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _apart(known: Collection[str], rows: Collection[str]) -> Iterator[Finding]:
    for name in sorted({*known} - {*rows}):
        yield _finding(
            name,
            "hat keine Zeile; ändert keine Tatsache etwas daran, ist sie leer",
            "has no row; an empty one says that no fact changes it",
        )
    for name in sorted({*rows} - {*known}):
        yield _finding(name, "ist nirgends ein Grund und keine Bedingung", "is nowhere used")


def _finding(name: str, de: str, en: str) -> Finding:
    return Finding(NEEDS, 0, f"`{name}` {de}.", f"`{name}` {en}.")
