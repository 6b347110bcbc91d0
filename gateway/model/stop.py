"""A stop: what one person has halted, until two agree that it goes on (DESIGN 8)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """Between which units, of which kinds, an exchange of a kind goes."""

    exchange_kind: str
    sender: str
    sender_kind: str
    recipient: str
    recipient_kind: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop in force: what it covers, why, who placed it (a person's id), since when.

    With a unit it covers all that goes to and from it; with an exchange kind every exchange of
    it, or with kinds of sender and recipient too that one route; with none of them everything.
    `since` is in epoch seconds.
    """

    id: str
    reason: str
    by: str
    since: int
    unit: str | None = None
    exchange_kind: str | None = None
    sender_kind: str | None = None
    recipient_kind: str | None = None

    def covers(self, way: Way) -> bool:
        """Say whether nothing may go that *way*."""
        if self.unit is not None:
            return self.between(way.sender, way.recipient)
        if self.sender_kind is not None:
            return (self.exchange_kind, self.sender_kind, self.recipient_kind) == (
                *(way.exchange_kind, way.sender_kind, way.recipient_kind),
            )
        return self.exchange_kind in (None, way.exchange_kind)

    def between(self, sender: str, recipient: str) -> bool:
        """Say whether it covers all that goes from *sender* to *recipient*, of every kind."""
        if self.unit is not None:
            return self.unit in (sender, recipient)
        return self.exchange_kind is None

    @property
    def scope(self) -> dict[str, str | bool]:
        """What it covers, as its document says it."""
        named = {
            "unit": self.unit,
            "exchange_kind": self.exchange_kind,
            "sender_kind": self.sender_kind,
            "recipient_kind": self.recipient_kind,
        }
        return {name: value for name, value in named.items() if value} or {"all": True}

    def shown(self) -> dict[str, str | bool | int]:
        """What every answer shows that a stop causes; who placed it is the operator's to know."""
        return {"id": self.id, "reason": self.reason, "since": self.since, **self.scope}
