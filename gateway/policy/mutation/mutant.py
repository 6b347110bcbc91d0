"""Mutants: one change to one rule, or to one row of a table."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = Any


class Change(StrEnum):
    """What was done; the value is how it is written in reports and in the file of survivors."""

    NEGATED = "negated"
    DROPPED = "dropped"
    COMPARED_OTHERWISE = "compared otherwise"
    EMPTIED = "emptied"
    SILENCED = "silenced"
    NEEDED = "made needed"
    WITHHELD = "made withhold"
    REMOVED = "removed"
    RAISED = "raised by one"
    TAKEN_AS_READ = "taken as read in full"


GERMAN = {
    Change.NEGATED: "verneint",
    Change.DROPPED: "weggelassen",
    Change.COMPARED_OTHERWISE: "anders verglichen",
    Change.EMPTIED: "geleert",
    Change.SILENCED: "Regel stillgelegt",
    Change.NEEDED: "zu `needed` gemacht",
    Change.WITHHELD: "zu `withhold` gemacht",
    Change.REMOVED: "entfernt",
    Change.RAISED: "um eins erhöht",
    Change.TAKEN_AS_READ: "als im Wortlaut geprüft behandelt",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: *source* in place of the module's own, or *new* at the place *row* of the data.

    `where` is the rule or the row; `before` is the text that was changed. A *new* of None
    removes what stands there.
    """

    path: str
    line: int
    where: str
    change: Change
    before: str
    source: str | None = None
    row: tuple[str, ...] = ()
    new: Json = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays when lines move: file, rule or row, change, changed text."""
        return self.path, self.where, self.change.value, self.before

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}"
        return f"{place}: {self.where}: {GERMAN[self.change]} ({self.change}): {self.before}"
