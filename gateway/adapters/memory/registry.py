"""The `UnitRegistry` port in memory, written by the log in memory."""

from dataclasses import dataclass, field

from gateway.errors import RegistryRefused, RegistryUnavailable
from gateway.model.evidence import PutDocument
from gateway.model.unit import RegistrySnapshot
from gateway.registry import registry_digest
from gateway.registry_snapshot import read_registry


@dataclass(slots=True)
class MemoryRegistry:
    """Canonical documents in a dictionary. While `broken`, it cannot be read.

    `digest` is the one that the log names; documents that do not have it are not believed.
    """

    broken: bool = False
    documents: dict[str, bytes] = field(default_factory=dict)
    digest: str = field(default_factory=lambda: registry_digest({}))

    def apply(self, effect: PutDocument) -> None:
        """Write or remove a document, as the log does with the entry of its change."""
        self.documents.pop(effect.key, None)
        if effect.document is not None:
            self.documents[effect.key] = effect.document

    async def snapshot(self) -> RegistrySnapshot:
        if self.broken:
            raise RegistryUnavailable("the registry cannot be read")
        try:
            found = read_registry(self.documents)
        except RegistryRefused as error:
            raise RegistryUnavailable("a document does not have its form") from error
        if found.digest != self.digest:
            raise RegistryUnavailable("the units are not those that the log head names")
        return found
