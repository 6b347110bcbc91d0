"""Takes a workbook back into the rules: everything is checked first, then the files are written."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.errors import GatewayError
from gateway.policy.checks import check_reading
from gateway.policy.loading import read_policy_set
from gateway.policy.policy_set import PolicySet
from gateway.policy.spreadsheet.cells import read_cells
from gateway.policy.spreadsheet.columns import vocabulary_of
from gateway.policy.spreadsheet.kind_table import KindTable, kind_table
from gateway.policy.spreadsheet.reading import check_cells, table_of_cells
from gateway.policy.strict_json import load_json
from gateway.policy.table_differences import Change, necessity_changes, route_changes

Json = Any


class TableRefused(GatewayError):
    """A workbook says something that the rules cannot take; nothing was written."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workbook would change: in words, and as files with their new content.

    `stale` says that the rules are no longer those that the workbook was made from.
    """

    kind: str
    changes: tuple[Change, ...]
    files: Mapping[str, bytes]
    stale: bool


def plan_import(content: bytes, policies: Path, schemas: Path, rules: PolicySet) -> Plan:
    """Read a workbook and check what the rules would be with it; write nothing.

    Raises:
        WorkbookUnusable: No workbook of ours.
        KindUnusable: It is of a kind that the rules do not have.
        TableRefused: With each cell, or each finding in the rules as they would be.
    """
    cells = read_cells(content)
    before = kind_table(rules.data, cells.kind)
    findings = check_cells(cells, vocabulary_of(rules, cells.kind))
    if findings:
        raise TableRefused([str(finding) for finding in findings])
    after = table_of_cells(before, cells)
    files = _files(before, after, policies)
    if files:
        _check_whole(files, policies, schemas)
    labels = rules.data.get("agency_kinds", {})
    return Plan(
        before.kind,
        (
            *necessity_changes(before.kind, before.necessity, after.necessity, labels),
            *route_changes(before.kind, before.routes, after.routes, labels),
        ),
        files,
        cells.digest != before.digest,
    )


def write_plan(plan: Plan, policies: Path) -> None:
    """Put the new files in place of the old ones.

    All are written beside the old ones and made durable before the first takes its place, so
    that a full disk changes nothing and no reader ever sees half a file.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, content in plan.files.items():
            target = policies / path
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.new")
            ready.append((beside, target))
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for beside, target in ready:
            beside.replace(target)
    finally:
        for beside, _ in ready:
            beside.unlink(missing_ok=True)


def _files(before: KindTable, after: KindTable, policies: Path) -> dict[str, bytes]:
    """Return the files that are to change, by path below *policies*."""
    files = {}
    if _text(after.necessity) != _text(before.necessity):
        files[f"necessity/{before.kind}/data.json"] = _text(after.necessity)
    if _text(after.routes) != _text(before.routes):
        path = "routes/data.json"
        old = policies / path
        every = load_json(old.read_bytes()) if old.exists() else {}
        files[path] = _text({**every, before.kind: after.routes})
    return files


def _text(table: Json) -> bytes:
    return (json.dumps(table, ensure_ascii=False, indent=2) + "\n").encode()


def _check_whole(files: Mapping[str, bytes], policies: Path, schemas: Path) -> None:
    """Read the rules as they would be, all of them, and refuse what `policy check` would."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, "policies")
        shutil.copytree(policies, copy)
        for path, content in files.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        findings = check_reading(read_policy_set(copy, schemas))
    if findings:
        raise TableRefused([str(finding) for finding in findings])
