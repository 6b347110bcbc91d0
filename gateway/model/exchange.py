"""One exchange on its way from bytes to decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.model.stop import Way
from gateway.model.unit import Unit

Json = Any
Payload = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP request as it came, before anything in it is believed.

    `headers` are lower-case names with their values in the order received; `target_uri` is
    built from the gateway's own public address, never from the Host header. `proxied` says
    that the certificate is a trusted proxy's word, not what the connection itself proved.
    """

    method: str
    target_uri: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    certificate: bytes | None
    proxied: bool = False

    def header(self, name: str) -> str | None:
        """Return the only value of *name*, or None if it is absent or came twice."""
        values = [value for key, value in self.headers if key == name]
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class Moment:
    """The one time at which an exchange is judged.

    `evaluated_at` is in epoch seconds, `evaluated_on` the day number since 1970-01-01 in
    Europe/Berlin.
    """

    evaluated_at: int
    evaluated_on: int


@dataclass(frozen=True, slots=True)
class Document:
    """A strict I-JSON object with the moment of its arrival."""

    value: Mapping[str, Json]
    moment: Moment


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated unit, the registry it was found in, and its signature as evidence."""

    unit: Unit
    registry_digest: str
    signature: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom the payload identifies, for counting and the blind index.

    `place` is the item of a list in which the person stands.
    """

    member: str
    family_name: str
    given_names: str
    date_of_birth: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A valid request: its shape is right; whether it is lawful is the policy's business.

    `facts` and `member_facts` have the form that the policy sees: dates as day numbers, texts
    as present or absent. `groups` are the offered names that stand for some items of a list.
    `stated_facts` and `stated_member_facts` are the sender's own words.
    """

    sender: Unit
    recipient: Unit
    exchange_kind: str
    in_reply_to: str | None
    purpose: str | None
    original_purpose: str | None
    purpose_text: str | None
    legal_basis: tuple[str, ...]
    justification: str | None
    case_reference: str | None
    acting_official: str | None
    partnership: str | None
    facts: Mapping[str, Json]
    member_facts: Mapping[str, Mapping[str, Json]]
    stated_facts: Mapping[str, Json]
    stated_member_facts: Mapping[str, Mapping[str, Json]]
    payload: Payload = field(repr=False)
    persons: tuple[Person, ...] = field(repr=False)
    free_text_checked: bool
    registry_digest: str
    moment: Moment
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def way(self) -> Way:
        """What a stop is held against."""
        return way_between(self.exchange_kind, self.sender, self.recipient)


def way_between(exchange_kind: str, sender: Unit, recipient: Unit) -> Way:
    """Return the way of an exchange of that kind between two units."""
    return Way(exchange_kind, sender.id, sender.kind, recipient.id, recipient.kind)
