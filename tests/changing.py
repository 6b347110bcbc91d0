"""Change sets and people for tests of votes: valid unless told otherwise."""

from collections.abc import Mapping
from typing import Any

from gateway.demo.people import card
from gateway.lifecycle.ballot import Vote, ballot, sign_ballot
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.model.person import Person
from gateway.people import parse_person
from tests.governing import signer_of

Json = Any
NOW = 1_795_000_000
EFFECTS: Mapping[str, Mapping[str, Json]] = {
    "more": {"releases_more": True, "tightens_only": False, "controllers": ["polizei-traeger"]},
    "same": {"releases_more": False, "tightens_only": False, "controllers": ["polizei-traeger"]},
    "less": {"releases_more": False, "tightens_only": True, "controllers": ["polizei-traeger"]},
}


def role(name: str, of: str | None = None) -> dict[str, str]:
    """Return a role as a person's document holds it."""
    if of is None:
        return {"role": name}
    return {"role": name, "unit" if name == "official" else "controller": of}


def a_card(person_id: str, *roles: dict[str, str], **changes: Json) -> dict[str, Json]:
    """Return the document of a person who signs with the key of that name."""
    held = roles or (role("approver", "polizei-traeger"),)
    return {**card(person_id, person_id.title(), signer_of(person_id), *held), **changes}


def a_person(person_id: str, *roles: dict[str, str], **changes: Json) -> Person:
    """Return that person."""
    return parse_person(a_card(person_id, *roles, **changes))


def people_of(*people: Person) -> dict[str, Person]:
    """Return people by their ids."""
    return {person.id: person for person in people}


def a_change(effect: str = "more", **changes: Json) -> ChangeSet:
    """Return a change of the registry by `olga`, valid unless told otherwise."""
    kind = ChangeKind(changes.pop("kind", "registry"))
    fields: dict[str, Json] = {
        "id": "c" * 32,
        "number": 2,
        "title": "Anschluss",
        "reason": "Vertrag AVV-7",
        "author": "olga",
        "time": NOW,
        "origin": "log.example/2026",
        "digest_before": "b" * 64,
        "digest_after": "a" * 64,
        "documents": {"jugendamt": {"id": "jugendamt"}} if kind is ChangeKind.REGISTRY else {},
        "report": {"report": "datenschleuse-impact-v1", "effect": dict(EFFECTS[effect])},
    }
    return ChangeSet(kind=kind, **{**fields, **changes})


def said(
    change: ChangeSet, vote: Vote, voter: str, reason: str = "", time: int = NOW
) -> dict[str, Json]:
    """Return a ballot that *voter* signed with their own key."""
    return sign_ballot(ballot(change, vote, voter, time, reason), signer_of(voter))
