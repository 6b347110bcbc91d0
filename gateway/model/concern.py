"""What concerns a unit, as it reads it: rows in the order of the log."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.model.evidence import DeliveryState, EntryType, Part


@dataclass(frozen=True, slots=True)
class ConcernRow:
    """An entry that concerns the reading unit, which may see the part *role* of its record.

    `delivery` is where the sealed payload of a decision stands; None if it has none.
    """

    index: int
    role: Part
    entry_id: str
    type: EntryType
    delivery: DeliveryState | None


@dataclass(frozen=True, slots=True)
class Concerned:
    """A row with the time of its entry (epoch seconds) and the reader's disclosure.

    `disclosure` is None once the record is erased.
    """

    row: ConcernRow
    at: int
    disclosure: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConcernPage:
    """Some of what concerns a unit. The next page begins after the index `seen`; `more` says
    that rows after it were there already.
    """

    found: tuple[Concerned, ...]
    seen: int
    more: bool


Wanted = Callable[[ConcernRow], bool]
"""Says whether a row is asked for; a pure function, called in any thread."""


def everything(_row: ConcernRow) -> bool:
    """Ask for every row."""
    return True
