"""A person who governs: roles, and the key with which ballots are signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person may be (DESIGN 9). All but the operator are it *for* someone."""

    AUTHOR = "author"
    APPROVER = "approver"
    DPO = "dpo"
    AUDITOR = "auditor"
    OFFICIAL = "official"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of a person.

    `of` is the controller for which it is held, the unit for an official, None for an operator.
    """

    role: Role
    of: str | None


@dataclass(frozen=True, slots=True)
class Passkey:
    """Where a passkey lives: what a verifier compares client and authenticator data with."""

    credential_id: str
    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's public key, `kid` its RFC 7638 thumbprint; with a passkey, also its place."""

    jwk: Mapping[str, Any]
    kid: str
    passkey: Passkey | None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the registry knows them; whoever has ended signs nothing any more."""

    id: str
    name: str
    active: bool
    grants: frozenset[Grant]
    key: PersonKey

    def holds(self, role: Role) -> bool:
        """Say whether the person has that role now, for whomever."""
        return self.active and any(grant.role is role for grant in self.grants)

    def of(self, role: Role) -> frozenset[str]:
        """Return the controllers (or units) for which the person has that role now."""
        if not self.active:
            return frozenset()
        return frozenset(g.of for g in self.grants if g.role is role and g.of is not None)
