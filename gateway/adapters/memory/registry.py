"""The `UnitRegistry` port in memory, written by the log in memory."""

import json
from dataclasses import dataclass, field

from gateway.errors import RegistryRefused, RegistryUnavailable
from gateway.model.evidence import PutUnit
from gateway.model.unit import RegistrySnapshot
from gateway.registry import parse_unit, registry_digest, snapshot


@dataclass(slots=True)
class MemoryRegistry:
    """Canonical documents in a dictionary. While `broken`, it cannot be read.

    `digest` is the one that the log names; documents that do not have it are not believed.
    """

    broken: bool = False
    documents: dict[str, bytes] = field(default_factory=dict)
    digest: str = field(default_factory=lambda: registry_digest({}))

    def apply(self, effect: PutUnit) -> None:
        """Write a unit, as the log does with the entry of its change."""
        self.documents[effect.unit_id] = effect.document

    async def snapshot(self) -> RegistrySnapshot:
        if self.broken:
            raise RegistryUnavailable("the registry cannot be read")
        try:
            units = {unit: parse_unit(json.loads(body)) for unit, body in self.documents.items()}
            found = snapshot(self.documents, units)
        except (RegistryRefused, ValueError) as error:
            raise RegistryUnavailable("a unit's document does not have its form") from error
        if found.digest != self.digest:
            raise RegistryUnavailable("the units are not those that the log head names")
        return found
