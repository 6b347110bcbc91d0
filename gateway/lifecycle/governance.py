"""How rules and registry are changed: proposed, voted on, brought into force (DESIGN 9, G6).

The one way for command line and desk. Whatever it refuses leaves everything as it was; whatever
comes into force does so in the transaction of its entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.drafting import Drafter
from gateway.errors import ChangeRefused, StaleDigest, VoteRefused
from gateway.lifecycle import policy_change, registry_change
from gateway.lifecycle.ballot import Cast, Vote, ballot, open_ballot, sign_ballot
from gateway.lifecycle.change_set import ChangeKind, ChangeSet, parse_change
from gateway.lifecycle.governance_ports import Changes, Kept, Log
from gateway.lifecycle.registry_effect import Routes, registry_report
from gateway.lifecycle.votes import Standing, may_say, refuse_incomplete, said_kind, standing
from gateway.model.evidence import Committed, Draft, Stale
from gateway.model.person import Person
from gateway.model.unit import RegistrySnapshot
from gateway.ports import Clock, Signer
from gateway.registry_snapshot import read_registry

Json = Any
Documents = Mapping[str, Mapping[str, Json] | None]
_TRIES = 3
_PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Governance:
    """Proposes, collects votes, activates; see the module's docstring."""

    log: Log
    changes: Changes
    drafter: Drafter
    clock: Clock
    routes: Callable[[], Routes]
    engines: frozenset[str] = frozenset({"embedded"})
    """The engines on which cases must have passed before rules come into force."""

    def people(self) -> Mapping[str, Person]:
        """Return the people in force."""
        return read_registry(self.log.documents()).people

    def who(self, signer: Signer) -> Person:
        """Return the person whose key this is.

        Raises:
            VoteRefused: Nobody in force has that key.
        """
        return _who(read_registry(self.log.documents()), signer)

    def propose_registry(
        self,
        changes: Documents,
        signer: Signer,
        *,
        title: str,
        reason: str,
        change_id: str | None = None,
    ) -> ChangeSet:
        """Keep a signed draft that writes *changes* into the registry.

        With *change_id* it takes the place of the author's own earlier draft, whose votes go.

        Raises:
            RegistryRefused: The documents break a rule of the registry.
            VoteRefused: The signer may not propose it.
        """
        head, known = self.log.head(), self.log.documents()
        change = registry_change.propose(
            changes,
            known,
            head,
            self.clock.now(),
            author=_who(read_registry(known), signer).id,
            title=title,
            reason=reason,
            number=self.changes.active_number(ChangeKind.REGISTRY) + 1,
            report=registry_report(changes, known, self.routes()),
            change_id=self._own(change_id, signer),
        )
        return self._propose(change, signer)

    def propose_policy(
        self,
        digest: str,
        report: Mapping[str, Json],
        signer: Signer,
        *,
        title: str,
        reason: str,
        change_id: str | None = None,
    ) -> ChangeSet:
        """Keep a signed draft that puts the policy set with that *digest* in force.

        The set itself must be kept already, so that every node can stage it. With *change_id*
        it takes the place of the author's own earlier draft, whose votes go.

        Raises:
            ChangeRefused: It is in force already, or the report is not about it.
            VoteRefused: The signer may not propose it.
        """
        change = policy_change.propose(
            digest,
            self.log.head(),
            self.clock.now(),
            author=self.who(signer).id,
            title=title,
            reason=reason,
            number=self.changes.active_number(ChangeKind.POLICY) + 1,
            report=report,
            change_id=self._own(change_id, signer),
        )
        return self._propose(change, signer)

    def ballot(self, change_id: str, vote: Vote, voter: str, reason: str = "") -> dict[str, Json]:
        """Return the ballot that *voter* would sign, as a passkey is asked to."""
        change = self._open(change_id).change
        return ballot(change, vote, voter, self.clock.now().evaluated_at, reason)

    def sign(self, change_id: str, vote: Vote, signer: Signer, reason: str = "") -> Standing:
        """Sign and cast a ballot with a key; see `cast`."""
        return self.cast(
            change_id,
            sign_ballot(self.ballot(change_id, vote, self.who(signer).id, reason), signer),
        )

    def cast(self, change_id: str, signed: Mapping[str, Json]) -> Standing:
        """Keep a signed ballot; return how the change set stands with it.

        Raises:
            ChangeRefused: There is no such draft, or it is open no more.
            VoteRefused: The ballot does not count, or is a second one.
        """
        kept, people = self._open(change_id), self.people()
        cast = open_ballot(signed, kept.change, people)
        may_say(cast, kept.change, people)
        if cast.vote in (Vote.PROPOSE, Vote.ACTIVATE):
            raise VoteRefused(f"das ist keine Stimme ({cast.vote.value} is no vote)")
        self.changes.cast(kept.change, signed, said_kind(cast.vote))
        if cast.vote is Vote.WITHDRAW:
            self.changes.withdraw(kept.change.id)
        return self.standing(kept.change.id)[0]

    def standing(self, change_id: str) -> tuple[Standing, tuple[str, ...]]:
        """Return how a change set stands, and why which of its ballots count no more."""
        kept, people = self.changes.get(change_id), self.people()
        counting, refused = [], []
        for signed in kept.ballots:
            try:
                may_say(open_ballot(signed, kept.change, people), kept.change, people)
                counting.append(signed)
            except VoteRefused as error:
                refused.append(str(error))
        return standing(kept.change, counting, people), tuple(refused)

    def activate(self, change_id: str, signer: Signer, reason: str = "") -> int:
        """Put a change set in force; return the index of its entry.

        Raises:
            ChangeRefused: It starts from another state, or has a number that is not higher.
            VoteRefused: Not all agree who must, or the signer may not activate.
            StaleDigest: Others changed rules or registry at the same time, again and again.
        """
        for _ in range(_TRIES):
            kept = self._open(change_id)
            fate = self.log.append(self._entry(kept, signer, reason))
            if isinstance(fate, Committed):
                return fate.index
            if not isinstance(fate, Stale):
                raise ChangeRefused(
                    f"der Entwurf ist nicht mehr offen ({kept.change.id} is not open any more)"
                )
        raise StaleDigest("rules and registry change too fast; try again")

    def alone(self, changes: Documents, signer: Signer, *, title: str, reason: str) -> int:
        """Put in force at once what only tightens; return the index of its entry.

        Raises:
            VoteRefused: It does not only tighten, or the signer may not do it alone.
            RegistryRefused: The documents break a rule of the registry.
        """
        for _ in range(_TRIES):
            change = self.propose_registry(changes, signer, title=title, reason=reason)
            try:
                stands, _refused = self.standing(change.id)
                if not stands.alone:
                    tightens = change.effect.tightens_only
                    why = "no role to do that alone" if tightens else "that does not only tighten"
                    raise VoteRefused(
                        f"dem müssen zwei zustimmen ({why}: two people must agree on it)"
                    )
                return self.activate(change.id, signer)
            except ChangeRefused:
                self.changes.withdraw(change.id)  # the registry changed meanwhile: draft again
            except VoteRefused:
                self.changes.withdraw(change.id)
                raise
        raise StaleDigest("the registry changes too fast; try again")

    # --- steps

    def _propose(self, change: ChangeSet, signer: Signer) -> ChangeSet:
        people = self.people()
        parse_change(change.document())
        signed = sign_ballot(ballot(change, Vote.PROPOSE, change.author, change.time), signer)
        may_say(open_ballot(signed, change, people), change, people)
        self.changes.put(change, signed)
        return change

    def _own(self, change_id: str | None, signer: Signer) -> str | None:
        """Return the id of the signer's own open draft."""
        if change_id is None:
            return None
        change = self._open(change_id).change
        if change.author != self.who(signer).id:
            raise VoteRefused("nur wer ihn schrieb, ändert ihn (only its author changes a draft)")
        return change.id

    def _open(self, change_id: str) -> Kept:
        kept = self.changes.get(change_id)
        if kept.state != _PROPOSED:
            raise ChangeRefused(f"der Entwurf ist nicht offen ({kept.change.id} is {kept.state})")
        return kept

    def _entry(self, kept: Kept, signer: Signer, reason: str) -> Draft:
        head, known, moment = self.log.head(), self.log.documents(), self.clock.now()
        change, registry = kept.change, read_registry(known)
        stands, _refused = self.standing(change.id)
        counting = {(cast.voter, cast.vote.value) for cast in stands.casts}
        ballots = [
            signed
            for signed in kept.ballots
            if (signed["ballot"]["voter"], signed["ballot"]["vote"]) in counting
        ]
        last = Cast(_who(registry, signer).id, Vote.ACTIVATE, moment.evaluated_at, reason)
        may_say(last, change, registry.people)
        refuse_incomplete(stands, last)
        content = ballot(change, last.vote, last.voter, last.time, last.reason)
        ballots.append(sign_ballot(content, signer))
        if change.kind is ChangeKind.POLICY:
            policy_change.refuse_untried(change, self.engines)
            draft = policy_change.draft_entry(change, ballots, head, moment, self.drafter)
        else:
            draft = registry_change.draft_entry(change, ballots, known, head, moment, self.drafter)
            if change.report != registry_report(change.documents, known, self.routes()):
                raise ChangeRefused(
                    "seine Wirkung ist inzwischen eine andere: neu vorschlagen, neu abstimmen "
                    "(its effect is another one by now; rebase it, vote again)"
                )
        if change.number <= self.changes.active_number(change.kind):
            raise ChangeRefused(
                f"es gibt schon eine neuere Version "
                f"(number {change.number} is not higher than the one in force)"
            )
        return draft


def _who(registry: RegistrySnapshot, signer: Signer) -> Person:
    person = registry.person_by_key(signer.kid)
    if person is None:
        raise VoteRefused("niemand hat diesen Schlüssel (nobody who is enrolled has that key)")
    return person
