"""Loading: the files of a policy set, from its folders or stored, become one, or are refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from gateway.adapters.rego_parser import parse_modules
from gateway.policy.builtins import read_capabilities
from gateway.policy.catalogue import build_catalogue, read_norms
from gateway.policy.data_document import load_documents, members_of, merge_data
from gateway.policy.findings import Finding, refuse
from gateway.policy.lookups import MADE, lookup_of
from gateway.policy.metadata import read_metadata
from gateway.policy.negations import check_negations
from gateway.policy.policy_files import (
    CAPABILITIES,
    FACTS,
    NORMS,
    PAYLOADS,
    PolicyFiles,
    read_policy_files,
)
from gateway.policy.policy_set import PolicySet
from gateway.policy.rules_for_rules import check_modules
from gateway.policy.syntax_tree import Module

Json = Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy set as far as it could be read, with everything found wrong on the way."""

    policy_set: PolicySet
    trees: tuple[Module, ...]
    files: PolicyFiles
    findings: tuple[Finding, ...]


def load_policy_set(policies: Path, schemas: Path) -> PolicySet:
    """Read both folders into a policy set that keeps the rules for rules.

    Raises:
        PolicySetRefused: One line for each thing to mend: file, line, what to do.
        PolicyUnavailable: The engine, which parses the rules, did not come up.
    """
    reading = read_policy_set(policies, schemas)
    refuse(reading.findings)
    return reading.policy_set


def policy_set_of(files: PolicyFiles) -> PolicySet:
    """Make a policy set that keeps the rules for rules of files that were read before.

    Raises:
        PolicySetRefused: One line for each thing to mend: file, line, what to do.
        PolicyUnavailable: The engine, which parses the rules, did not come up.
    """
    reading = read_files(files)
    refuse(reading.findings)
    return reading.policy_set


def read_policy_set(policies: Path, schemas: Path) -> Reading:
    """Read both folders and collect findings rather than stop at the first."""
    return read_files(*read_policy_files(policies, schemas))


def read_files(files: PolicyFiles, findings: Iterable[Finding] = ()) -> Reading:
    """Make a policy set of *files*; to the *findings* come those of what is in them."""
    documents, bad_json = load_documents(
        (path, data) for path, data in files.contents.items() if path.endswith(".json")
    )
    sources, bad_text = _sources(files)
    trees, bad_rego = parse_modules(sources.items())
    capabilities, bad_capabilities = read_capabilities(
        documents.get(CAPABILITIES, {"builtins": []})
    )
    data, bad_data = merge_data({p: documents[p] for p, _ in files.data() if p in documents})
    payloads = {path: documents[path] for path in documents if path.startswith(PAYLOADS)}
    members, bad_members = members_of(payloads)
    bad_data += [_taken(name) for name in MADE if name in data]
    made = {"members": members, "lookup": lookup_of(data, members)}
    norms, bad_norms = read_norms(documents.get(NORMS, {}))
    blocks, bad_metadata = [], list[Finding]()
    for module in trees:
        found, bad = read_metadata(module)
        blocks += found
        bad_metadata += bad
    catalogue, bad_catalogue = build_catalogue(blocks, norms)
    schemas_read = {p: d for p, d in documents.items() if p.startswith("schemas/")}
    return Reading(
        PolicySet(
            digest=files.digest,
            modules=MappingProxyType({p: sources[p] for p, _ in files.modules() if p in sources}),
            tests=MappingProxyType({p: sources[p] for p, _ in files.tests() if p in sources}),
            data=MappingProxyType({**data, **made}),
            schemas=MappingProxyType(
                {path.removeprefix("schemas/"): schema for path, schema in schemas_read.items()}
            ),
            catalogue=catalogue,
            capabilities=capabilities,
        ),
        tuple(trees),
        files,
        (
            *findings,
            *bad_json,
            *bad_text,
            *bad_rego,
            *bad_capabilities,
            *bad_data,
            *bad_members,
            *bad_norms,
            *bad_metadata,
            *bad_catalogue,
            *_bad_schemas(schemas_read),
            *(check_modules(trees, capabilities) if CAPABILITIES in documents else ()),
            *check_negations(trees),
        ),
    )


def _sources(files: PolicyFiles) -> tuple[dict[str, str], list[Finding]]:
    sources, findings = {}, []
    for path, data in (*files.modules(), *files.tests()):
        try:
            sources[path] = data.decode("utf-8")
        except UnicodeDecodeError:
            findings.append(Finding(path, 0, "Die Datei ist kein UTF-8.", "Not UTF-8."))
    return sources, findings


def _bad_schemas(schemas: Mapping[str, Json]) -> list[Finding]:
    findings = []
    for path, schema in schemas.items():
        if path == FACTS:
            continue  # a table in our own form
        try:
            jsonschema_rs.meta.validate(schema)
        except jsonschema_rs.ValidationError as error:
            findings.append(
                Finding(
                    path,
                    0,
                    f"Kein gültiges JSON Schema: {error.message}",
                    "Not a valid JSON Schema.",
                )
            )
    return findings


def _taken(name: str) -> Finding:
    return Finding(
        f"policies/{name}/data.json",
        0,
        f"`data.{name}` entsteht beim Laden aus Schemas und Tabellen; entfernen Sie die Datei.",
        f"`data.{name}` is made of schemas and tables when they are loaded; remove the file.",
    )
