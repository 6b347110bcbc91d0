"""Who must have agreed before a change set comes into force, and whose word does not count."""

import pytest

from gateway.errors import VoteRefused
from gateway.lifecycle.ballot import Cast, Vote
from gateway.lifecycle.votes import may_say, refuse_incomplete, said_kind, standing
from tests.changing import NOW, a_card, a_change, a_person, people_of, role, said

POLICE, CITY = "polizei-traeger", "ordnungsamt-traeger"
PEOPLE = people_of(
    a_person("olga", role("operator")),
    a_person("anna", role("approver", POLICE)),
    a_person("emre", role("approver", CITY)),
    a_person("tomo", role("approver", "zoll-traeger")),
    a_person("vera", role("approver", POLICE), role("approver", CITY), role("author", CITY)),
    a_person("dora", role("dpo", POLICE)),
    a_person("aris", role("author", POLICE)),
    a_person("udo", role("auditor", POLICE), role("official", "wache")),
    a_person("ende", role("approver", POLICE), status="ended"),
)


def ballots(change, *votes):
    """Return the author's proposal and *votes*: (vote, voter) or (vote, voter, reason)."""
    first = said(change, Vote.PROPOSE, change.author)
    return [first, *(said(change, *vote) for vote in votes)]


def agreed_by(*names):
    return [(Vote.AGREE, name) for name in names]


def stands(change, *votes):
    return standing(change, ballots(change, *votes), PEOPLE)


# --- two votes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "missing"), [((), 2), (("anna",), 1), (("anna", "emre"), 0), (("anna", "vera"), 0)]
)
def test_two_people_must_agree(names, missing):
    result = stands(a_change(), *agreed_by(*names))

    assert result.agreed == tuple(sorted(names))
    assert result.missing_votes == missing
    assert result.complete is (missing == 0)
    assert not result.alone


def test_a_rejection_is_kept_and_is_no_agreement():
    result = stands(a_change(), (Vote.AGREE, "anna"), (Vote.REJECT, "emre", "zu früh"))

    assert result.missing_votes == 1
    assert Cast("emre", Vote.REJECT, NOW, "zu früh") in result.casts


@pytest.mark.parametrize(
    ("controllers", "names", "missing"),
    [
        ([], ("emre", "tomo"), ()),
        ([POLICE], ("anna", "tomo"), ()),
        ([POLICE], ("emre", "tomo"), (POLICE,)),
        ([POLICE, CITY], ("anna", "emre"), ()),
        ([POLICE, CITY], ("vera", "tomo"), ()),
        ([POLICE, CITY], ("emre", "tomo"), (POLICE,)),
        ([POLICE, CITY, "bauamt-traeger"], ("anna", "emre"), ("bauamt-traeger",)),
    ],
)
def test_what_releases_more_needs_an_approver_of_every_sending_controller(
    controllers, names, missing
):
    effect = {"releases_more": True, "tightens_only": False, "controllers": controllers}
    result = stands(a_change(report={"effect": effect}), *agreed_by(*names))

    assert result.missing_controllers == missing
    assert result.complete is not bool(missing)


def test_what_releases_nothing_more_needs_two_of_whatever_controller():
    result = stands(a_change("same"), *agreed_by("emre", "tomo"))
    assert result.complete
    assert not result.alone
    assert not stands(a_change("same"), *agreed_by("emre")).complete


# --- alone ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "alone"), [("olga", True), ("anna", True), ("dora", True), ("aris", False)]
)
def test_one_person_alone_tightens_the_registry(author, alone):
    result = stands(a_change("less", author=author))
    assert (result.alone, result.complete) == (alone, alone)


@pytest.mark.parametrize("effect", ["more", "same"])
@pytest.mark.parametrize("author", ["olga", "anna", "vera"])
def test_nobody_does_anything_else_alone(author, effect):
    result = stands(a_change(effect, author=author))
    assert (result.alone, result.complete) == (False, False)


@pytest.mark.parametrize(
    ("author", "controllers", "alone"),
    [
        ("anna", [POLICE], True),
        ("anna", [CITY], False),
        ("anna", [POLICE, CITY], False),
        ("anna", [], False),
        ("vera", [POLICE, CITY], True),
        ("dora", [POLICE], False),
        ("aris", [POLICE], False),
    ],
)
def test_a_controller_tightens_its_own_routes_alone(author, controllers, alone):
    effect = {"releases_more": False, "tightens_only": True, "controllers": controllers}
    change = a_change(kind="policy", author=author, report={"effect": effect})
    assert stands(change).alone is alone


# --- whose word does not count -------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "vote", "why"),
    [
        ("vera", (Vote.AGREE, "vera"), "author, who never votes"),
        ("vera", (Vote.REJECT, "vera", "doch nicht"), "author, who never votes"),
        ("olga", (Vote.AGREE, "dora"), "data-protection officer, who never votes"),
        ("olga", (Vote.REJECT, "dora", "nein"), "data-protection officer, who never votes"),
        ("olga", (Vote.AGREE, "olga"), "no role"),
        ("olga", (Vote.AGREE, "aris"), "no role"),
        ("olga", (Vote.AGREE, "udo"), "no role"),
        ("olga", (Vote.AGREE, "ende"), "has ended"),
        ("olga", (Vote.OPINION_AGREE, "anna"), "no role"),
        ("olga", (Vote.OPINION_OBJECT, "olga", "nein"), "no role"),
        ("olga", (Vote.OPINION_OBJECT, "dora"), "says why"),
        ("olga", (Vote.OPINION_OBJECT, "dora", " \n"), "says why"),
        ("olga", (Vote.REJECT, "anna"), "says why"),
        ("olga", (Vote.WITHDRAW, "anna"), "only its author"),
        ("olga", (Vote.WITHDRAW, "udo"), "no role"),
        ("olga", (Vote.ACTIVATE, "udo"), "no role"),
        ("olga", (Vote.PROPOSE, "anna"), "not the author"),
    ],
)
def test_a_ballot_that_its_voter_may_not_cast_is_refused(author, vote, why):
    with pytest.raises(VoteRefused, match=why):
        stands(a_change(author=author), vote)


@pytest.mark.parametrize(
    ("kind", "author", "may"),
    [
        ("policy", "aris", True),
        ("policy", "anna", True),
        ("policy", "dora", True),
        ("policy", "olga", False),
        ("policy", "udo", False),
        ("registry", "olga", True),
        ("registry", "aris", True),
        ("registry", "udo", False),
    ],
)
def test_who_may_propose_depends_on_what_changes(kind, author, may):
    change = a_change(kind=kind, author=author)
    if may:
        assert stands(change).casts == (Cast(author, Vote.PROPOSE, NOW, ""),)
    else:
        with pytest.raises(VoteRefused, match="no role"):
            stands(change)


@pytest.mark.parametrize("vote", [Vote.AGREE, Vote.REJECT])
def test_nobody_votes_on_their_own_roles_or_key(vote):
    change = a_change(documents={"person/anna": a_card("anna"), "amt": None})
    with pytest.raises(VoteRefused, match="their own"):
        stands(change, (vote, "anna", "für mich"))
    assert stands(change, *agreed_by("emre", "vera")).missing_votes == 0


@pytest.mark.parametrize(
    "votes",
    [
        [(Vote.AGREE, "anna")] * 2,
        [(Vote.AGREE, "anna"), (Vote.REJECT, "anna", "doch nicht")],
        [(Vote.REJECT, "anna", "nein"), (Vote.AGREE, "anna")],
        [(Vote.OPINION_AGREE, "dora"), (Vote.OPINION_OBJECT, "dora", "doch")],
        [(Vote.ACTIVATE, "olga")] * 2,
    ],
)
def test_nobody_says_two_things_of_a_kind(votes):
    with pytest.raises(VoteRefused, match="twice"):
        stands(a_change(), *votes)


def test_a_draft_that_its_author_did_not_sign_stands_nowhere():
    change = a_change()
    with pytest.raises(VoteRefused, match="author did not sign"):
        standing(change, [said(change, Vote.AGREE, "anna")], PEOPLE)
    with pytest.raises(VoteRefused, match="author did not sign"):
        standing(change, [], PEOPLE)


def test_a_ballot_on_an_earlier_state_of_the_draft_is_stale():
    change, earlier = a_change(), a_change(reason="Vertrag AVV-8")
    with pytest.raises(VoteRefused, match="stale"):
        standing(change, [*ballots(change), said(earlier, Vote.AGREE, "anna")], PEOPLE)


def test_whoever_lost_the_role_has_no_vote_any_more():
    change = a_change()
    signed = ballots(change, *agreed_by("anna", "emre"))
    assert standing(change, signed, PEOPLE).complete
    people = {**PEOPLE, "emre": a_person("emre", role("author", CITY))}
    with pytest.raises(VoteRefused, match="no role"):
        standing(change, signed, people)


def test_an_approver_of_another_controller_by_now_does_not_speak_for_the_former_one():
    change = a_change()
    signed = ballots(change, *agreed_by("anna", "emre"))
    people = {**PEOPLE, "anna": a_person("anna", role("approver", "zoll-traeger"))}
    assert standing(change, signed, people).missing_controllers == (POLICE,)


# --- an objection --------------------------------------------------------------------


def test_an_opinion_is_no_vote_and_an_objection_is_named():
    agreeing = stands(a_change(), (Vote.OPINION_AGREE, "dora"))
    objecting = stands(a_change(), (Vote.OPINION_OBJECT, "dora", "zu weit"))

    assert (agreeing.missing_votes, agreeing.objections) == (2, ())
    assert (objecting.missing_votes, objecting.objections) == (2, ("dora",))


@pytest.mark.parametrize("reason", ["", " \n"])
def test_against_an_objection_a_reason_is_needed(reason):
    result = stands(
        a_change(), *agreed_by("anna", "emre"), (Vote.OPINION_OBJECT, "dora", "zu weit")
    )
    assert result.complete
    with pytest.raises(VoteRefused, match="dora objects"):
        refuse_incomplete(result)
    with pytest.raises(VoteRefused, match="dora objects"):
        refuse_incomplete(result, Cast("olga", Vote.ACTIVATE, NOW, reason))
    refuse_incomplete(result, Cast("olga", Vote.ACTIVATE, NOW, "abgewogen"))


def test_what_is_missing_is_said():
    with pytest.raises(VoteRefused, match="1 of 2 votes, an approver of polizei-traeger missing"):
        refuse_incomplete(stands(a_change(), *agreed_by("emre")))
    refuse_incomplete(stands(a_change(), *agreed_by("anna", "emre")))


def test_may_say_takes_what_was_opened_already():
    may_say(Cast("anna", Vote.AGREE, NOW, ""), a_change(), PEOPLE)
    with pytest.raises(VoteRefused):
        may_say(Cast("olga", Vote.AGREE, NOW, ""), a_change(), PEOPLE)


@pytest.mark.parametrize("vote", Vote)
def test_agreeing_and_rejecting_are_one_kind_of_saying_and_both_opinions_another(vote):
    kinds = {
        Vote.AGREE: "vote",
        Vote.REJECT: "vote",
        Vote.OPINION_AGREE: "opinion",
        Vote.OPINION_OBJECT: "opinion",
    }
    assert said_kind(vote) == kinds.get(vote, vote.value)
