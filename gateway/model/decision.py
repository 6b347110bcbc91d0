"""The decision document of the policy decision point (DESIGN 4.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.errors import PolicyUnavailable

Json = Any


class Verdict(StrEnum):
    """What becomes of the request as a whole."""

    PERMIT = "permit"
    DENY = "deny"
    HOLD = "hold"


class Action(StrEnum):
    """What becomes of one member."""

    RELEASE = "release"
    WITHHOLD = "withhold"
    GENERALISE = "generalise"
    PSEUDONYMISE = "pseudonymise"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with the rule of the catalogue that gives it."""

    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Members that share one action for the same reasons."""

    action: Action
    parameters: Mapping[str, Json]
    reasons: tuple[Reason, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that comes with the decision."""

    code: str
    rule: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision document, parsed; `document` is what the engine answered, as it was."""

    verdict: Verdict
    denials: tuple[Reason, ...]
    outcomes: tuple[Outcome, ...]
    obligations: tuple[Obligation, ...]
    regime_sender: str
    regime_recipient: str
    accountable: str
    neutral: bool
    struck_out: tuple[str, ...]
    rules_applied: tuple[str, ...]
    log_class: str
    needs: tuple[Json, ...]
    document: Mapping[str, Json]
    policy_digest: str
    engine: str

    @classmethod
    def parse(cls, document: Mapping[str, Json], policy_digest: str, engine: str) -> "Decision":
        """Read a document that its schema already accepted."""
        return cls(
            verdict=Verdict(document["verdict"]),
            denials=_reasons(document["denials"]),
            outcomes=tuple(
                Outcome(
                    Action(outcome["action"]),
                    outcome["parameters"],
                    _reasons(outcome["reasons"]),
                    tuple(outcome["members"]),
                )
                for outcome in document["outcomes"]
            ),
            obligations=tuple(
                Obligation(item["code"], item["rule"], item["parameters"])
                for item in document["obligations"]
            ),
            regime_sender=document["regime"]["sender"],
            regime_recipient=document["regime"]["recipient"],
            accountable=document["accountable"],
            neutral=document["neutral"],
            struck_out=tuple(document["struck_out"]),
            rules_applied=tuple(document["rules_applied"]),
            log_class=document["log_class"],
            needs=tuple(document["needs"]),
            document=document,
            policy_digest=policy_digest,
            engine=engine,
        )

    def members(self, *actions: Action) -> frozenset[str]:
        """Return the names of all members whose action is one of *actions*."""
        return frozenset(
            member
            for outcome in self.outcomes
            if outcome.action in actions
            for member in outcome.members
        )

    @property
    def released(self) -> frozenset[str]:
        """The offered names of which anything leaves, whole or transformed."""
        return self.members(Action.RELEASE, Action.GENERALISE, Action.PSEUDONYMISE)

    def obligation(self, code: str) -> Obligation | None:
        return next((item for item in self.obligations if item.code == code), None)


@dataclass(frozen=True, slots=True)
class DecidedMany:
    """Raw decision documents in the order of the inputs, None where there is no decision; and
    the seconds of CPU that the engine took for all of them."""

    documents: tuple[Mapping[str, Json] | None, ...]
    cpu_s: float = 0.0


def check_complete(decision: Decision, offered: Iterable[str]) -> None:
    """Refuse a decision that does not place every offered member in exactly one outcome.

    Raises:
        PolicyUnavailable: A member is missing, stands twice, was never offered, is withheld
            or changed without a reason, or a denial releases something.
    """
    placed = [member for outcome in decision.outcomes for member in outcome.members]
    if sorted(placed) != sorted(offered):
        raise PolicyUnavailable("the decision does not place every member exactly once")
    if any(o.action is not Action.RELEASE and not o.reasons for o in decision.outcomes):
        raise PolicyUnavailable("the decision withholds or changes without a reason")
    withheld = decision.members(Action.WITHHOLD)
    if decision.verdict is Verdict.DENY and len(withheld) != len(placed):
        raise PolicyUnavailable("the decision denies, yet releases a member")
    if decision.verdict is Verdict.DENY and not decision.denials:
        raise PolicyUnavailable("the decision denies without a reason")
    if decision.verdict is not Verdict.DENY and decision.denials:
        raise PolicyUnavailable("the decision gives a denial, yet does not deny")
    if decision.verdict is not Verdict.DENY and len(withheld) == len(placed):
        raise PolicyUnavailable("the decision permits, yet releases nothing")


def _reasons(items: Iterable[Mapping[str, str]]) -> tuple[Reason, ...]:
    return tuple(Reason(item["reason"], item["rule"]) for item in items)
