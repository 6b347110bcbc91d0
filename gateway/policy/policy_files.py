"""The files of a policy set, each read once; everything else is made from these bytes."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gateway.policy.digest import policy_digest
from gateway.policy.findings import Finding

MAX_FILE = 4 * 1024 * 1024

CAPABILITIES = "policies/capabilities.json"
NORMS = "policies/norms/data.json"
ROUTES = "policies/routes/data.json"
PAYLOADS = "schemas/payloads/"
DECISION_SCHEMA = "schemas/decision.json"
FACTS = "schemas/facts.json"
RULE_METADATA_SCHEMA = "rule_metadata.json"
NORM_SCHEMA = "norm.json"

OWN_FORMS = frozenset(
    {"answers.json", "leaf.json", "openapi.json", "problem.json", "receipt.json", "record.json"}
)
"""Forms of what the gateway itself writes: they belong to its version, and to no policy set."""

_BESIDE = frozenset({".manifest", "README.md"})
_FORMS = frozenset(f"schemas/{name}" for name in OWN_FORMS)
_REQUIRED = (
    *(CAPABILITIES, NORMS, FACTS, "schemas/policy_input.json", DECISION_SCHEMA),
    *(f"schemas/{name}" for name in (RULE_METADATA_SCHEMA, NORM_SCHEMA)),
)
_SAFE_PATH = re.compile(r"[A-Za-z0-9_.$/-]+")


@dataclass(frozen=True, slots=True)
class PolicyFiles:
    """Paths relative to the repository, with `/`, and the bytes read from each."""

    contents: Mapping[str, bytes]

    def modules(self) -> Iterator[tuple[str, bytes]]:
        """The Rego that an engine loads: tests are not among it."""
        return ((path, data) for path, data in self._rego() if not is_test(path))

    def tests(self) -> Iterator[tuple[str, bytes]]:
        return ((path, data) for path, data in self._rego() if is_test(path))

    def data(self) -> Iterator[tuple[str, bytes]]:
        return (
            (path, data)
            for path, data in self.contents.items()
            if path.startswith("policies/") and PurePosixPath(path).name == "data.json"
        )

    def hashed(self) -> Iterator[tuple[str, bytes]]:
        """What the policy digest covers: all that a set is loaded from, but its tests."""
        return ((path, data) for path, data in self.contents.items() if not is_test(path))

    @property
    def digest(self) -> str:
        return policy_digest(self.hashed())

    def _rego(self) -> Iterator[tuple[str, bytes]]:
        return ((path, data) for path, data in self.contents.items() if path.endswith(".rego"))


def is_test(path: str) -> bool:
    return path.endswith("_test.rego")


def read_policy_files(policies: Path, schemas: Path) -> tuple[PolicyFiles, list[Finding]]:
    """Read both folders; a file that no engine would load, or load unseen, is a finding."""
    contents: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path, file in [*_files(policies, "policies"), *_files(schemas, "schemas")]:
        if PurePosixPath(path).name in _BESIDE or path in _FORMS:
            continue
        finding = _stray(path, file)
        if finding:
            findings.append(finding)
        else:
            contents[path] = file.read_bytes()
    findings += [
        Finding(path, 0, "Diese Datei fehlt.", "This file is missing.")
        for path in _REQUIRED
        if path not in contents
    ]
    return PolicyFiles(dict(sorted(contents.items()))), findings


def _files(root: Path, name: str) -> list[tuple[str, Path]]:
    found = []
    for folder, folders, files in os.walk(root):
        links = [entry for entry in folders if Path(folder, entry).is_symlink()]
        for entry in [*files, *links]:
            file = Path(folder, entry)
            found.append((f"{name}/{file.relative_to(root).as_posix()}", file))
    return found


def _stray(path: str, file: Path) -> Finding | None:
    name = PurePosixPath(path).name
    if file.is_symlink() or not file.is_file():
        return Finding(
            path,
            0,
            "Das ist keine gewöhnliche Datei; legen Sie die Datei selbst hierher.",
            "Not a regular file; put the file itself here.",
        )
    if file.stat().st_size > MAX_FILE:
        return Finding(path, 0, "Die Datei ist größer als 4 MiB.", "The file is over 4 MiB.")
    if not _SAFE_PATH.fullmatch(path):
        return Finding(
            path.encode("utf-8", "replace").decode(),
            0,
            "Der Dateiname hat ein Zeichen außer Buchstaben, Ziffern, `_`, `.`, `$` und `-`.",
            "The file name has a character other than letters, digits, `_`, `.`, `$`, `-`.",
        )
    known = name.endswith(".rego") or name == "data.json" or path == CAPABILITIES
    if path.startswith("policies/") and not known:
        return Finding(
            path,
            0,
            "OPA lädt Daten nur aus `data.json` und Regeln nur aus `*.rego`;"
            " benennen Sie die Datei um oder entfernen Sie sie.",
            "OPA loads data from `data.json` and rules from `*.rego` only; rename or remove it.",
        )
    if path.startswith("schemas/") and not name.endswith(".json"):
        return Finding(
            path, 0, "Hier stehen nur JSON-Schemas.", "Only JSON Schemas belong in this folder."
        )
    return None
