"""Who must have agreed before a change set comes into force (DESIGN 9, G6).

The gateway asks this before it activates, and `log verify` asks it again for every entry that
changed rules or registry, with the people who were in force there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import VoteRefused
from gateway.lifecycle.ballot import Cast, Vote, open_ballot
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.roles import MAY, Action
from gateway.lifecycle.tightening import PERSON, only_places_stops
from gateway.model.person import Person, Role

Json = Any
VOTES = 2
_OPINIONS = frozenset({Vote.OPINION_AGREE, Vote.OPINION_OBJECT})
_SAID = {
    Vote.PROPOSE: None,
    Vote.AGREE: Action.VOTE,
    Vote.REJECT: Action.VOTE,
    Vote.OPINION_AGREE: Action.OPINION,
    Vote.OPINION_OBJECT: Action.OPINION,
    Vote.WITHDRAW: Action.WITHDRAW,
    Vote.ACTIVATE: Action.ACTIVATE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a change set stands: the ballots that count, and who is still missing.

    `alone` says that its author may bring it into force alone.
    """

    casts: tuple[Cast, ...]
    alone: bool
    agreed: tuple[str, ...]
    missing_votes: int
    missing_controllers: tuple[str, ...]
    objections: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all agree who must."""
        return self.alone or not (self.missing_votes or self.missing_controllers)


def standing(
    change: ChangeSet, ballots: Iterable[Mapping[str, Json]], people: Mapping[str, Person]
) -> Standing:
    """Return how *change* stands with these signed *ballots* and the *people* in force.

    Raises:
        VoteRefused: A ballot is not its voter's, is about something else, is a second one of
            the same person, or says what that person may not say; or the author did not sign.
    """
    casts: list[Cast] = []
    for signed in ballots:
        cast = open_ballot(signed, change, people)
        may_say(cast, change, people)
        if any((c.voter, said_kind(c.vote)) == (cast.voter, said_kind(cast.vote)) for c in casts):
            raise VoteRefused(f"{cast.voter} hat schon abgestimmt ({cast.voter} has voted twice)")
        casts.append(cast)
    if not any(cast.vote is Vote.PROPOSE for cast in casts):
        raise VoteRefused(
            "der Entwurf ist nicht unterschrieben (the author did not sign the draft)"
        )
    agreed = tuple(sorted(cast.voter for cast in casts if cast.vote is Vote.AGREE))
    effect = change.effect
    spoken_for = frozenset[str]().union(*(people[name].of(Role.APPROVER) for name in agreed))
    needed = effect.controllers if effect.releases_more else ()
    return Standing(
        casts=tuple(casts),
        alone=_alone(change, people[change.author]),
        agreed=agreed,
        missing_votes=max(0, VOTES - len(agreed)),
        missing_controllers=tuple(name for name in needed if name not in spoken_for),
        objections=tuple(c.voter for c in casts if c.vote is Vote.OPINION_OBJECT),
    )


def may_say(cast: Cast, change: ChangeSet, people: Mapping[str, Person]) -> None:
    """Refuse a ballot that its voter may not cast on *change*.

    Raises:
        VoteRefused: The words say why.
    """
    person = people[cast.voter]
    action = _SAID[cast.vote] or _proposing(change.kind)
    if action is Action.VOTE and person.holds(Role.DPO):
        raise VoteRefused(
            f"{person.id} hat den Datenschutz zu wahren und stimmt nie ab "
            f"({person.id} is a data-protection officer, who never votes)"
        )
    if not any(person.holds(role) for role in MAY[action]):
        raise VoteRefused(f"keine Rolle dafür ({person.id} may not {action.value}: no role for it)")
    if cast.vote is Vote.PROPOSE:
        if person.id != change.author:
            raise VoteRefused(f"den Entwurf schrieb jemand anderes ({person.id} is not the author)")
        return
    if action is Action.VOTE:
        if person.id == change.author:
            raise VoteRefused(
                f"wer entwirft, stimmt nie ab ({person.id} is the author, who never votes)"
            )
        if f"{PERSON}{person.id}" in change.documents:
            raise VoteRefused(
                f"niemand stimmt über sich selbst ab "
                f"({person.id} does not vote on a change of their own roles or key)"
            )
    if cast.vote is Vote.WITHDRAW and person.id != change.author:
        raise VoteRefused(
            "nur wer ihn schrieb, zieht ihn zurück (only its author withdraws a draft)"
        )
    if not cast.reason.strip() and cast.vote in (Vote.OPINION_OBJECT, Vote.REJECT):
        raise VoteRefused(
            "wer widerspricht oder ablehnt, sagt warum (whoever objects or rejects says why)"
        )


def refuse_incomplete(stands: Standing, activation: Cast | None = None) -> None:
    """Refuse a change set that may not come into force as it stands.

    Raises:
        VoteRefused: Votes are missing, or it would go against an objection without a reason.
    """
    if not stands.complete:
        missing = []
        if stands.missing_votes:
            missing.append(f"{stands.missing_votes} of {VOTES} votes")
        missing += [f"an approver of {name}" for name in stands.missing_controllers]
        raise VoteRefused(f"noch nicht vereinbart (not agreed on): {', '.join(missing)} missing")
    if stands.objections and not (activation and activation.reason.strip()):
        raise VoteRefused(
            f"gegen Einwände nur mit Grund ({', '.join(stands.objections)} objects: activating "
            "against it needs a reason)"
        )


def _alone(change: ChangeSet, author: Person) -> bool:
    """Say whether *author* may bring *change* into force alone, because it only tightens."""
    effect = change.effect
    if not effect.tightens_only:
        return False
    action = Action.STOP if only_places_stops(change.documents) else Action.TIGHTEN
    if change.kind is ChangeKind.REGISTRY and any(author.holds(role) for role in MAY[action]):
        return True
    return bool(effect.controllers) and author.of(Role.APPROVER) >= {*effect.controllers}


def _proposing(kind: ChangeKind) -> Action:
    return Action.PROPOSE_POLICY if kind is ChangeKind.POLICY else Action.PROPOSE_REGISTRY


def said_kind(vote: Vote) -> str:
    """One vote and one opinion each: whoever agreed cannot also reject."""
    if vote in _OPINIONS:
        return "opinion"
    return "vote" if vote in (Vote.AGREE, Vote.REJECT) else vote.value
