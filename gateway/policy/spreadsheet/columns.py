"""What the sheets of a workbook are called, what stands in their columns, and what is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.policy.policy_set import PolicySet

Json = Any

NOTES, LEGEND = "Hinweise", "Legende"
KIND_CELL, DIGEST_CELL = "B2", "B3"

NEEDS = {"needed": "erforderlich", "conditional": "bedingt", "withhold": "zurückhalten"}
STATUSES = {
    "V": "am geltenden Wortlaut geprüft",
    "P": "teilweise geprüft",
    "O": "an älterem Wortlaut geprüft",
    "U": "nicht geprüft",
}
SEPARATOR = ", "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, member of the row, vocabulary of its ids, and whether it may be empty.

    `listed` says that a cell may name several ids, with commas between them; `dated` that it
    holds a day, as a date of the spreadsheet or as `JJJJ-MM-TT`.
    """

    heading: str
    key: str
    vocabulary: str | None = None
    needed: bool = True
    listed: bool = False
    dated: bool = False
    width: int = 28


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; the columns in `identity` together name a row, which may stand there once."""

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


NECESSITY = Sheet(
    "Erforderlichkeit",
    (
        Column("Empfänger", "recipient", "agency_kinds"),
        Column("Angabe", "member", "members", width=34),
        Column("Bezeichnung", "label_de", width=48),
        Column("Erforderlichkeit", "need", "needs", width=18),
        Column("Grund", "reason", "reasons", needed=False, width=30),
        Column("Vorschrift", "rule", "norms", needed=False, width=18),
        Column("Genügt auch", "suffices", "grounds", needed=False, listed=True, width=26),
        Column("Status", "status", "statuses", width=10),
        Column("Gilt ab", "in_force_from", needed=False, dated=True, width=14),
        Column("Gilt bis", "in_force_to", needed=False, dated=True, width=14),
    ),
    ("recipient", "member"),
)
ROUTES = Sheet(
    "Wege",
    (
        Column("Absender", "sender", "agency_kinds"),
        Column("Empfänger", "recipient", "agency_kinds"),
        Column("Zweck des Empfängers", "purpose", "purposes", width=30),
    ),
    ("sender", "recipient", "purpose"),
)
SHEETS = (NECESSITY, ROUTES)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may stand in a cell, by vocabulary: each word with what it means in German."""

    words: Mapping[str, Mapping[str, str]]
    pairs: frozenset[tuple[str, str]]

    def of(self, column: Column) -> Mapping[str, str] | None:
        return None if column.vocabulary is None else self.words[column.vocabulary]


def vocabulary_of(rules: PolicySet, kind: str) -> Vocabulary:
    """Return what the tables of *kind* may name: ids of other tables, members of its schema."""
    data, catalogue = rules.data, rules.catalogue
    reasons: dict[str, str] = {}
    for entry in catalogue.entries.values():
        reasons.setdefault(entry.reason, entry.title)
    return Vocabulary(
        {
            "agency_kinds": _labels(data.get("agency_kinds", {})),
            "members": dict.fromkeys(data["members"][kind], "") | _member_labels(rules, kind),
            "needs": {word: need for need, word in NEEDS.items()},
            "reasons": dict(sorted(reasons.items())),
            "norms": {rule: norm.citation for rule, norm in catalogue.norms.items()},
            "grounds": dict.fromkeys(sorted(_grounds(data)), ""),
            "statuses": STATUSES,
            "purposes": _labels(data.get("purposes", {}).get("vocabulary", {})),
        },
        frozenset(catalogue.entries),
    )


def _labels(table: Mapping[str, Json]) -> dict[str, str]:
    return {name: row.get("label_de", "") for name, row in table.items()}


def _member_labels(rules: PolicySet, kind: str) -> dict[str, str]:
    properties = rules.schemas.get(f"payloads/{kind}.json", {}).get("properties", {})
    return {
        name: member["x-datenschleuse"].get("label_de", "") for name, member in properties.items()
    }


def _grounds(data: Mapping[str, Json]) -> set[str]:
    """Everything that some row of some kind accepts in place of a reason."""
    return {
        ground
        for recipients in data.get("necessity", {}).values()
        for rows in recipients.values()
        for row in rows.values()
        for ground in row.get("suffices", ())
    }
