"""What a check of the database found: codes with places, never a value of a record."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

SHOWN = 100


class Code(StrEnum):
    """The closed set of what can be wrong."""

    HEAD_REFUSED = "head_refused"
    ROOT_DIFFERS = "root_differs"
    ENTRY_MISSING = "entry_missing"
    ENTRY_REFUSED = "entry_refused"
    ENTRY_DIFFERS = "entry_differs"
    LEAF_HASH_DIFFERS = "leaf_hash_differs"
    CHECKPOINT_REFUSED = "checkpoint_refused"
    CHECKPOINT_MISSING = "checkpoint_missing"
    TILE_DIFFERS = "tile_differs"
    PART_REFUSED = "part_refused"
    CLAIM_WRONG = "claim_wrong"
    CLAIM_MISSING = "claim_missing"
    DELIVERY_WRONG = "delivery_wrong"
    DELIVERY_MISSING = "delivery_missing"
    STATE_WRONG = "state_wrong"
    PAYLOAD_WRONG = "payload_wrong"
    CONCERN_WRONG = "concern_wrong"
    CONCERN_MISSING = "concern_missing"
    REGISTRY_WRONG = "registry_wrong"
    CHANGE_WRONG = "change_wrong"
    CHANGE_MISSING = "change_missing"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, and in a few words what."""

    code: Code
    where: str
    what: str


@dataclass(slots=True)
class Findings:
    """All findings by number, and the first of each code in full."""

    shown: list[Finding] = field(default_factory=list)
    counts: Counter[Code] = field(default_factory=Counter)

    def add(self, code: Code, where: str, what: str) -> None:
        self.counts[code] += 1
        if self.counts[code] <= SHOWN:
            self.shown.append(Finding(code, where, what))

    def at(self, code: Code, index: int, what: str) -> None:
        """Add a finding at an entry."""
        self.add(code, f"entry {index}", what)

    @property
    def clean(self) -> bool:
        return not self.counts
