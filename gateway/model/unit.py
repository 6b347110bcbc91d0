"""A registered unit: one office of a controller that sends or receives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.errors import RegistryRefused
from gateway.model.person import Person
from gateway.model.stop import Stop, Way

JWK = Mapping[str, Any]


class UnitStatus(StrEnum):
    """Whether a unit takes part. Suspending is the one change that a single person may make."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key of a unit's RFC 9421 signatures; `kid` is its RFC 7638 thumbprint."""

    alg: str
    jwk: JWK
    kid: str


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """The key to which released documents are sealed (RFC 7516)."""

    alg: str
    jwk: JWK
    kid: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where deliveries are pushed; without one they wait in the unit's inbox."""

    url: str
    private_address: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """The processing contract (Art. 28 DSGVO) without which no unit is active."""

    id: str
    date: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as the registry knows it; the registry digest covers its canonical document."""

    id: str
    name: str
    controller: str
    kind: str
    country: str
    status: UnitStatus
    pins: tuple[str, ...]
    signing_key: SigningKey
    encryption_key: EncryptionKey | None
    endpoint: Endpoint | None
    contract: Contract
    may_receive: bool
    keeps_marking: bool
    commitment_purpose: bool
    verifies_log: bool
    legal_entity: str

    @property
    def active(self) -> bool:
        return self.status is UnitStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class RegistrySnapshot:
    """All units, people and stops in force under one registry digest (64 hex digits)."""

    digest: str
    units: Mapping[str, Unit]
    by_pin: Mapping[str, str]
    people: Mapping[str, Person] = field(default_factory=dict)
    stops: Mapping[str, Stop] = field(default_factory=dict)

    def unit(self, unit_id: str) -> Unit | None:
        return self.units.get(unit_id)

    def person_by_key(self, kid: str) -> Person | None:
        """Return the active person whose key has that thumbprint, or None."""
        return next((p for p in self.people.values() if p.active and p.key.kid == kid), None)

    def stop_on(self, way: Way) -> Stop | None:
        """Return the oldest stop that covers *way*, or None if nothing stands in it."""
        found = [stop for stop in self.stops.values() if stop.covers(way)]
        return min(found, key=lambda stop: (stop.since, stop.id), default=None)

    def unit_by_pin(self, pin: str) -> Unit | None:
        """Return the unit that registered the SPKI SHA-256 *pin* (hex), or None."""
        unit_id = self.by_pin.get(pin)
        return None if unit_id is None else self.units[unit_id]


def snapshot_of(
    digest: str,
    units: Mapping[str, Unit],
    people: Mapping[str, Person] | None = None,
    stops: Mapping[str, Stop] | None = None,
) -> RegistrySnapshot:
    """Index *units* by pin.

    Raises:
        RegistryRefused: Two units share a pin, so that a certificate would name both; or two
            people share a key, so that one could vote as both.
    """
    by_pin: dict[str, str] = {}
    for unit in units.values():
        for pin in unit.pins:
            if pin in by_pin:
                raise RegistryRefused(f"units {by_pin[pin]} and {unit.id} share a pin")
            by_pin[pin] = unit.id
    by_key: dict[str, str] = {}
    for person in (people or {}).values():
        if person.key.kid in by_key:
            raise RegistryRefused(f"{by_key[person.key.kid]} and {person.id} share a key")
        by_key[person.key.kid] = person.id
    return RegistrySnapshot(digest, dict(units), by_pin, dict(people or {}), dict(stops or {}))
