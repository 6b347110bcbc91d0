"""What `policy check` looks at beyond loading: reasons, obligations, tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.confirmations import check_confirmations
from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.findings import Finding
from gateway.policy.loading import Reading
from gateway.policy.metadata_checks import check_metadata, check_norms
from gateway.policy.needs_checks import check_needs
from gateway.policy.periods import check_periods
from gateway.policy.syntax_tree import Module, objects
from gateway.policy.table_checks import check_tables, rows_of
from gateway.policy.unread_rows import UnreadRow, unreachable_rows

Json = Any


def check_reading(reading: Reading) -> list[Finding]:
    """Return what loading found, then each reason or id that one place has and another lacks."""
    places = DataPlaces(reading.files.contents)
    return sorted(
        {
            *reading.findings,
            *_reasons_in_rules(reading),
            *_reasons_in_tables(reading, places),
            *_obligations(reading),
            *check_confirmations(reading.policy_set.data, places),
            *check_tables(reading.policy_set, places),
            *(_unreachable(row) for row in unreachable_rows(reading)),
            *check_metadata(reading),
            *check_norms(reading, places),
            *check_periods(reading.policy_set.data, places),
            *check_needs(reading.policy_set),
        }
    )


def _reasons_in_rules(reading: Reading) -> Iterator[Finding]:
    catalogue = reading.policy_set.catalogue
    for module in _rules(reading):
        for literal in objects(dict(module.tree)):
            reason, rule = _constant(literal, "reason"), _constant(literal, "rule")
            if reason and rule and (rule, reason) not in catalogue:
                yield Finding(
                    module.path,
                    _line(module, reason, rule),
                    f"Für {rule}/{reason} fehlt ein METADATA-Block mit id, reason, de und en.",
                    f"{rule}/{reason} lacks a METADATA block with id, reason, de and en.",
                )


def _reasons_in_tables(reading: Reading, places: DataPlaces) -> Iterator[Finding]:
    catalogue = reading.policy_set.catalogue
    for where, row in rows_of(reading.policy_set.data):
        reason, rule = row.get("reason"), row.get("rule")
        if not (isinstance(reason, str) and isinstance(rule, str) and reason and rule):
            continue
        if (rule, reason) not in catalogue:
            yield Finding(
                *places.of(where),
                f"`{dotted(where)}`: {rule}/{reason} hat keinen METADATA-Block.",
                f"{rule}/{reason} has no METADATA block.",
            )


def _unreachable(row: UnreadRow) -> Finding:
    return Finding(
        row.path,
        row.line,
        f"`{row.row}` wird nie erreicht: {row.de} Entfernen Sie die Zeile, oder ergänzen Sie, was"
        " fehlt.",
        f"Never reached: {row.en} Remove the row, or add what is missing.",
    )


def _obligations(reading: Reading) -> Iterator[Finding]:
    known = reading.policy_set.data.get("obligations", {})
    for module in _rules(reading):
        for literal in objects(dict(module.tree)):
            code = _constant(literal, "code")
            if code.startswith("OB-") and code not in known:
                yield Finding(
                    module.path,
                    _line(module, code),
                    f"Die Auflage `{code}` steht nicht in policies/obligations/data.json.",
                    f"The obligation `{code}` is not in policies/obligations/data.json.",
                )


def _rules(reading: Reading) -> Iterable[Module]:
    return (module for module in reading.trees if not module.path.endswith("_test.rego"))


def _constant(literal: Mapping[str, Json], key: str) -> str:
    term = literal.get(key, {})
    return str(term["value"]) if term.get("type") == "string" else ""


def _line(module: Module, *texts: str) -> int:
    """The first line that holds all *texts* in quotes; 1 if they stand on several lines."""
    for number, line in enumerate(module.source.split("\n"), 1):
        if all(f'"{text}"' in line for text in texts):
            return number
    return 1
