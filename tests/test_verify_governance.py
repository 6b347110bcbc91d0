"""Whoever holds the log's keys but not those of the people makes no change look agreed on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import LogRefused
from gateway.lifecycle.ballot import Vote, ballot, sign_ballot
from gateway.model.evidence import EntryType
from gateway.tlog import export
from tests.builders import a_unit, the_police
from tests.changing import EFFECTS, NOW, a_card, a_change, role, said
from tests.governed_log import (
    CARDS,
    CITY,
    FIRST_RULES,
    NEXT_RULES,
    POLICE,
    GovernedLog,
    a_governed_log,
    agreed,
    alone,
)
from tests.governing import signer_of

Json = Any
ZOLL = a_unit("zoll")
SUSPENDED = the_police(status="suspended")
STOP = {"id": "5" * 32, "reason": "Missbrauch", "by": "olga", "since": NOW, "all": True}
FOUNDED = 3
"""The entries of `a_governed_log`."""


# --- what must be accepted -----------------------------------------------------------


def a_unit_joins(log: GovernedLog) -> None:
    log.enter(log.registry_change({"zoll": ZOLL}))


def a_unit_of_a_controller_that_is_there(log: GovernedLog) -> None:
    log.with_police()
    more = {**the_police(pins=["c" * 64]), "id": "wache"}
    change = log.registry_change({"wache": more})
    assert change.effect.controllers == (POLICE,)
    log.enter(change, agreed(change, "anna", "tomo"))


def rules_that_release_more(log: GovernedLog) -> None:
    log.enter(log.policy_change())


def rules_that_say_the_same(log: GovernedLog) -> None:
    change = log.policy_change("same")
    log.enter(change, agreed(change, "emre", "tomo"))


def a_controller_tightens_its_own_routes(log: GovernedLog) -> None:
    change = log.policy_change("less", author="anna")
    log.enter(change, alone(change))


def against_an_objection_with_a_reason(log: GovernedLog) -> None:
    change = log.policy_change()
    objection = said(change, Vote.OPINION_OBJECT, "dora", "zu weit")
    log.enter(change, [*agreed(change, reason="abgewogen"), objection])


def against_a_rejection_and_with_an_opinion(log: GovernedLog) -> None:
    change = log.policy_change()
    beside = [
        said(change, Vote.REJECT, "tomo", "zu früh"),
        said(change, Vote.OPINION_AGREE, "dora"),
    ]
    log.enter(change, [*agreed(change), *beside])


def a_unit_is_suspended_by_one(log: GovernedLog) -> None:
    log.with_police()
    change = log.registry_change({"polizei": SUSPENDED})
    log.enter(change, alone(change))


def a_unit_is_removed_by_one(log: GovernedLog) -> None:
    log.with_police()
    change = log.registry_change({"polizei": None}, author="dora")
    log.enter(change, alone(change))


def a_person_ends(log: GovernedLog) -> None:
    change = log.registry_change({"person/tomo": {**CARDS["person/tomo"], "status": "ended"}})
    log.enter(change, alone(change))


def a_person_joins_and_votes(log: GovernedLog) -> None:
    log.enter(log.registry_change({"person/vera": a_card("vera", role("approver", POLICE))}))
    change = log.policy_change()
    log.enter(change, agreed(change, "vera", "emre"))


def a_stop_is_placed_by_one_and_lifted_by_two(log: GovernedLog) -> None:
    log.with_police()
    change = log.registry_change({"stop/" + STOP["id"]: STOP})
    assert log.enter(change, alone(change)) == FOUNDED + 1
    log.append(EntryType.DECISION)
    log.enter(log.registry_change({"stop/" + STOP["id"]: None}))


def rules_go_back_under_a_higher_number(log: GovernedLog) -> None:
    first = log.rules
    log.enter(log.policy_change())
    log.enter(log.policy_change(digest_after=first))


GOOD: list[tuple[Callable[[GovernedLog], None], int]] = [
    (a_unit_joins, 1),
    (a_unit_of_a_controller_that_is_there, 2),
    (rules_that_release_more, 1),
    (rules_that_say_the_same, 1),
    (a_controller_tightens_its_own_routes, 1),
    (against_an_objection_with_a_reason, 1),
    (against_a_rejection_and_with_an_opinion, 1),
    (a_unit_is_suspended_by_one, 2),
    (a_unit_is_removed_by_one, 2),
    (a_person_ends, 1),
    (a_person_joins_and_votes, 2),
    (a_stop_is_placed_by_one_and_lifted_by_two, 3),
    (rules_go_back_under_a_higher_number, 2),
]


@pytest.mark.parametrize(("happens", "changes"), GOOD, ids=lambda it: getattr(it, "__name__", ""))
def test_what_those_agreed_on_who_must_is_accepted(tmp_path, happens, changes):
    log = a_governed_log()
    happens(log)
    log.append(EntryType.DECISION)
    assert log.verify(tmp_path).changes == 2 + changes


def test_a_log_may_begin_with_its_key(tmp_path):
    log = GovernedLog()
    log.documents = {}
    log.append(EntryType.KEY, {"keys_jws": "a.b.c"})
    log.found()
    assert log.verify(tmp_path).changes == 2


# --- what must be refused ------------------------------------------------------------

Forgery = Callable[[GovernedLog], object]


def rules(*votes: Json, **fields: Json) -> Forgery:
    """Rules enter with the author's ballots and *votes*: (vote, voter[, reason])."""

    def forge(log: GovernedLog) -> None:
        change = log.policy_change(**fields)
        log.enter(change, [*alone(change), *(said(change, *vote) for vote in votes)])

    return forge


AGREED = ((Vote.AGREE, "anna"), (Vote.AGREE, "emre"))


LESS = {"effect": EFFECTS["less"], "digest_before": FIRST_RULES, "digest_after": NEXT_RULES}


def nobody_signed(kind: str) -> Forgery:
    def forge(log: GovernedLog) -> None:
        change = log.policy_change() if kind == "policy" else log.registry_change({"zoll": ZOLL})
        log.enter(change, [])

    return forge


def registry_with_one_vote(log: GovernedLog) -> None:
    change = log.registry_change({"zoll": ZOLL})
    log.enter(change, agreed(change, "anna"))


def votes_with_another_key(log: GovernedLog) -> None:
    change = log.policy_change()
    forged = sign_ballot(ballot(change, Vote.AGREE, "emre", NOW), signer_of("forger"))
    log.enter(change, [*agreed(change, "anna"), {**forged, "kid": signer_of("emre").kid}])


def votes_that_are_taken_over(member: str, value: Json) -> Forgery:
    """The votes were given to a draft that differs in one member."""

    def forge(log: GovernedLog) -> None:
        change = log.policy_change()
        other = replace(change, **{member: value})
        votes = [said(other, Vote.AGREE, name) for name in ("anna", "emre")]
        log.enter(change, [*alone(change), *votes])

    return forge


def altered_after_the_votes(**changes: Json) -> Forgery:
    def forge(log: GovernedLog) -> None:
        log.enter(log.policy_change(), alter=lambda change: replace(change, **changes))

    return forge


def enrolled_only_later(log: GovernedLog) -> None:
    change = log.policy_change()
    log.enter(change, agreed(change, "anna", "vera"))
    log.enter(log.registry_change({"person/vera": a_card("vera")}))


def ended_before(log: GovernedLog) -> int:
    ended = log.registry_change({"person/tomo": {**CARDS["person/tomo"], "status": "ended"}})
    log.enter(ended, alone(ended))
    change = log.policy_change("same")
    return log.enter(change, agreed(change, "emre", "tomo"))


def two_people_share_a_key(log: GovernedLog) -> None:
    twin = {"person/anne": {**a_card("anna"), "id": "anne"}}
    log.enter(log.registry_change(twin, report={"effect": EFFECTS["more"]}))


def documents_do_not_give_the_digest(log: GovernedLog) -> None:
    change = log.registry_change({"zoll": ZOLL}, digest_after="9" * 64)
    log.enter(change)


def documents_of_another_form(log: GovernedLog) -> None:
    change = log.registry_change({"zoll": ZOLL})
    log.enter(replace(change, documents={"zoll": {**ZOLL, "status": "trusted"}}))


def state_that_is_not_in_force(log: GovernedLog) -> None:
    log.enter(log.policy_change(digest_before=NEXT_RULES))


def entry_with_another_digest(log: GovernedLog) -> None:
    log.enter(log.policy_change(), policy_digest="f" * 64)


def a_lower_number(log: GovernedLog) -> int:
    log.enter(log.policy_change(number=7))
    return log.enter(log.policy_change(number=7, digest_after="f" * 64))


def the_number_of_the_founding(log: GovernedLog) -> None:
    log.enter(log.policy_change(number=1))


def the_same_entry_again(log: GovernedLog) -> int:
    change = log.policy_change()
    log.enter(change)
    return log.enter(change)


def more_without_the_touched_controller(log: GovernedLog) -> None:
    change = log.policy_change()
    log.enter(change, agreed(change, "emre", "tomo"))


def unit_without_its_controller(log: GovernedLog) -> int:
    log.with_police()
    change = log.registry_change({"wache": {**the_police(pins=["c" * 64]), "id": "wache"}})
    return log.enter(change, agreed(change, "emre", "tomo"))


def report_that_leaves_out_a_controller(log: GovernedLog) -> int:
    log.with_police()
    report = {"effect": {"releases_more": True, "tightens_only": False, "controllers": []}}
    wache = {**the_police(pins=["c" * 64]), "id": "wache"}
    change = log.registry_change({"wache": wache}, report=report)
    return log.enter(change, agreed(change, "emre", "tomo"))


def approver_without_those_of_the_controller(log: GovernedLog) -> None:
    report = {"effect": {"releases_more": True, "tightens_only": False, "controllers": []}}
    taken = {"person/mole": a_card("mole", role("approver", POLICE))}
    change = log.registry_change(taken, report=report)
    log.enter(change, agreed(change, "emre", "tomo"))


def official_without_their_controller(log: GovernedLog) -> int:
    log.with_police()
    taken = {"person/mole": a_card("mole", role("official", "polizei"))}
    report = {"effect": {"releases_more": True, "tightens_only": False, "controllers": []}}
    change = log.registry_change(taken, report=report)
    return log.enter(change, agreed(change, "emre", "tomo"))


def loosening_called(effect: str) -> Forgery:
    """A unit joins under a report that says less than it does."""

    def forge(log: GovernedLog) -> None:
        report = {"effect": {**EFFECTS[effect], "controllers": []}}
        change = log.registry_change({"zoll": ZOLL}, report=report)
        log.enter(change, alone(change) if effect == "less" else agreed(change, "emre", "tomo"))

    return forge


def report_turned_to_tightening(log: GovernedLog) -> None:
    change = log.registry_change({"zoll": ZOLL})
    forged = replace(change, report={**change.report, "effect": EFFECTS["less"]})
    log.enter(change, alone(change), alter=lambda _: forged)


def own_document(log: GovernedLog) -> None:
    more = a_card("anna", role("approver", POLICE), role("operator"))
    change = log.registry_change({"person/anna": more})
    log.enter(change, agreed(change, "anna", "emre"))


def last_two_voters(log: GovernedLog) -> int:
    ended = log.registry_change({"person/tomo": {**CARDS["person/tomo"], "status": "ended"}})
    log.enter(ended, alone(ended))
    after = {**CARDS["person/emre"], "status": "ended"}
    report = {"effect": EFFECTS["less"]}
    change = log.registry_change({"person/emre": after}, report=report)
    return log.enter(change, alone(change))


def officer_silenced_by_one(log: GovernedLog) -> None:
    ended = {"person/dora": {**CARDS["person/dora"], "status": "ended"}}
    change = log.registry_change(ended, report={"effect": {**EFFECTS["less"], "controllers": []}})
    log.enter(change, alone(change))


def author_without_a_role(log: GovernedLog) -> None:
    log.with_police()
    change = log.registry_change({"polizei": SUSPENDED}, author="aris")
    log.enter(change, alone(change))


def tightening_for_others(log: GovernedLog) -> None:
    change = log.policy_change("less", author="emre")
    log.enter(change, alone(change))


def a_stop_that_is_none(log: GovernedLog) -> None:
    log.enter(log.registry_change({"zoll": ZOLL}), type=EntryType.STOP)


def a_stop_called_registry(log: GovernedLog) -> None:
    change = log.registry_change({"stop/" + STOP["id"]: STOP})
    log.enter(change, alone(change), type=EntryType.REGISTRY)


def a_stop_in_anothers_name(log: GovernedLog) -> None:
    change = log.registry_change({"stop/" + STOP["id"]: {**STOP, "by": "anna"}})
    log.enter(change, alone(change))


def a_stop_lifted_by_one(log: GovernedLog) -> int:
    change = log.registry_change({"stop/" + STOP["id"]: STOP})
    log.enter(change, alone(change))
    lifted = log.registry_change(
        {"stop/" + STOP["id"]: None}, report={"effect": {**EFFECTS["less"], "controllers": []}}
    )
    return log.enter(lifted, alone(lifted))


def stop_without_a_change(log: GovernedLog) -> None:
    log.append(EntryType.STOP, {"founding": {"documents": dict(CARDS)}})


def ballot_younger_than_the_entry(log: GovernedLog) -> None:
    change = log.policy_change()
    late = said(change, Vote.AGREE, "emre", time=NOW + 301)
    log.enter(change, [*agreed(change, "anna"), late])


def of_another_log(log: GovernedLog) -> None:
    log.enter(log.policy_change(origin="other.example/2026"))


def nobody_put_it_in_force(log: GovernedLog) -> None:
    change = log.policy_change()
    log.enter(change, agreed(change)[:-1])


def without_the_author(log: GovernedLog) -> None:
    change = log.policy_change()
    log.enter(change, agreed(change)[1:])


def by_an_author_who_is_not_enrolled(log: GovernedLog) -> None:
    change = log.policy_change(author="forger")
    log.enter(change, agreed(change, activated_by="olga"))


def parts_without_a_change(log: GovernedLog) -> None:
    log.append(EntryType.POLICY, {"votes": []}, policy_digest=NEXT_RULES)


def malformed(**changed: Json) -> Forgery:
    """The entry shows something in the place of a draft or ballots."""

    def forge(log: GovernedLog) -> None:
        change = log.policy_change()
        shown = {"change": change.document(), "ballots": agreed(change), **changed}
        log.append(EntryType.POLICY, shown, policy_digest=NEXT_RULES)

    return forge


FORGERIES: dict[str, Forgery] = {
    "a report on other rules": rules(
        *AGREED, report={"effect": EFFECTS["more"], "digest_after": "f" * 64}
    ),
    "a report on another base": rules(
        *AGREED, report={"effect": EFFECTS["more"], "digest_before": "f" * 64}
    ),
    "rules without any ballot": nobody_signed("policy"),
    "registry without any ballot": nobody_signed("registry"),
    "rules with the author's ballots alone": rules(),
    "rules with one vote": rules((Vote.AGREE, "anna")),
    "registry with one vote": registry_with_one_vote,
    "a vote by the author": rules((Vote.AGREE, "anna"), (Vote.AGREE, "emre"), author="anna"),
    "a vote by the officer": rules((Vote.AGREE, "anna"), (Vote.AGREE, "dora")),
    "a vote by the operator": rules((Vote.AGREE, "anna"), (Vote.AGREE, "olga")),
    "a vote by who is enrolled later": enrolled_only_later,
    "a vote by who ended before": ended_before,
    "a vote by who had ended at the founding": rules((Vote.AGREE, "anna"), (Vote.AGREE, "ende")),
    "a vote by nobody": rules((Vote.AGREE, "anna"), (Vote.AGREE, "nobody")),
    "two votes by one person": rules((Vote.AGREE, "anna"), (Vote.AGREE, "anna")),
    "two people with one key": two_people_share_a_key,
    "a vote signed with another key": votes_with_another_key,
    "votes for another change": votes_that_are_taken_over("id", "d" * 32),
    "votes for another number": votes_that_are_taken_over("number", 99),
    "votes for another digest": votes_that_are_taken_over("digest_after", "f" * 64),
    "votes for another base": votes_that_are_taken_over("digest_before", "f" * 64),
    "votes for another reason": votes_that_are_taken_over("reason", "etwas anderes"),
    "votes on another report": votes_that_are_taken_over("report", {"effect": EFFECTS["same"]}),
    "votes in another log": votes_that_are_taken_over("origin", "other.example/2026"),
    "a report altered to tighten": altered_after_the_votes(report=LESS),
    "a title altered": altered_after_the_votes(title="Harmlos"),
    "documents that do not give the digest": documents_do_not_give_the_digest,
    "a document that is none": documents_of_another_form,
    "a founding of rules in the middle": lambda log: log.append(
        EntryType.POLICY, {"founding": {"policy_digest": NEXT_RULES}}, policy_digest=NEXT_RULES
    ),
    "a founding of people in the middle": lambda log: log.append(
        EntryType.REGISTRY, {"founding": {"documents": dict(CARDS)}}
    ),
    "rules without the audit part": lambda log: log.append(
        EntryType.POLICY, policy_digest=NEXT_RULES
    ),
    "registry without the audit part": lambda log: log.append(
        EntryType.REGISTRY, registry_digest="f" * 64
    ),
    "more without the touched controller": more_without_the_touched_controller,
    "a unit without its controller": unit_without_its_controller,
    "a report that leaves out a controller": report_that_leaves_out_a_controller,
    "an approver without those they would outvote": approver_without_those_of_the_controller,
    "an official without their controller": official_without_their_controller,
    "loosening called tightening": loosening_called("less"),
    "loosening called neither": loosening_called("same"),
    "a report turned to tightening": report_turned_to_tightening,
    "a vote on one's own roles": own_document,
    "fewer than two remain who may vote": last_two_voters,
    "the officer silenced by one": officer_silenced_by_one,
    "tightening by who may not": author_without_a_role,
    "another controller's routes tightened alone": tightening_for_others,
    "against an objection without a reason": rules(
        *AGREED, (Vote.OPINION_OBJECT, "dora", "zu weit")
    ),
    "an objection by the officer without a reason": rules(*AGREED, (Vote.OPINION_OBJECT, "dora")),
    "an opinion by an approver": rules(*AGREED, (Vote.OPINION_AGREE, "tomo")),
    "a stop that is none": a_stop_that_is_none,
    "a stop called registry": a_stop_called_registry,
    "a stop in another's name": a_stop_in_anothers_name,
    "a stop lifted by one": a_stop_lifted_by_one,
    "a stop that is a founding": stop_without_a_change,
    "a withdrawn draft": rules(*AGREED, (Vote.WITHDRAW, "aris")),
    "a lower number": a_lower_number,
    "the number of the founding": the_number_of_the_founding,
    "the same entry again": the_same_entry_again,
    "a base that is not in force": state_that_is_not_in_force,
    "an entry with another digest": entry_with_another_digest,
    "a ballot younger than the entry": ballot_younger_than_the_entry,
    "a change of another log": of_another_log,
    "nobody put it in force": nobody_put_it_in_force,
    "the author did not sign": without_the_author,
    "an author who is not enrolled": by_an_author_who_is_not_enrolled,
    "parts without a change": parts_without_a_change,
    "a change that is none": malformed(change=[]),
    "a change without a member": malformed(change={}),
    "ballots that are none": malformed(ballots=7),
    "a ballot that is none": malformed(ballots=[7]),
    "a ballot without a ballot": malformed(ballots=[{}]),
}


WHY = {
    "a report on other rules": "the report is about other rules",
    "a report on another base": "the report is about other rules",
    "rules without any ballot": "the author did not sign the draft",
    "registry without any ballot": "the author did not sign the draft",
    "rules with the author's ballots alone": "2 of 2 votes, an approver of polizei-traeger missing",
    "rules with one vote": "1 of 2 votes missing",
    "registry with one vote": "1 of 2 votes missing",
    "a vote by the author": "anna is the author, who never votes",
    "a vote by the officer": "dora is a data-protection officer, who never votes",
    "a vote by the operator": "olga may not vote: no role for it",
    "a vote by who is enrolled later": "vera is not enrolled, or has ended",
    "a vote by who ended before": "tomo is not enrolled, or has ended",
    "a vote by who had ended at the founding": "ende is not enrolled, or has ended",
    "a vote by nobody": "nobody is not enrolled, or has ended",
    "two votes by one person": "anna has voted twice",
    "two people with one key": "anna and anne share a key",
    "a vote signed with another key": "the signature on the ballot of emre is wrong",
    "votes for another change": "a ballot is about another change_id, draft_digest: it is stale",
    "votes for another number": "a ballot is about another number, draft_digest: it is stale",
    "votes for another digest": "a ballot is about another digest_after, draft_digest: it is stale",
    "votes for another base": "a ballot is about another digest_before, draft_digest: it is stale",
    "votes for another reason": "a ballot is about another draft_digest: it is stale",
    "votes on another report": "a ballot is about another draft_digest, report_digest",
    "votes in another log": "a ballot is about another origin, draft_digest: it is stale",
    "a report altered to tighten": "a ballot is about another draft_digest, report_digest",
    "a title altered": "a ballot is about another draft_digest: it is stale",
    "documents that do not give the digest": "the documents do not have the digest in force",
    "a document that is none": "status: active or suspended",
    "a founding of rules in the middle": "a log is founded once",
    "a founding of people in the middle": "a log is founded once",
    "rules without the audit part": "the policy entry does not show who agreed",
    "registry without the audit part": "the registry entry does not show who agreed",
    "more without the touched controller": "an approver of polizei-traeger missing",
    "a unit without its controller": "an approver of polizei-traeger missing",
    "a report that leaves out a controller": "its report leaves out polizei-traeger",
    "an approver without those they would outvote": "its report leaves out polizei-traeger",
    "an official without their controller": "its report leaves out polizei-traeger",
    "loosening called tightening": "the change releases more, or less, than its report says",
    "loosening called neither": "the change releases more, or less, than its report says",
    "a report turned to tightening": "the change releases more, or less, than its report says",
    "a vote on one's own roles": "anna does not vote on a change of their own roles or key",
    "fewer than two remain who may vote": "fewer than 2 would remain who may vote",
    "the officer silenced by one": "the change releases more, or less, than its report says",
    "tightening by who may not": "2 of 2 votes missing",
    "another controller's routes tightened alone": "2 of 2 votes missing",
    "against an objection without a reason": "dora objects: activating against it needs a reason",
    "an objection by the officer without a reason": "whoever objects or rejects says why",
    "an opinion by an approver": "tomo may not give an opinion: no role for it",
    "a stop that is none": "the change set is another's",
    "a stop called registry": "the change set is another's",
    "a stop in another's name": "names another than olga, who placed it",
    "a stop lifted by one": "the change releases more, or less, than its report says",
    "a stop that is a founding": "a log is founded once",
    "a withdrawn draft": "its author withdrew the draft",
    "a lower number": "number 7 is not higher than the one in force",
    "the number of the founding": "number 1 is not higher than the one in force",
    "the same entry again": "the change set starts from another state than the one in force",
    "a base that is not in force": "the change set starts from another state than the one in force",
    "an entry with another digest": "the change set leads to another state than the entry names",
    "a ballot younger than the entry": "a ballot is younger than the entry",
    "a change of another log": "the change set is another's",
    "nobody put it in force": "nobody signed that it comes into force",
    "the author did not sign": "the author did not sign the draft",
    "an author who is not enrolled": "forger is not enrolled, or has ended",
    "parts without a change": "the policy entry does not have its form",
    "a change that is none": "not a change set in its form",
    "a change without a member": "not a change set in its form",
    "ballots that are none": "the policy entry does not have its form",
    "a ballot that is none": "the policy entry does not have its form",
    "a ballot without a ballot": "a ballot does not have its form",
}
"""The words with which each is refused, so that none is for another reason."""


def refusal(log: GovernedLog, folder) -> LogRefused:
    with pytest.raises(LogRefused) as refused:
        log.verify(folder)
    return refused.value


@pytest.mark.parametrize("name", FORGERIES)
def test_a_change_that_nobody_agreed_on_is_refused_and_the_place_is_named(tmp_path, name):
    log = a_governed_log()
    index = FORGERIES[name](log)
    size = log.log.size
    log.append(EntryType.DECISION)
    refused = refusal(log, tmp_path)

    assert WHY[name] in refused.what
    assert refused.file == export.PARTS
    if isinstance(index, int):
        assert refused.index == index
    else:
        assert FOUNDED <= refused.index < size


# --- how a log begins ----------------------------------------------------------------


def test_a_log_that_was_not_founded_is_refused(tmp_path):
    log = GovernedLog()
    log.append(EntryType.DECISION)
    assert refusal(log, tmp_path).index == 0


def test_nothing_is_decided_before_there_are_rules(tmp_path):
    log = GovernedLog().found(rules=False)
    log.append(EntryType.DECISION)
    assert refusal(log, tmp_path).index == 1


ONE = {"person/anna": CARDS["person/anna"]}


@pytest.mark.parametrize(
    "cards",
    [
        {},
        ONE,
        {**ONE, "person/dora": CARDS["person/dora"]},
        {**ONE, "person/ende": CARDS["person/ende"]},
        {**ONE, "person/olga": CARDS["person/olga"]},
    ],
    ids=["nobody", "one", "one and an officer", "one and who ended", "one and the operator"],
)
def test_a_log_that_less_than_two_who_vote_founded_is_refused(tmp_path, cards):
    log = GovernedLog().found(cards)
    assert refusal(log, tmp_path).index == 0


@pytest.mark.parametrize(
    "documents",
    [
        {**CARDS, "polizei": the_police()},
        {**CARDS, "person/anne": {**a_card("anna"), "id": "anne"}},
        {**CARDS, "person/udo": {**CARDS["person/anna"]}},
        {**CARDS, "person/udo": {}},
        [],
    ],
    ids=["a unit", "one key twice", "another's document", "no person", "no documents"],
)
def test_a_log_is_founded_with_people_only(tmp_path, documents):
    log = GovernedLog()
    log.append(EntryType.REGISTRY, {"founding": {"documents": documents}})
    assert refusal(log, tmp_path).index == 0


def test_founders_other_than_the_entry_names_are_refused(tmp_path):
    log = GovernedLog().found(registry_digest="9" * 64, rules=False)
    assert refusal(log, tmp_path).index == 0


def test_first_rules_other_than_the_entry_names_are_refused(tmp_path):
    log = GovernedLog().found(rules=False)
    log.append(EntryType.POLICY, {"founding": {"policy_digest": NEXT_RULES}})
    assert refusal(log, tmp_path).index == 1


def test_a_change_before_the_founding_is_refused(tmp_path):
    log = GovernedLog()
    change = a_change(digest_before=log.digests["registry_digest"])
    log.append(
        EntryType.REGISTRY,
        {"change": change.document(), "ballots": agreed(change)},
        registry_digest=change.digest_after,
    )
    assert refusal(log, tmp_path).index == 0


def test_a_copy_from_which_who_agreed_was_left_out_is_refused(tmp_path):
    log = a_governed_log()
    index = log.enter(log.registry_change({"zoll": ZOLL}))
    assert log.verify(tmp_path / "whole").changes == 3
    log.log.disclosures[index] = {}
    assert refusal(log, tmp_path / "part").index == index


def test_the_touched_controllers_of_rules_are_those_that_their_report_says(tmp_path):
    """A verifier has no rules to decide by; what the report says stands under every vote."""
    log = a_governed_log()
    report = {"effect": {"releases_more": True, "tightens_only": False, "controllers": [CITY]}}
    change = log.policy_change(report=report)
    log.enter(change, agreed(change, "emre", "tomo"))
    assert log.verify(tmp_path).changes == 3
