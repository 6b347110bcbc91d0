"""The catalogue on a day: of each rule its norm, and what stands behind it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.policy.coverage.pairs import Pair
from gateway.policy.data_places import dotted
from gateway.policy.loading import Reading
from gateway.policy.metadata import read_metadata
from gateway.policy.policy_files import is_test
from gateway.policy.policy_set import PolicySet
from gateway.policy.table_checks import rows_of
from gateway.policy.unread_rows import UnreadRow, unread_rows

Json = Any

_TABLES = ("legal_bases", "collection_bases", "necessity", "routes", "obligations", "retention")
_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """One rule of the catalogue: `places` in the Rego, `rows` of tables, cases that reach it.

    `confirmed_by` are controllers that confirmed the wording, where the status asks for it, and
    `demo` says that none of them is real. `kept_in` says of a rule that decides nothing by itself
    where it is kept instead.
    """

    rule: str
    title: str
    citation: str
    status: str
    in_force: bool
    places: tuple[str, ...]
    rows: tuple[str, ...]
    cases: tuple[str, ...]
    pair: Pair
    kept_in: str
    confirmed_by: tuple[str, ...]
    demo: bool

    @property
    def proven(self) -> bool:
        """Whether tests notice it both ways, or it decides nothing and says where it is kept."""
        pair = self.pair
        return bool(self.kept_in) or bool(pair.fires and (pair.stays or pair.always))

    @property
    def unconfirmed(self) -> bool:
        """Whether it needs a confirmation that no real controller has given."""
        return self.status in ("O", "U") and (self.demo or not self.confirmed_by)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All rules of the catalogue on a day, and the rows of tables that nothing reads."""

    on: date
    rules: tuple[RuleCoverage, ...]
    unread: tuple[UnreadRow, ...]

    @property
    def proven(self) -> int:
        """How many rules the Rego tests notice both ways."""
        return sum(rule.proven and not rule.kept_in for rule in self.rules)

    @property
    def kept_elsewhere(self) -> int:
        return sum(bool(rule.kept_in) for rule in self.rules)

    def lacking(self) -> Iterator[tuple[str, str, list[RuleCoverage]]]:
        """Each question with the rules that fail it, in German and English."""
        rules = self.rules
        yield "ohne Regel und ohne Zeile", "no rule and no row", [r for r in rules if _bare(r)]
        yield (
            "ohne Rego-Test, in dem sie greift",
            "never fires in a Rego test",
            [r for r in rules if not r.kept_in and not r.pair.fires],
        )
        yield (
            "ohne Rego-Test, in dem sie nicht greift",
            "never stays away in a Rego test",
            [r for r in rules if not r.kept_in and not (r.pair.stays or r.pair.always)],
        )
        yield "ohne Fall", "no case", [r for r in rules if not r.kept_in and not r.cases]
        yield "an diesem Tag nicht in Kraft", "not in force", [r for r in rules if not r.in_force]
        yield (
            "Status O oder U, von keiner Stelle bestätigt",
            "O or U, unconfirmed",
            [r for r in rules if r.unconfirmed],
        )


def catalogue_rules(policy_set: PolicySet) -> tuple[str, ...]:
    """The ids of the catalogue: every norm but those that say they are not in it."""
    rows = policy_set.data["norms"]
    return tuple(
        rule for rule in policy_set.catalogue.norms if rows[rule].get("in_catalogue", True)
    )


def cover(
    reading: Reading, cases: Mapping[str, Iterable[str]], pairs: Mapping[str, Pair], on: date
) -> Coverage:
    """Gather what stands behind each rule; *cases* and *pairs* are by rule id."""
    policy_set = reading.policy_set
    norms = policy_set.data["norms"]
    places, rows = _places(reading), _rows(policy_set.data, on)
    rules = []
    for rule in catalogue_rules(policy_set):
        norm = norms[rule]
        confirmations = [
            (controller, row[rule])
            for controller, row in norms.get("confirmations", {}).items()
            if rule in row
        ]
        rules.append(
            RuleCoverage(
                rule=rule,
                title=norm.get("title", ""),
                citation=norm["citation"],
                status=norm["status"],
                in_force=_in_force(norm, on),
                places=tuple(places.get(rule, ())),
                rows=tuple(rows.get(rule, ())),
                cases=tuple(cases.get(rule, ())),
                pair=pairs.get(rule, Pair("", "")),
                kept_in=norm.get("kept_in_de", ""),
                confirmed_by=tuple(controller for controller, _ in confirmations),
                demo=bool(confirmations) and all(row.get("demo") for _, row in confirmations),
            )
        )
    return Coverage(on, tuple(rules), tuple(unread_rows(reading)))


def _bare(rule: RuleCoverage) -> bool:
    return not (rule.places or rule.rows or rule.kept_in)


def _in_force(row: Mapping[str, Json], on: date) -> bool:
    first, last = row.get("in_force_from") or _FIRST_DAY, row.get("in_force_to") or _LAST_DAY
    return bool(first <= on.isoformat() <= last)


def _places(reading: Reading) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for module in reading.trees:
        if is_test(module.path):
            continue
        for block in read_metadata(module)[0]:
            for rule in block.rules:
                places.setdefault(rule, []).append(f"{module.path}:{block.line}")
    return places


def _rows(data: Mapping[str, Json], on: date) -> dict[str, list[str]]:
    """The rows in force that bear a rule's id as their name or as their `rule`."""
    rows: dict[str, list[str]] = {}
    for table in _TABLES:
        for where, row in rows_of(data.get(table), (table,)):
            if not _in_force(row, on):
                continue
            if table in ("legal_bases", "collection_bases") and len(where) == 2:
                rows.setdefault(where[1], []).append(dotted(where))
            elif isinstance(row.get("rule"), str):
                rows.setdefault(row["rule"], []).append(dotted(where))
    return rows
