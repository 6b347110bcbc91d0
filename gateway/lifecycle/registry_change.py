"""A change of the registry: its draft, and its entry in the log."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.drafting import Drafter, random_id
from gateway.errors import ChangeRefused, RegistryRefused
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.tightening import only_places_stops
from gateway.lifecycle.votes import VOTES
from gateway.model.evidence import CloseChange, Draft, EntryType, Part, PutDocument
from gateway.model.exchange import Moment
from gateway.model.person import Role
from gateway.model.unit import RegistrySnapshot, UnitStatus
from gateway.ports import Head
from gateway.registry import registry_digest
from gateway.registry_snapshot import canonical_document, read_registry
from gateway.stops import STOP

Json = Any
Documents = Mapping[str, Mapping[str, Json] | None]
"""Documents that change, by key; None removes one."""

PERMANENT = "log.permanent"
"""The bucket of entries that live as long as the log (DESIGN 11)."""


def changed(known: Mapping[str, bytes], changes: Documents) -> dict[str, bytes]:
    """Return the registry's canonical documents after *changes*.

    Raises:
        RegistryRefused: A document is not well formed, is in force as it is, is not there to
            be removed, moves a unit to another controller, changes a stop, or shares a pin or
            a key; or fewer than two remain who may vote.
    """
    after = dict(known)
    for key, document in changes.items():
        if document is None:
            if after.pop(key, None) is None:
                raise RegistryRefused(f"{key} is not there to be removed")
            continue
        body = canonical_document(key, document)
        if known.get(key) == body:
            raise RegistryRefused(f"{key} has exactly this document already")
        if key in known and key.startswith(STOP):
            raise RegistryRefused(f"{key} is in force; a stop is lifted, not changed")
        after[key] = body
    before, now = read_registry(known), read_registry(after)
    for name, unit in now.units.items():
        earlier = before.units.get(name)
        if earlier is not None and earlier.controller != unit.controller:
            raise RegistryRefused(f"unit {name} belongs to another controller")
    if _voters(now) < min(VOTES, _voters(before)):
        raise RegistryRefused(f"fewer than {VOTES} would remain who may vote")
    return after


def changed_by(change: ChangeSet, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the registry's documents after *change*; a stop names its author as who placed it.

    Raises:
        RegistryRefused: As `changed`, or a stop is placed in another's name.
    """
    after = changed(known, change.documents)
    for key, document in change.documents.items():
        if key.startswith(STOP) and document is not None and document["by"] != change.author:
            raise RegistryRefused(f"{key} names another than {change.author}, who placed it")
    return after


def propose(
    changes: Documents,
    known: Mapping[str, bytes],
    head: Head,
    moment: Moment,
    *,
    author: str,
    title: str,
    reason: str,
    number: int,
    report: Mapping[str, Json],
    change_id: str | None = None,
) -> ChangeSet:
    """Return the draft that turns the documents in force, *known*, into those after *changes*.

    Raises:
        RegistryRefused: As `changed`.
    """
    return ChangeSet(
        id=change_id or random_id(),
        kind=ChangeKind.REGISTRY,
        number=number,
        title=title,
        reason=reason,
        author=author,
        time=moment.evaluated_at,
        origin=head.origin,
        digest_before=head.registry_digest,
        digest_after=registry_digest(changed(known, changes)),
        documents=dict(changes),
        report=dict(report),
    )


def draft_entry(
    change: ChangeSet,
    ballots: Iterable[Mapping[str, Json]],
    known: Mapping[str, bytes],
    head: Head,
    moment: Moment,
    drafter: Drafter,
) -> Draft:
    """Return the entry that puts *change* in force, with all that lets anyone check it.

    Its type is `stop` when it only places stops, else `registry`.

    Raises:
        ChangeRefused: The registry in force is not the one that the change starts from.
        RegistryRefused: As `changed_by`.
    """
    if change.digest_before != head.registry_digest:
        raise ChangeRefused(
            "seit diesem Entwurf ist das Register ein anderes: `change rebase`, neu abstimmen "
            "(the registry has changed since this draft; rebase it, vote again)"
        )
    after = changed_by(change, known)
    digest = registry_digest(after)
    if digest != change.digest_after:
        raise ChangeRefused("the documents do not give the digest that the draft names")
    return drafter.draft(
        entry_type(change),
        moment,
        head.policy_digest,
        head.registry_digest,
        {Part.AUDIT: {"change": change.document(), "ballots": [dict(b) for b in ballots]}},
        bucket=PERMANENT,
        effects=(
            CloseChange(change.id, change.canonical),
            *(PutDocument(key, after.get(key)) for key in sorted(change.documents)),
        ),
        new_registry_digest=digest,
    )


def entry_type(change: ChangeSet) -> EntryType:
    """Return the type of the entry that puts *change* in force."""
    if change.kind is ChangeKind.POLICY:
        return EntryType.POLICY
    return EntryType.STOP if only_places_stops(change.documents) else EntryType.REGISTRY


def suspended(document: bytes) -> dict[str, Json]:
    """Return a unit's document with the status that one person alone may set."""
    return {**_read(document), "status": UnitStatus.SUSPENDED.value}


def _voters(registry: RegistrySnapshot) -> int:
    return sum(person.holds(Role.APPROVER) for person in registry.people.values())


def _read(document: bytes) -> dict[str, Json]:
    value: dict[str, Json] = json.loads(document)
    return value
