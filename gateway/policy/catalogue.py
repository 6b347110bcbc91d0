"""The catalogue: what a reason means, in two languages, with the norm it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gateway.policy.findings import Finding
from gateway.policy.metadata import Block
from gateway.policy.policy_files import NORMS

Json = Any

STATUSES = frozenset({"V", "P", "O", "U"})
UNREAD_STATUSES = frozenset({"O", "U"})
UNREAD = ("Norm nicht im aktuellen Wortlaut geprüft", "current wording not verified")
"""What is said in German and English wherever a norm of status O or U is shown."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A rule id's place in the law. Status: V verified, P partly, O old, U unverified."""

    rule: str
    citation: str
    status: str
    link: str | None
    in_force_from: str | None
    in_force_to: str | None

    @property
    def shown(self) -> str:
        """The citation as people see it: with a word if nobody read the current wording."""
        return f"{self.citation} ({UNREAD[0]})" if self.status in UNREAD_STATUSES else self.citation


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One reason that a rule can give, as people read it; `norm` is the citation as shown."""

    rule: str
    reason: str
    title: str
    norm: str
    link: str | None
    status: str
    de: str
    en: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries by (rule, reason), and all norms by rule id."""

    entries: Mapping[tuple[str, str], CatalogueEntry]
    norms: Mapping[str, Norm]

    def entry(self, rule: str, reason: str) -> CatalogueEntry:
        """Return what is said about the pair.

        Raises:
            KeyError: No METADATA block names it; `policy check` finds such pairs.
        """
        return self.entries[rule, reason]

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return pair in self.entries


def read_norms(document: Json) -> tuple[dict[str, Norm], list[Finding]]:
    """Read `norms/data.json`: rule id to citation, status, link and time in force."""
    norms: dict[str, Norm] = {}
    findings = []
    for rule, row in document.items() if isinstance(document, Mapping) else ():
        if not isinstance(row, Mapping) or not isinstance(row.get("citation"), str):
            findings.append(
                Finding(
                    NORMS,
                    0,
                    f"Bei `{rule}` fehlt `citation`.",
                    f"`{rule}` lacks `citation`.",
                )
            )
            continue
        if row.get("status") not in STATUSES:
            findings.append(
                Finding(
                    NORMS,
                    0,
                    f"Bei `{rule}` muss `status` V, P, O oder U sein.",
                    f"`status` of `{rule}` must be V, P, O or U.",
                )
            )
            continue
        norms[rule] = Norm(
            rule,
            row["citation"],
            row["status"],
            row.get("link") or None,
            row.get("in_force_from"),
            row.get("in_force_to"),
        )
    return norms, findings


def build_catalogue(
    blocks: Iterable[Block], norms: Mapping[str, Norm]
) -> tuple[Catalogue, list[Finding]]:
    """Join the METADATA of all modules with the norms."""
    entries: dict[tuple[str, str], CatalogueEntry] = {}
    findings = []
    for block in blocks:
        for said in block.reasons:
            norm = norms.get(said.rule)
            if norm is None:
                findings.append(
                    Finding(
                        block.path,
                        block.line,
                        f"`{said.rule}` steht nicht in {NORMS}; tragen Sie die Norm dort ein.",
                        f"`{said.rule}` is not in {NORMS}; add the norm there.",
                    )
                )
                continue
            entry = CatalogueEntry(
                said.rule,
                said.reason,
                block.title,
                norm.shown,
                norm.link,
                norm.status,
                said.de,
                said.en,
            )
            before = entries.setdefault((said.rule, said.reason), entry)
            if (before.de, before.en) != (entry.de, entry.en):
                findings.append(
                    Finding(
                        block.path,
                        block.line,
                        f"{said.rule}/{said.reason} hat an anderer Stelle einen anderen Satz.",
                        f"{said.rule}/{said.reason} has another sentence elsewhere.",
                    )
                )
    return Catalogue(MappingProxyType(entries), MappingProxyType(dict(norms))), findings
