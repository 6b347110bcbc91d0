"""The engine sees names and facts; only a whole decision document is believed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.memory.engine import MemoryEngine
from gateway.errors import PolicyUnavailable
from gateway.model.decision import Action, Decision, Reason, Verdict
from gateway.model.exchange import Exchange
from gateway.steps.decide import decide, policy_input
from tests.builders import (
    NOW,
    PURPOSELESS,
    TODAY,
    a_decision,
    a_person,
    an_envelope,
    an_exchange,
    an_obligation,
    release_all,
    the_policies,
)

POLICIES = the_policies()
UNSUPPORTED = Reason("obligation_unsupported", "GATEWAY-1")


def an_engine(rule: Any, **changes: Any) -> MemoryEngine:
    return MemoryEngine(POLICIES.digest, rule, **changes)


async def decided(rule: Any, exchange: Exchange | None = None) -> Decision:
    decision, _ = await decide(exchange or an_exchange(), an_engine(rule), POLICIES)
    return decision


def answering(**changes: Any) -> Any:
    return lambda asked: {**release_all(asked), **changes}


# --- what the policy sees -----------------------------------------------------------


def test_the_policy_sees_who_what_for_and_when() -> None:
    assert policy_input(replace(an_exchange(), in_reply_to="0" * 32)) == {
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "sender_kind": "POLICE_INSPECTION",
        "recipient_kind": "MUNICIPAL_ORDER",
        "sender_controller": "polizei-traeger",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "DANGER_PREVENTION",
        "in_reply_to": "0" * 32,
        "legal_basis_claimed": ["NPOG-1-2", "NPOG-41"],
        "evaluated_at": NOW,
        "evaluated_on": TODAY,
        "facts": an_exchange().facts,
        "members": {
            "hazard_facts": {},
            "licensee_name": {"data_subject_role": "responsible_person"},
            "premises_address": {},
        },
    }


def test_what_is_absent_is_left_out() -> None:
    asked = policy_input(an_exchange(purpose=None, original_purpose=None))
    assert not {"purpose", "original_purpose", "in_reply_to"} & asked.keys()


def test_the_policy_sees_no_value_of_the_payload_and_none_of_the_senders_words() -> None:
    """Nor who the partnership is with: it is never a basis."""
    canary = "kanarienvogel"
    exchange = an_exchange(
        payload={
            "premises_address": canary,
            "guest_names": [a_person(canary, given_names=canary)],
            "hazard_facts": canary,
        },
        field_facts={"hazard_facts": {"necessity_reason": canary, "assessment_source": canary}},
        facts={"danger_facts": canary, "strictly_necessary_reason": canary},
        purpose_text=canary,
        justification=canary,
        case_reference=canary,
        acting_official=canary,
        partnership=canary,
    )
    assert canary in json.dumps(exchange.payload)
    assert canary not in json.dumps(policy_input(exchange))


def test_the_input_fits_its_schema() -> None:
    assert POLICIES.schemas.policy_input.is_valid(policy_input(an_exchange()))


async def test_the_engine_is_asked_once_under_the_digest_of_the_rules() -> None:
    engine = an_engine(release_all)
    decision, asked = await decide(an_exchange(), engine, POLICIES)
    assert engine.asked == [asked]
    assert (decision.policy_digest, decision.engine) == (POLICIES.digest, "memory/1")


# --- what is believed ---------------------------------------------------------------


async def test_a_whole_decision_is_taken_as_it_is() -> None:
    decision = await decided(release_all)
    assert decision.verdict is Verdict.PERMIT
    assert decision.members(Action.RELEASE) == an_envelope()["payload"].keys()


async def test_an_engine_that_does_not_answer_gives_no_decision() -> None:
    engine = an_engine(release_all, failure="late")
    with pytest.raises(PolicyUnavailable):
        await decide(an_exchange(), engine, POLICIES)


async def test_an_engine_with_other_rules_gives_no_decision() -> None:
    engine = MemoryEngine("f" * 64, release_all)
    with pytest.raises(PolicyUnavailable):
        await decide(an_exchange(), engine, POLICIES)


def omitting(member: str) -> Any:
    return lambda asked: {
        name: value for name, value in release_all(asked).items() if name != member
    }


@pytest.mark.parametrize("member", sorted(release_all({"members": {"a": {}}})))
async def test_a_document_that_lacks_a_member_is_not_believed(member: str) -> None:
    with pytest.raises(PolicyUnavailable):
        await decided(omitting(member))


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "allow"},
        {"verdict": True},
        {"verdict": None},
        {"denials": {}},
        {"outcomes": [{"action": "release", "members": ["a"]}]},
        {"outcomes": [{"action": "send", "parameters": {}, "reasons": [], "members": ["a"]}]},
        {"log_class": "for ever"},
        {"regime": {"sender": "JI"}},
        {"accountable": "nobody"},
        {"allow": True},
        {"obligations": ["OB-LOG"]},
        {"needs": None},
    ],
)
async def test_a_document_of_another_shape_is_not_believed(changes: Mapping[str, Any]) -> None:
    with pytest.raises(PolicyUnavailable):
        await decided(answering(**changes))


@pytest.mark.parametrize("answer", [None, True, [], "permit", {}])
async def test_what_is_no_document_is_not_believed(answer: Any) -> None:
    with pytest.raises(PolicyUnavailable):
        await decided(lambda _asked: answer)


@pytest.mark.parametrize(
    "placed",
    [
        ["hazard_facts", "licensee_name"],
        ["hazard_facts", "licensee_name", "premises_address", "guest_names"],
        ["hazard_facts", "licensee_name", "premises_address#1"],
        [],
    ],
)
async def test_members_that_are_not_placed_or_were_not_offered_are_not_believed(
    placed: list[str],
) -> None:
    with pytest.raises(PolicyUnavailable):
        await decided(lambda _asked: a_decision(placed))


async def test_a_denial_that_releases_is_not_believed() -> None:
    released = a_decision(an_envelope()["payload"])["outcomes"]
    denial = a_decision(denials=[PURPOSELESS], outcomes=released)
    with pytest.raises(PolicyUnavailable):
        await decided(lambda _asked: denial)


# --- obligations that nobody fulfils ------------------------------------------------


async def test_an_obligation_that_nobody_fulfils_turns_a_permit_into_a_denial() -> None:
    def rule(asked: Mapping[str, Any]) -> Any:
        return a_decision(asked["members"], obligations=[an_obligation("OB-NEW")])

    decision = await decided(rule)

    assert decision.verdict is Verdict.DENY
    assert decision.denials == (UNSUPPORTED,)
    (outcome,) = decision.outcomes
    assert (outcome.action, outcome.reasons) == (Action.WITHHOLD, (UNSUPPORTED,))
    assert list(outcome.members) == sorted(an_envelope()["payload"])
    assert [item.code for item in decision.obligations] == ["OB-LOG-RETENTION"]
    assert POLICIES.schemas.decision.is_valid(decision.document)


async def test_of_several_such_obligations_none_is_left() -> None:
    codes = [an_obligation("OB-NEW"), an_obligation("OB-OTHER"), an_obligation("OB-KEEP-MARK")]
    decision = await decided(lambda asked: a_decision(asked["members"], obligations=codes))
    assert decision.verdict is Verdict.DENY
    assert [item.code for item in decision.obligations] == ["OB-LOG-RETENTION", "OB-KEEP-MARK"]


async def test_a_denial_with_such_an_obligation_keeps_its_own_first_reason() -> None:
    def rule(asked: Mapping[str, Any]) -> Any:
        return a_decision(
            asked["members"], denials=[PURPOSELESS], obligations=[an_obligation("OB-NEW")]
        )

    decision = await decided(rule)

    own = Reason("purpose_missing_or_vague", "GDPR-5-1B")
    assert decision.denials == (own, UNSUPPORTED)
    assert [outcome.reasons for outcome in decision.outcomes] == [(own,)]


def test_the_reason_for_it_has_a_sentence() -> None:
    assert POLICIES.said(UNSUPPORTED).de
