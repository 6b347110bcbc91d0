"""Re-checks, entry by entry, that rules and registry changed only as people agreed (G6).

A log begins with the people who found it: a `registry` entry with the documents of at least two
approvers, and the `policy` entry with the first rules. Every later `policy`, `registry` or `stop`
entry carries its change set with the ballots, which are held against the people in force there.
"""

from collections.abc import Mapping
from typing import Any

from gateway.errors import ChangeRefused, GatewayError, LogRefused, RegistryRefused
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.change_set import ChangeKind, ChangeSet, parse_change
from gateway.lifecycle.policy_change import refuse_foreign_report
from gateway.lifecycle.registry_change import changed_by, entry_type
from gateway.lifecycle.registry_effect import loosened, surely_touched
from gateway.lifecycle.votes import refuse_incomplete, standing
from gateway.model.evidence import EntryType, Part
from gateway.model.person import Role
from gateway.people import PERSON
from gateway.registry import registry_digest
from gateway.registry_snapshot import canonical_document, read_registry
from gateway.tlog.entry import Claims

Json = Any
Parts = Mapping[Part, Mapping[str, Json]]
CHANGING = frozenset({EntryType.POLICY, EntryType.REGISTRY, EntryType.STOP})
"""Types of entries that put another digest in force, and therefore show who agreed."""

_FOUNDERS = 2
_SKEW_S = 300


class Governance:
    """The rules and the registry in force, as the entries so far make them."""

    def __init__(self) -> None:
        self.changes = 0
        self._documents: dict[str, bytes] = {}
        self._digests: dict[ChangeKind, str] = {}
        self._numbers: dict[ChangeKind, int] = {}

    def next(self, claims: Claims, parts: Parts) -> None:
        """Check the next entry of the log.

        Raises:
            LogRefused: It comes before the founding, or changes rules or registry without
                showing that those agreed who must.
        """
        if claims.type not in CHANGING:
            if claims.type is not EntryType.KEY and len(self._digests) < len(ChangeKind):
                raise LogRefused("an entry before the people and rules with which a log begins")
            return
        said = parts.get(Part.AUDIT)
        if said is None:
            raise LogRefused(f"the {claims.type} entry does not show who agreed")
        try:
            if "founding" in said:
                self._found(claims, said["founding"])
            else:
                self._change(claims, said)
        except LogRefused:
            raise
        except GatewayError as error:
            raise LogRefused(f"{claims.type}: {error}") from error
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise LogRefused(f"the {claims.type} entry does not have its form") from error
        self.changes += 1

    def _found(self, claims: Claims, founding: Mapping[str, Json]) -> None:
        kind = ChangeKind.POLICY if claims.type is EntryType.POLICY else ChangeKind.REGISTRY
        if kind in self._digests or claims.type is EntryType.STOP:
            raise ChangeRefused("a log is founded once")
        if kind is ChangeKind.REGISTRY:
            documents = founding["documents"]
            if not all(key.startswith(PERSON) for key in documents):
                raise RegistryRefused("a log is founded with people only")
            self._documents = {k: canonical_document(k, d) for k, d in documents.items()}
            people = read_registry(self._documents).people.values()
            if sum(person.holds(Role.APPROVER) for person in people) < _FOUNDERS:
                raise RegistryRefused(f"a log is founded with {_FOUNDERS} approvers")
            if registry_digest(self._documents) != claims.registry_digest:
                raise RegistryRefused("the documents do not have the digest in force")
        elif founding != {"policy_digest": claims.policy_digest}:
            raise ChangeRefused("founded with other rules than the entry names")
        self._digests[kind] = _digest(kind, claims)
        self._numbers[kind] = 1

    def _change(self, claims: Claims, said: Mapping[str, Json]) -> None:
        change = parse_change(said["change"])
        if claims.type is not entry_type(change) or change.origin != claims.origin:
            raise ChangeRefused("the change set is another's")
        if change.digest_before != self._digests.get(change.kind):
            raise ChangeRefused("the change set starts from another state than the one in force")
        if change.digest_after != _digest(change.kind, claims):
            raise ChangeRefused("the change set leads to another state than the entry names")
        if change.number <= self._numbers[change.kind]:
            raise ChangeRefused(f"number {change.number} is not higher than the one in force")
        after = self._documents
        if change.kind is ChangeKind.REGISTRY:
            after = self._registry_after(change)
        else:
            refuse_foreign_report(change)
        stands = standing(change, said["ballots"], read_registry(self._documents).people)
        activation = next((c for c in stands.casts if c.vote is Vote.ACTIVATE), None)
        if activation is None:
            raise ChangeRefused("nobody signed that it comes into force")
        if any(cast.vote is Vote.WITHDRAW for cast in stands.casts):
            raise ChangeRefused("its author withdrew the draft")
        if any(cast.time > claims.time + _SKEW_S for cast in stands.casts):
            raise ChangeRefused("a ballot is younger than the entry")
        refuse_incomplete(stands, activation)
        self._documents = after
        self._digests[change.kind] = change.digest_after
        self._numbers[change.kind] = change.number

    def _registry_after(self, change: ChangeSet) -> dict[str, bytes]:
        after = changed_by(change, self._documents)
        more, effect = bool(loosened(change.documents, self._documents)), change.effect
        if (effect.releases_more, effect.tightens_only) != (more, not more):
            raise ChangeRefused("the change releases more, or less, than its report says")
        untold = surely_touched(change.documents, self._documents) - {*effect.controllers}
        if untold:
            raise ChangeRefused(f"its report leaves out {', '.join(sorted(untold))}")
        if registry_digest(after) != change.digest_after:
            raise ChangeRefused("the documents do not have the digest in force")
        return after


def _digest(kind: ChangeKind, claims: Claims) -> str:
    return claims.policy_digest if kind is ChangeKind.POLICY else claims.registry_digest
