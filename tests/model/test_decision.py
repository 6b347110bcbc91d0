"""A decision document is read as it stands, and refused unless it places every member once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import PolicyUnavailable
from gateway.model.decision import (
    Action,
    Decision,
    Obligation,
    Outcome,
    Reason,
    Verdict,
    check_complete,
)
from tests.builders import NEEDLESS, PURPOSELESS, a_decision, an_obligation

NEED = {**PURPOSELESS, "members": [], "any_of": [[{"fact": "review_date_set", "value": True}]]}

MEMBERS = ("a", "b", "c")


def parsed(document: dict[str, Any]) -> Decision:
    return Decision.parse(document, "p" * 64, "memory/1")


def an_outcome(action: str, *members: str, reasons: Any = None) -> dict[str, Any]:
    why = ([] if action == "release" else [dict(NEEDLESS)]) if reasons is None else reasons
    return {"action": action, "parameters": {}, "reasons": why, "members": list(members)}


def test_a_document_is_read_with_all_that_it_says() -> None:
    document = a_decision(
        ["a"],
        ["b"],
        obligations=[an_obligation("OB-KEEP-MARK", until=3)],
        struck_out=["PARTNERSHIP"],
        needs=[NEED],
        neutral=True,
    )

    decision = parsed(document)

    assert decision.verdict is Verdict.PERMIT
    assert decision.outcomes == (
        Outcome(Action.RELEASE, {}, (), ("a",)),
        Outcome(Action.WITHHOLD, {}, (Reason("not_necessary", "GDPR-5-1C"),), ("b",)),
    )
    assert decision.obligations[1:] == (Obligation("OB-KEEP-MARK", "GDPR-5-1C", {"until": 3}),)
    assert (decision.regime_sender, decision.regime_recipient) == ("JI", "DSGVO")
    assert (decision.struck_out, decision.neutral) == (("PARTNERSHIP",), True)
    assert decision.needs == (NEED,)
    assert (decision.policy_digest, decision.engine) == ("p" * 64, "memory/1")
    assert decision.document is document


def test_members_are_those_of_the_actions_asked_for() -> None:
    decision = parsed(
        a_decision(
            outcomes=[
                an_outcome("release", "a"),
                an_outcome("withhold", "b"),
                an_outcome("generalise", "c"),
            ]
        )
    )
    assert decision.members(Action.RELEASE) == {"a"}
    assert decision.members(Action.RELEASE, Action.GENERALISE) == {"a", "c"}
    assert decision.members(Action.PSEUDONYMISE) == frozenset()


def test_an_obligation_is_found_by_its_code() -> None:
    decision = parsed(a_decision(["a"]))
    assert decision.obligation("OB-LOG-RETENTION") is decision.obligations[0]
    assert decision.obligation("OB-KEEP-MARK") is None


# --- complete -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        a_decision(MEMBERS),
        a_decision(["a"], ["b", "c"]),
        a_decision(MEMBERS, denials=[PURPOSELESS]),
        a_decision(MEMBERS, verdict="hold"),
    ],
    ids=["release", "both", "deny", "hold"],
)
def test_a_decision_that_places_every_member_once_is_complete(document: dict[str, Any]) -> None:
    check_complete(parsed(document), MEMBERS)


@pytest.mark.parametrize(
    ("what", "document"),
    [
        ("unplaced", a_decision(["a", "b"])),
        ("unplaced in a denial", a_decision(["a", "b"], denials=[PURPOSELESS])),
        ("never offered", a_decision([*MEMBERS, "d"])),
        (
            "placed twice",
            a_decision(
                outcomes=[an_outcome("release", "a", "b", "c"), an_outcome("withhold", "c")]
            ),
        ),
        (
            "placed twice in one outcome",
            a_decision(outcomes=[an_outcome("release", "a", "b", "c", "c")]),
        ),
        (
            "placed twice in place of another",
            a_decision(outcomes=[an_outcome("release", "a", "b", "b")]),
        ),
        ("released in a denial", a_decision(MEMBERS, verdict="deny", denials=[])),
        (
            "one released in a denial",
            a_decision(
                verdict="deny",
                denials=[PURPOSELESS],
                outcomes=[an_outcome("release", "a"), an_outcome("withhold", "b", "c")],
            ),
        ),
        (
            "transformed in a denial",
            {
                **a_decision(denials=[PURPOSELESS]),
                "outcomes": [an_outcome("withhold", "a", "b"), an_outcome("generalise", "c")],
            },
        ),
        (
            "denied for no reason",
            a_decision(withhold=MEMBERS, verdict="deny"),
        ),
        (
            "permitted with a denial",
            {**a_decision(MEMBERS), "denials": [PURPOSELESS]},
        ),
        ("held with a denial", {**a_decision(MEMBERS, verdict="hold"), "denials": [PURPOSELESS]}),
        ("permitted, and nothing released", a_decision(withhold=MEMBERS)),
        (
            "withheld for no reason",
            a_decision(
                outcomes=[an_outcome("release", "a", "b"), an_outcome("withhold", "c", reasons=[])]
            ),
        ),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(what: str, document: dict[str, Any]) -> None:
    with pytest.raises(PolicyUnavailable):
        check_complete(parsed(document), MEMBERS)


def test_a_permit_of_nothing_is_refused() -> None:
    with pytest.raises(PolicyUnavailable):
        check_complete(parsed(a_decision()), [])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["release", "withhold", "generalise", "pseudonymise"]),
            st.lists(st.sampled_from([*MEMBERS, "d", "a#1"]), min_size=1, max_size=4),
        ),
        max_size=4,
    ),
    st.sampled_from(["permit", "deny", "hold"]),
    st.booleans(),
)
def test_no_decision_passes_unless_each_member_stands_in_one_outcome(
    placed: list[tuple[str, list[str]]], verdict: str, denied: bool
) -> None:
    document = a_decision(
        outcomes=[an_outcome(action, *members) for action, members in placed], verdict=verdict
    ) | {"denials": [PURPOSELESS] if denied else []}
    everything = [member for _, members in placed for member in members]
    released = {action for action, _ in placed} - {"withhold"}
    whole = sorted(everything) == sorted(MEMBERS) and (
        (verdict == "deny" and denied and not released)
        or (verdict != "deny" and not denied and bool(released))
    )

    if whole:
        check_complete(parsed(document), MEMBERS)
    else:
        with pytest.raises(PolicyUnavailable):
            check_complete(parsed(document), MEMBERS)
