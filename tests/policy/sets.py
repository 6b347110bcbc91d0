"""Small policy sets for tests: valid unless told otherwise."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gateway.policy.builtins import Capabilities, known_builtins
from gateway.policy.catalogue import Catalogue
from gateway.policy.policy_set import PolicySet

Json = Any

MAIN = "policies/exchange/main/main.rego"
BUILTINS = (  # noqa: SIM905  what the rules in these tests use
    "and assign contains count div eq equal gt gte internal.member_2 internal.member_3"
    " internal.template_string lt lte minus mul neq numbers.range object.get object.keys or plus"
    " split sprintf startswith time.clock time.parse_rfc3339_ns upper"
).split()


def capabilities(*names: str) -> Capabilities:
    return Capabilities(known_builtins(), frozenset([*BUILTINS, *names]))


def a_policy_set(
    main: str = 'decision := {"verdict": "deny"}',
    *,
    digest: str = "0" * 64,
    modules: Mapping[str, str] | None = None,
    tests: Mapping[str, str] | None = None,
    data: Mapping[str, Json] | None = None,
    schemas: Mapping[str, Json] | None = None,
    catalogue: Catalogue | None = None,
) -> PolicySet:
    """A policy set that was never a folder; *main* is the body of `package exchange.main`."""
    return PolicySet(
        digest=digest,
        modules={MAIN: f"package exchange.main\n\n{main}\n", **(modules or {})},
        tests=tests or {},
        data={"members": {}, **(data or {})},
        schemas=schemas or {},
        catalogue=catalogue or Catalogue(MappingProxyType({}), MappingProxyType({})),
        capabilities=capabilities(),
    )


def write_set(root: Path, files: Mapping[str, str | Json] | None = None) -> tuple[Path, Path]:
    """Write a small valid set below *root*, with *files* added or put in place of its own.

    A value of None leaves the file out. Returns the folders of policies and of schemas.
    """
    everything: dict[str, Json] = {
        MAIN: 'package exchange.main\n\n# METADATA\n# title: A\ndecision := {"verdict": "deny"}\n',
        "policies/capabilities.json": {"builtins": [{"name": name} for name in BUILTINS]},
        "policies/norms/data.json": {
            "LAW-1": {"citation": "§ 1 Gesetz", "status": "V", "link": "urn:law"}
        },
        "schemas/facts.json": {"facts": {}, "field_facts": {}},
        "schemas/policy_input.json": {"type": "object"},
        "schemas/decision.json": {"type": "object"},
        "schemas/rule_metadata.json": {"type": "object"},
        "schemas/norm.json": {"type": "object"},
        "schemas/payloads/NOTE.json": {
            "type": "object",
            "properties": {
                "text": {"type": "string", "x-datenschleuse": {"category": "INCIDENT_FACT"}}
            },
        },
        **(files or {}),
    }
    for path, content in everything.items():
        if content is None:
            continue
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return root / "policies", root / "schemas"
