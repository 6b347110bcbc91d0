"""Asks the policy decision point, and believes only a whole decision document."""

from collections.abc import Collection, Mapping
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.model.decision import Decision, check_complete
from gateway.model.exchange import Exchange
from gateway.obligations import unsupported
from gateway.policies import Policies
from gateway.ports import PolicyEngine

Json = Any


def policy_input(exchange: Exchange) -> dict[str, Json]:
    """Return what the policy sees: names and facts, never a value of the payload.

    Shape: schemas/policy_input.json. Absent is left out, dates are day numbers.
    """
    document: dict[str, Json] = {
        "exchange_kind": exchange.exchange_kind,
        "sender_kind": exchange.sender.kind,
        "recipient_kind": exchange.recipient.kind,
        "sender_controller": exchange.sender.controller,
        "legal_basis_claimed": list(exchange.legal_basis),
        "evaluated_at": exchange.moment.evaluated_at,
        "evaluated_on": exchange.moment.evaluated_on,
        "facts": dict(exchange.facts),
        "members": {name: dict(facts) for name, facts in exchange.member_facts.items()},
    }
    for name in ("purpose", "original_purpose", "in_reply_to"):
        value = getattr(exchange, name)
        if value is not None:
            document[name] = value
    return document


async def decide(
    exchange: Exchange, engine: PolicyEngine, policies: Policies
) -> tuple[Decision, dict[str, Json]]:
    """Return the decision with the input that it was made from.

    Raises:
        PolicyUnavailable: No answer, or one that is not a whole decision document.
    """
    asked = policy_input(exchange)
    return await decide_input(asked, engine, policies), asked


async def decide_input(
    asked: Mapping[str, Json], engine: PolicyEngine, policies: Policies
) -> Decision:
    """Return the decision on a policy input, of this exchange or of one that is past.

    Raises:
        PolicyUnavailable: No answer, or one that is not a whole decision document.
    """
    check_input(asked, policies)
    return decision_of(await engine.decide(policies.digest, asked), asked, engine.name, policies)


def check_input(asked: Mapping[str, Json], policies: Policies) -> None:
    """Refuse what no rule may be asked.

    Raises:
        PolicyUnavailable: The policy input does not have its shape.
    """
    if not policies.schemas.policy_input.is_valid(asked):
        raise PolicyUnavailable("the policy input does not have its shape")


def decision_of(
    answer: Mapping[str, Json], asked: Mapping[str, Json], engine: str, policies: Policies
) -> Decision:
    """Return the decision that the engine's answer to *asked* is.

    Raises:
        PolicyUnavailable: It is not a whole decision document.
    """
    if not policies.schemas.decision.is_valid(answer):
        raise PolicyUnavailable("the decision document does not have its shape")
    decision = Decision.parse(answer, policies.digest, engine)
    check_complete(decision, asked["members"])
    lacking = unsupported(decision, policies.executors)
    if lacking:
        return Decision.parse(_refusal(answer, lacking), policies.digest, engine)
    return decision


def _refusal(answer: Mapping[str, Json], lacking: Collection[str]) -> dict[str, Json]:
    """Turn a decision with obligations that nobody here can fulfil into a denial without them."""
    denials = [*answer["denials"], {"reason": "obligation_unsupported", "rule": "GATEWAY-1"}]
    members = sorted(member for outcome in answer["outcomes"] for member in outcome["members"])
    withheld = {
        "action": "withhold",
        "parameters": {},
        "reasons": denials[:1],
        "members": members,
    }
    return {
        **answer,
        "verdict": "deny",
        "denials": denials,
        "outcomes": [withheld] if members else [],
        "obligations": [item for item in answer["obligations"] if item["code"] not in lacking],
    }
