"""How two policy sets differ, and which cases they decide otherwise."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.errors import PolicyUnavailable
from gateway.policy.case_files import Case
from gateway.policy.case_input import input_of_case
from gateway.policy.decision_differences import decision_changes
from gateway.policy.loading import Reading
from gateway.policy.lookups import MADE
from gateway.policy.policy_files import CAPABILITIES
from gateway.policy.policy_set import PolicySet
from gateway.policy.rule_differences import reason_changes, rule_changes
from gateway.policy.strict_json import load_json
from gateway.policy.table_differences import (
    Change,
    necessity_changes,
    plain_changes,
    route_changes,
)

Json = Any


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that is decided otherwise, and how."""

    id: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which the second set is not like the first."""

    tables: tuple[Change, ...]
    rules: tuple[Change, ...]
    schemas: tuple[Change, ...]
    cases: tuple[CaseChange, ...]

    @property
    def nothing(self) -> bool:
        return not (self.tables or self.rules or self.schemas or self.cases)


def difference(before: Reading, after: Reading, cases: Iterable[Case]) -> Difference:
    """Compare tables, rules and schemas of two sets, and what they make of the cases.

    Sets of the same digest and facts decide alike, so their cases are not decided.

    Raises:
        PolicySetRefused: A module does not load.
        PolicyUnavailable: The engine ended.
    """
    old, new = before.policy_set, after.policy_set
    schemas = tuple(_schemas(old, new))
    return Difference(
        tuple(_tables(old.data, new.data)),
        (
            *rule_changes(before.trees, after.trees),
            *reason_changes(old.catalogue, new.catalogue),
            *_capabilities(before, after),
        ),
        schemas,
        () if old.digest == new.digest and not schemas else tuple(_cases(old, new, [*cases])),
    )


def _tables(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Change]:
    labels = {**before.get("agency_kinds", {}), **after.get("agency_kinds", {})}
    by_kind = {"necessity": necessity_changes, "routes": route_changes}
    for table in sorted({*before, *after} - {*MADE}):
        old, new = before.get(table, {}), after.get(table, {})
        if table not in by_kind:
            yield from plain_changes(old, new, (f"Tabelle {table}",), (f"table {table}",))
            continue
        for kind in sorted({*old, *new}):
            yield from by_kind[table](kind, old.get(kind, {}), new.get(kind, {}), labels)


def _capabilities(before: Reading, after: Reading) -> Iterator[Change]:
    old, new = (
        sorted(row["name"] for row in load_json(reading.files.contents[CAPABILITIES])["builtins"])
        for reading in (before, after)
    )
    what = "Erlaubte Funktionen", "allowed builtins"
    yield from plain_changes(old, new, (what[0],), (what[1],))


def _schemas(before: PolicySet, after: PolicySet) -> Iterator[Change]:
    for path in sorted({*before.schemas, *after.schemas}):
        name = f"schemas/{path}"
        if path not in after.schemas:
            yield Change(f"{name} entfernt", f"{name} removed")
        elif path not in before.schemas:
            yield Change(f"{name} neu", f"{name} is new")
        else:
            old, new = before.schemas[path], after.schemas[path]
            yield from plain_changes(old, new, (name,), (name,))


def _cases(before: PolicySet, after: PolicySet, cases: list[Case]) -> Iterator[CaseChange]:
    decided = zip(cases, _decisions(before, cases), _decisions(after, cases), strict=True)
    for case, old, new in decided:
        changes = tuple(decision_changes(old, new))
        if changes:
            yield CaseChange(case.id, case.title, changes)


def _decisions(rules: PolicySet, cases: Iterable[Case]) -> list[Json | None]:
    """What the rules make of each case, or None where they leave it undecided."""
    found: list[Json | None] = []
    with EngineSession() as engine:
        for path, source in rules.modules.items():
            engine.add_module(path, source)
        engine.add_data(rules.data_json)
        for case in cases:
            given = json.dumps(input_of_case(case, rules)).encode()
            answer = engine.answer("exchange.main.decision", given)
            try:
                found.append(read_answer(answer))
            except PolicyUnavailable:
                found.append(None)
    return found
