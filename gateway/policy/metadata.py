"""METADATA blocks: the YAML comments above rules, which `rego.parse_module` leaves unread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from gateway.policy.findings import Finding
from gateway.policy.syntax_tree import Module

Json = Any


@dataclass(frozen=True, slots=True)
class Said:
    """What a block says about one reason of one rule id."""

    rule: str
    reason: str
    de: str
    en: str


@dataclass(frozen=True, slots=True)
class Block:
    """One METADATA block; `line` is that of its first line."""

    path: str
    line: int
    title: str
    rule: str | None
    reasons: tuple[Said, ...]
    content: Mapping[str, Json] = field(hash=False)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of all rules that the block speaks of, sorted."""
        named = {said.rule for said in self.reasons} | ({self.rule} if self.rule else set())
        return tuple(sorted(named))


def read_metadata(module: Module) -> tuple[list[Block], list[Finding]]:
    """Read all blocks of *module*.

    `custom` holds `id`, and for a rule that gives a reason also `reason`, `de` and `en`; one
    that gives several has a list of such objects in `custom.reasons`.
    """
    blocks: list[Block] = []
    findings: list[Finding] = []
    for line, text in _blocks(module):
        try:
            content = yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            at = line + 1 + mark.line if mark else line
            what = (
                f"METADATA ist kein gültiges YAML ({getattr(error, 'problem', error)});"
                " ein Text mit `: ` gehört in Anführungszeichen."
            )
            en = "METADATA is not valid YAML; a text with `: ` belongs in quotes."
            findings.append(Finding(module.path, at, what, en))
            continue
        if not isinstance(content, Mapping) or not isinstance(content.get("custom", {}), Mapping):
            what = "METADATA muss ein Objekt sein."
            findings.append(Finding(module.path, line, what, "METADATA must be an object."))
            continue
        custom = content.get("custom", {})
        said, incomplete = _reasons(custom)
        findings += [
            Finding(
                module.path,
                line,
                f"In METADATA fehlt: {name}.",
                f"METADATA lacks: {name}.",
            )
            for name in incomplete
        ]
        title = str(content.get("title", ""))
        blocks.append(Block(module.path, line, title, custom.get("id"), tuple(said), content))
    return blocks, findings


def _reasons(custom: Mapping[str, Json]) -> tuple[list[Said], list[str]]:
    rows = custom.get("reasons", [custom] if "reason" in custom else [])
    said, incomplete = [], []
    for row in rows if isinstance(rows, list) else ():
        full = {"id": custom.get("id"), **row} if isinstance(row, Mapping) else {}
        missing = [
            name
            for name in ("id", "reason", "de", "en")
            if not isinstance(full.get(name), str) or not full[name].strip()
        ]
        incomplete += [f"custom.{name}" for name in missing]
        if not missing:
            said.append(Said(full["id"], full["reason"], full["de"].strip(), full["en"].strip()))
    return said, incomplete


def _blocks(module: Module) -> Iterator[tuple[int, str]]:
    """Each block as (its first line, the YAML text): METADATA, then comments without a gap."""
    start, lines, last = 0, list[str](), 0
    for row, text in module.comments():
        if text.strip() == "METADATA":
            if start:
                yield start, "\n".join(lines)
            start, lines = row, []
        elif start and row == last + 1:
            lines.append(text)
        elif start:
            yield start, "\n".join(lines)
            start = 0
        last = row
    if start:
        yield start, "\n".join(lines)
