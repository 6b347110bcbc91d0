"""A policy set: rules, tables and schemas, read once and frozen, under one digest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.policy.builtins import Capabilities
from gateway.policy.catalogue import Catalogue

Json = Any


@dataclass(frozen=True, slots=True)
class PolicySet:
    """What decides, made from the very bytes that `digest` names.

    `modules` holds path to Rego without tests; `data` the document that rules see; `schemas`
    the JSON Schemas by path below `schemas/`, such as `payloads/STATISTICS.json`.
    """

    digest: str
    modules: Mapping[str, str]
    tests: Mapping[str, str]
    data: Mapping[str, Json]
    schemas: Mapping[str, Json]
    catalogue: Catalogue
    capabilities: Capabilities

    @property
    def data_json(self) -> bytes:
        """The data document as the engine is given it."""
        return json.dumps(dict(self.data), ensure_ascii=False, sort_keys=True).encode()
