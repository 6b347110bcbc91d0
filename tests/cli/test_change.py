"""`datenschleuse change`: drafts are shown, signed, rebased, withdrawn and put in force."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.open_governance import open_governance
from gateway.demo.people import OPERATOR
from gateway.lifecycle.ballot import Vote
from gateway.people import person_key
from tests.builders import a_unit
from tests.changing import EFFECTS, a_card, role
from tests.cli.in_process import CommandLine, Ended
from tests.cli.key_files import key_file
from tests.governing import FOUNDERS, agree, signer_of

Json = Any
ZOLL = a_unit("zoll")
COMMANDS = ("list", "show", "sign", "withdraw", "rebase", "activate")


@dataclass(frozen=True)
class Desk:
    """A gateway with a draft, and the commands that people give there."""

    home: Path
    run: CommandLine
    id: str

    def change(self, command: str, *arguments: object, by: str | None = None) -> Ended:
        """Give a command about the draft, signed with somebody's key."""
        signed = () if by is None else ("--key", key_file(self.home.parent, by))
        return self.run("change", command, self.id[:10], "--home", self.home, *signed, *arguments)

    def agree(self, *names: str) -> None:
        for name in names:
            assert self.change("sign", "--vote", "agree", by=name).status == 0

    def shown(self) -> dict[str, Json]:
        document: dict[str, Json] = json.loads(self.change("show", "--json").out)
        return document


@pytest.fixture
def desk(datenschleuse: CommandLine, home: Path) -> Desk:
    with open_governance(home) as opened:
        change = opened.governance.propose_registry(
            {"zoll": ZOLL}, signer_of(OPERATOR), title="Zoll eintragen", reason="AVV-9"
        )
    return Desk(home, datenschleuse, change.id)


def refused(ended: Ended, why: str) -> None:
    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert why in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err + ended.out


def enrol_officer(desk: Desk) -> None:
    card = a_card("dora", role("dpo", "polizei-traeger"))
    with open_governance(desk.home) as opened:
        agree(opened.governance, signer_of(OPERATOR), {person_key("dora"): card})
    assert desk.change("rebase", by=OPERATOR).status == 0


def test_a_draft_is_shown_with_its_effect_and_what_is_missing(desk: Desk) -> None:
    out = desk.change("show").out

    assert "Zoll eintragen" in out
    assert "vorgeschlagen (proposed), von (by) operator; AVV-9" in out
    assert "gibt mehr frei (releases more)" in out
    assert "zoll: die Stelle kommt hinzu" in out
    assert "operator schlägt vor (proposes)" in out
    assert "es fehlen 2 von 2 Stimmen (votes missing)" in out


def test_programs_read_the_draft_and_its_ballots(desk: Desk) -> None:
    desk.agree("anna")
    shown = desk.shown()

    assert shown["state"] == "proposed"
    assert shown["change"]["documents"] == {"zoll": ZOLL}
    assert [it["ballot"]["vote"] for it in shown["ballots"]] == ["propose", "agree"]
    assert {it["ballot"]["draft_digest"] for it in shown["ballots"]} == {shown["draft_digest"]}
    assert (shown["complete"], shown["missing_votes"]) == (False, 1)
    assert shown["missing_controllers"] == []


def test_two_agree_and_it_comes_into_force(desk: Desk) -> None:
    first = desk.change("sign", "--vote", "agree", by="anna")
    assert "anna stimmt zu (agrees)" in first.out
    assert "es fehlen 1 von 2" in first.out
    second = desk.change("sign", "--vote", "agree", by="emre")
    assert "alle nötigen Stimmen sind da (agreed on)" in second.out

    ended = desk.change("activate", by=OPERATOR)

    assert (ended.status, ended.err) == (0, "")
    assert "In Kraft: Zoll eintragen (Eintrag 5)" in ended.out
    assert desk.shown()["state"] == "active"
    units = json.loads(desk.run("unit", "list", "--home", desk.home, "--json").out)
    assert "zoll" in {unit["id"] for unit in units}


def test_all_changes_are_listed_for_people_and_for_programs(desk: Desk) -> None:
    listed = json.loads(desk.run("change", "list", "--home", desk.home, "--json").out)
    out = desk.run("change", "list", "--home", desk.home).out

    assert [(it["number"], it["state"], it["votes"]) for it in listed] == [
        (2, "active", 2),
        (3, "active", 2),
        (4, "proposed", 0),
    ]
    assert listed[-1]["id"] == desk.id
    assert {it["kind"] for it in listed} == {"registry"}
    assert out.count("\n") == 3
    assert f"{desk.id[:12]}  registry     4  vorgeschlagen (proposed)  operator" in out


def test_a_rejection_is_shown_with_its_reason(desk: Desk) -> None:
    refused(desk.change("sign", "--vote", "reject", by="anna"), "says why")
    desk.change("sign", "--vote", "reject", "--reason", "Vertrag fehlt", by="anna")
    assert "anna lehnt ab (rejects): Vertrag fehlt" in desk.change("show").out


def test_an_objection_is_shown_and_overcome_with_a_reason_alone(desk: Desk) -> None:
    enrol_officer(desk)
    desk.agree(*FOUNDERS)
    objection = desk.change("sign", "--vote", "opinion_object", "--reason", "zu weit", by="dora")
    assert "dora hat Einwände (Stellungnahme) (objects): zu weit" in objection.out

    refused(desk.change("activate", by=OPERATOR), "needs a reason")
    ended = desk.change("activate", "--reason", "abgewogen", by=OPERATOR)
    assert ended.status == 0


def test_a_rebased_draft_is_voted_on_again(desk: Desk) -> None:
    desk.agree(*FOUNDERS)
    with open_governance(desk.home) as opened:
        agree(opened.governance, signer_of(OPERATOR), {"amt": a_unit("amt")})
    refused(desk.change("activate", by=OPERATOR), "rebase it, vote again")

    rebased = desk.change("rebase", by=OPERATOR)

    assert "es fehlen 2 von 2" in rebased.out
    refused(desk.change("activate", by=OPERATOR), "2 of 2 votes")
    desk.agree(*FOUNDERS)
    assert desk.change("activate", by=OPERATOR).status == 0


def test_a_draft_is_withdrawn_by_its_author(desk: Desk) -> None:
    refused(desk.change("withdraw", by="anna"), "only its author")
    ended = desk.change("withdraw", by=OPERATOR)
    assert (ended.status, ended.err) == (0, "")
    assert "ist zurückgezogen" in ended.out
    assert "zurückgezogen (withdrawn)" in desk.change("show").out


def test_a_ballot_that_counts_no_more_is_told(desk: Desk) -> None:
    """Whoever ends loses a vote on rules too, whose state the registry does not change."""
    with open_governance(desk.home) as opened:
        governance, operator = opened.governance, signer_of(OPERATOR)
        cards = {it: a_card(it, role("approver", "polizei-traeger")) for it in ("vera", "aris")}
        agree(governance, operator, {person_key(it): card for it, card in cards.items()})
        digests = {
            "digest_before": governance.log.head().policy_digest,
            "digest_after": "e" * 64,
        }
        report = {**digests, "effect": EFFECTS["same"]}
        rules = governance.propose_policy(
            "e" * 64, report, signer_of("aris"), title="Regeln", reason="Probe"
        )
        governance.sign(rules.id, Vote.AGREE, signer_of("vera"))
        ended = {**cards["vera"], "status": "ended"}
        governance.alone({person_key("vera"): ended}, operator, title="Ende", reason="Probe")
    out = desk.run("change", "show", rules.id, "--home", desk.home).out
    assert "zählt nicht mehr (counts no more): vera ist nicht eingetragen oder beendet" in out
    refused(
        desk.run("change", "activate", rules.id, "--home", desk.home, "--key", "x"),
        "use `policy activate`",
    )
    refused(
        desk.run("change", "rebase", rules.id, "--home", desk.home, "--key", "x"),
        "`policy propose",
    )


Act = Callable[[Desk], Ended]


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda desk: desk.change("activate", by=OPERATOR), "2 of 2 votes"),
        (lambda desk: desk.change("sign", "--vote", "agree", by=OPERATOR), "no role"),
        (lambda desk: desk.change("sign", "--vote", "agree", by="forger"), "has that key"),
        (lambda desk: desk.change("sign", "--vote", "opinion_agree", by="anna"), "no role"),
        (lambda desk: desk.change("rebase", by="anna"), "only its author"),
        (lambda desk: desk.change("sign", "--vote", "agree", "--key", "no.pem"), "no"),
        (lambda desk: desk.run("change", "show", "ffff", "--home", desk.home), "no draft"),
        (lambda desk: desk.run("change", "show", "", "--home", desk.home), "more than one"),
        (lambda desk: desk.run("change", "list", "--home", desk.home / "x"), "datenschleuse init"),
    ],
)
def test_what_is_refused_is_one_line(desk: Desk, act: Act, why: str) -> None:
    before = desk.shown()
    refused(act(desk), why)
    assert desk.shown() == before


def test_nobody_votes_twice(desk: Desk) -> None:
    desk.agree("anna")
    refused(desk.change("sign", "--vote", "agree", by="anna"), "twice")


@pytest.mark.parametrize("vote", ["propose", "activate", "withdraw", "abstain"])
def test_what_is_no_vote_is_a_mistake_in_the_command(desk: Desk, vote: str) -> None:
    assert desk.change("sign", "--vote", vote, by="anna").status == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(datenschleuse: CommandLine, command: str) -> None:
    ended = datenschleuse("change", command, "--help")
    assert ended.status == 0
    assert f"datenschleuse change {command}" in ended.out
