"""Rules and registry change as people agree, on a real database, whoever else does so as well."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.log_export import export_log
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_reader import SqlReader
from gateway.cli.open_governance import open_governance
from gateway.demo.people import OPERATOR
from gateway.errors import ChangeRefused, RegistryRefused, StaleDigest, VoteRefused
from gateway.lifecycle.ballot import Vote, ballot, sign_ballot
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.governance import Governance
from gateway.model.evidence import EntryType, Fate, Part, Stale
from gateway.people import person_key
from gateway.ports import Signer
from gateway.reading import part_of
from gateway.tlog.jwk import PublicKey
from gateway.verify import Verified, verify_export
from tests.builders import a_unit, the_police
from tests.changing import EFFECTS, a_card, role
from tests.cli.key_files import key_file, passphrase_file
from tests.cli.processes import running
from tests.governing import FOUNDERS, agree, founders, signer_of
from tests.soft_passkey import SoftPasskey

Json = Any
ZOLL = a_unit("zoll")
SUSPENDED = the_police(status="suspended")
WHY = {"title": "Register", "reason": "Probe"}
PASSED = {"passed": 3, "failed": []}
NEW_RULES, OTHER_RULES = "e" * 64, "f" * 64


@dataclass(frozen=True)
class World:
    """A gateway opened for changes, with its operator's key."""

    home: Path
    governance: Governance
    operator: Signer

    def propose(self, changes: Mapping[str, Json] | None = None, **given: Json) -> ChangeSet:
        asked = {"zoll": ZOLL} if changes is None else changes
        return self.governance.propose_registry(asked, self.operator, **{**WHY, **given})

    def propose_rules(self, digest: str = NEW_RULES, effect: str = "same") -> ChangeSet:
        before = self.governance.log.head().policy_digest
        report = {
            "digest_before": before,
            "digest_after": digest,
            "effect": EFFECTS[effect],
            "tests": {"cases": {"embedded": PASSED}, "rego": PASSED},
        }
        return self.governance.propose_policy(digest, report, signer_of("aris"), **WHY)

    def enrol(self, person_id: str, *roles: dict[str, str], **changes: Json) -> None:
        document = a_card(person_id, *roles, **changes)
        agree(self.governance, self.operator, {person_key(person_id): document})

    def vote(
        self, change: ChangeSet, *names: str, vote: Vote = Vote.AGREE, reason: str = ""
    ) -> None:
        for name in names:
            self.governance.sign(change.id, vote, signer_of(name), reason)

    def activate(self, change: ChangeSet, reason: str = "") -> int:
        return self.governance.activate(change.id, self.operator, reason)

    def state(self, change: ChangeSet) -> str:
        return self.governance.changes.get(change.id).state

    def said(self, index: int) -> dict[str, Json]:
        """Return what the entry at *index* shows."""
        with reading(self.home) as reader:
            (entry,) = reader.entries(index, index + 1)
            return part_of(entry.parts[Part.AUDIT])

    @property
    def size(self) -> int:
        return self.governance.log.head().size

    @property
    def units(self) -> set[str]:
        return {key for key in self.governance.log.documents() if "/" not in key}

    def verify(self) -> Verified:
        """Let the auditor's verifier judge a copy of the log."""
        root = PublicKey.from_pem((self.home / "root.pub").read_bytes())
        keys = (self.home / "keys.jws").read_text().strip()
        folder = self.home / f"copy-{self.size}"
        with reading(self.home) as reader:
            export_log(folder, reader, reader.head(), keys, root, Part)
        return verify_export(folder, root)


@contextmanager
def reading(home: Path) -> Iterator[SqlReader]:
    database = open_database(f"sqlite:///{home / 'gateway.db'}")
    try:
        yield SqlReader(database, RecordSeal(FileKeys(home / "keys")))
    finally:
        database.dispose()


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with open_governance(home) as opened:
        yield World(home, opened.governance, signer_of(OPERATOR))


# --- from draft to entry -------------------------------------------------------------


def test_a_draft_comes_into_force_when_two_others_agree(world: World) -> None:
    change, before = world.propose(), world.size

    assert world.state(change) == "proposed"
    assert world.units == {"polizei", "ordnungsamt"}
    world.vote(change, *FOUNDERS)
    index = world.activate(change)

    assert (index, world.size) == (before, before + 1)
    assert world.state(change) == "active"
    assert world.units == {"polizei", "ordnungsamt", "zoll"}
    assert world.governance.changes.active_number(ChangeKind.REGISTRY) == change.number
    said = world.said(index)
    assert said["change"] == change.document()
    assert [(it["ballot"]["voter"], it["ballot"]["vote"]) for it in said["ballots"]] == [
        (OPERATOR, "propose"),
        ("anna", "agree"),
        ("emre", "agree"),
        (OPERATOR, "activate"),
    ]
    assert world.verify().entries[EntryType.REGISTRY] == 4


@pytest.mark.parametrize("names", [(), FOUNDERS[:1]])
def test_with_less_than_two_votes_nothing_changes(world: World, names: tuple[str, ...]) -> None:
    change, before = world.propose(), world.size
    world.vote(change, *names)

    with pytest.raises(VoteRefused, match=f"{2 - len(names)} of 2 votes"):
        world.activate(change)

    assert (world.size, world.state(change)) == (before, "proposed")
    assert "zoll" not in world.units


def test_rules_change_the_same_way(world: World) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    change, registry = world.propose_rules(), world.governance.log.head().registry_digest
    world.vote(change, *FOUNDERS)
    world.activate(change)

    head = world.governance.log.head()
    assert (head.policy_digest, head.registry_digest) == (NEW_RULES, registry)
    assert world.verify().entries[EntryType.POLICY] == 2


@pytest.mark.parametrize("other", ["digest_before", "digest_after"])
def test_a_report_on_other_rules_is_not_proposed(world: World, other: str) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    report = {**world.propose_rules().report, other: OTHER_RULES}
    with pytest.raises(ChangeRefused, match="about other rules"):
        world.governance.propose_policy(NEW_RULES, report, signer_of("aris"), **WHY)


def test_a_passkey_votes_as_a_key_file_does(world: World) -> None:
    passkey = SoftPasskey(ec.derive_private_key(19, ec.SECP256R1()))
    world.enrol("pia", role("approver", "zoll-traeger"), key=passkey.document)
    change = world.propose()
    world.vote(change, "anna")

    asked = world.governance.ballot(change.id, Vote.AGREE, "pia")
    stands = world.governance.cast(change.id, passkey.sign(asked))
    world.activate(change)

    assert stands.agreed == ("anna", "pia")
    assert world.verify().changes == 6


def test_a_draft_that_could_not_be_read_again_is_not_kept(world: World) -> None:
    for given in ({"reason": ""}, {"reason": " "}, {"title": "a" * 2001}):
        with pytest.raises(ChangeRefused):
            world.propose(**given)
    assert [kept.state for kept in world.governance.changes.all()] == ["active", "active"]


@pytest.mark.parametrize(
    "signer", [signer_of("nobody"), signer_of("dora")], ids=["nobody", "ended"]
)
def test_whoever_is_not_enrolled_or_has_ended_does_nothing(world: World, signer: Signer) -> None:
    world.enrol("dora", role("approver", "zoll-traeger"), status="ended")
    change = world.propose()
    for act in (
        lambda: world.governance.propose_registry({"amt": a_unit("amt")}, signer, **WHY),
        lambda: world.governance.sign(change.id, Vote.AGREE, signer),
        lambda: world.governance.activate(change.id, signer),
        lambda: world.governance.alone({"polizei": SUSPENDED}, signer, **WHY),
    ):
        with pytest.raises(VoteRefused, match="nobody who is enrolled"):
            act()


def test_what_is_in_force_already_is_not_proposed(world: World) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    with pytest.raises(RegistryRefused, match="already"):
        world.propose({"polizei": the_police()})
    with pytest.raises(ChangeRefused, match="in force already"):
        world.propose_rules(world.governance.log.head().policy_digest)


def test_two_who_may_vote_always_remain(world: World) -> None:
    ended = {**founders()[0], "status": "ended"}
    with pytest.raises(RegistryRefused, match="who may vote"):
        world.governance.alone({"person/anna": ended}, world.operator, **WHY)
    world.enrol("vera", role("approver", "zoll-traeger"))
    world.governance.alone({"person/anna": ended}, world.operator, **WHY)
    assert not world.governance.people()["anna"].active


# --- two drafts, and drafts that change ----------------------------------------------


def test_of_two_drafts_from_one_base_the_second_is_rebased_and_voted_again(world: World) -> None:
    first, second = world.propose(), world.propose({"bauamt": a_unit("bauamt")})
    for change in (first, second):
        world.vote(change, *FOUNDERS)
    world.activate(first)
    before = world.size

    with pytest.raises(ChangeRefused, match="rebase it, vote again"):
        world.activate(second)
    rebased = world.propose({"bauamt": a_unit("bauamt")}, change_id=second.id)

    assert (rebased.id, rebased.number) == (second.id, first.number + 1)
    assert world.governance.standing(second.id)[0].agreed == ()
    with pytest.raises(VoteRefused, match="2 of 2 votes"):
        world.activate(rebased)
    assert world.size == before
    world.vote(rebased, *FOUNDERS)
    world.activate(rebased)
    assert world.units == {"polizei", "ordnungsamt", "zoll", "bauamt"}
    assert world.verify().entries[EntryType.REGISTRY] == 5


def test_a_draft_that_is_changed_after_a_vote_loses_it(world: World) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    old = sign_ballot(ballot(change, Vote.AGREE, "anna", change.time), signer_of("anna"))
    changed = world.propose({"zoll": a_unit("zoll", name="Zollamt")}, change_id=change.id)

    assert world.governance.standing(change.id)[0].agreed == ()
    with pytest.raises(VoteRefused, match="stale"):
        world.governance.cast(change.id, old)
    with pytest.raises(VoteRefused, match="2 of 2 votes"):
        world.activate(changed)


def test_only_its_author_changes_a_draft(world: World) -> None:
    change = world.propose()
    with pytest.raises(VoteRefused, match="only its author"):
        world.governance.propose_registry(
            {"zoll": ZOLL}, signer_of("anna"), change_id=change.id, **WHY
        )
    with pytest.raises(ChangeRefused, match="no draft"):
        world.propose(change_id="f" * 32)


def test_what_was_put_in_the_place_of_a_draft_meanwhile_does_not_come_into_force(
    world: World,
) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    late = appending(
        world, lambda: world.propose({"bauamt": a_unit("bauamt")}, change_id=change.id)
    )
    before = world.size

    with pytest.raises(ChangeRefused, match="not open any more"):
        late.activate(change.id, world.operator)

    assert (world.size, world.state(change)) == (before, "proposed")
    assert world.units == {"polizei", "ordnungsamt"}


def appending(world: World, meanwhile: Callable[[], object]) -> Governance:
    """Return the governance of someone to whom *meanwhile* happens once, just before an entry."""
    happens = [meanwhile]

    def append(draft: Any) -> Fate:
        if happens:
            happens.pop()()
        return world.governance.log.append(draft)

    log = replace(world.governance.log, append=append)
    return replace(world.governance, log=log)


def test_a_report_that_is_not_about_what_is_in_force_is_refused(world: World) -> None:
    change = world.propose({"polizei2": {**the_police(pins=["c" * 64]), "id": "polizei2"}})
    world.vote(change, *FOUNDERS)
    routes = {"NEW_KIND": {"PUBLIC_ORDER_OFFICE": {ZOLL["kind"]: {}, the_police()["kind"]: {}}}}
    other = replace(world.governance, routes=lambda: routes)

    with pytest.raises(ChangeRefused, match="effect is another"):
        other.activate(change.id, world.operator)
    assert world.state(change) == "proposed"


@pytest.mark.parametrize("with_digest", [False, True])
def test_a_report_that_was_altered_in_the_database_has_nobodys_signature(
    world: World, with_digest: bool
) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    forged = replace(change, report={**change.report, "effect": EFFECTS["less"]})
    database = open_database(f"sqlite:///{world.home / 'gateway.db'}")
    with database.begin() as connection:
        connection.execute(
            text("UPDATE change_set SET document = :document WHERE id = :id"),
            {"id": change.id, "document": forged.canonical},
        )
        if with_digest:
            connection.execute(
                text("UPDATE ballot SET draft_digest = :digest WHERE change_id = :id"),
                {"id": change.id, "digest": forged.digest},
            )
    database.dispose()
    before = world.size
    with pytest.raises(VoteRefused, match="author did not sign"):
        world.activate(change)
    assert world.size == before


# --- votes ---------------------------------------------------------------------------


@pytest.mark.parametrize("second", [Vote.AGREE, Vote.REJECT])
def test_nobody_votes_twice(world: World, second: Vote) -> None:
    change = world.propose()
    world.vote(change, "anna")
    with pytest.raises(VoteRefused, match="twice"):
        world.vote(change, "anna", vote=second, reason="doch nicht")
    assert world.governance.standing(change.id)[0].agreed == ("anna",)


def test_the_author_never_votes(world: World) -> None:
    world.enrol("vera", role("approver", "zoll-traeger"))
    change = world.governance.propose_registry({"zoll": ZOLL}, signer_of("vera"), **WHY)
    with pytest.raises(VoteRefused, match="author, who never votes"):
        world.vote(change, "vera")


@pytest.mark.parametrize("vote", [Vote.PROPOSE, Vote.ACTIVATE])
def test_proposing_and_activating_are_no_votes(world: World, vote: Vote) -> None:
    change = world.propose()
    with pytest.raises(VoteRefused, match="no vote"):
        world.governance.sign(change.id, vote, world.operator)


def test_whoever_ended_before_it_came_into_force_did_not_agree(world: World) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    world.enrol("vera", role("approver", "polizei-traeger"))
    change = world.propose_rules()
    world.vote(change, "anna", "vera")
    assert world.governance.standing(change.id)[0].complete
    ended = a_card("vera", role("approver", "polizei-traeger"), status="ended")
    world.governance.alone({"person/vera": ended}, world.operator, **WHY)
    before = world.size

    stands, refused = world.governance.standing(change.id)

    assert (stands.agreed, stands.missing_votes) == (("anna",), 1)
    assert len(refused) == 1
    assert "vera" in refused[0]
    with pytest.raises(VoteRefused, match="1 of 2 votes"):
        world.activate(change)
    assert world.size == before
    world.vote(change, "emre")
    index = world.activate(change)
    assert "vera" not in json.dumps(world.said(index)["ballots"])
    assert world.verify().entries[EntryType.POLICY] == 2


def test_against_an_objection_it_comes_into_force_only_with_a_reason(world: World) -> None:
    world.enrol("dora", role("dpo", "polizei-traeger"))
    change = world.propose()
    world.vote(change, *FOUNDERS)
    with pytest.raises(VoteRefused, match="never votes"):
        world.vote(change, "dora")
    world.vote(change, "dora", vote=Vote.OPINION_OBJECT, reason="zu weit")

    with pytest.raises(VoteRefused, match="needs a reason"):
        world.activate(change)
    index = world.activate(change, "abgewogen mit dem LfD")

    last = world.said(index)["ballots"][-1]["ballot"]
    assert (last["vote"], last["reason"]) == ("activate", "abgewogen mit dem LfD")
    assert world.verify().changes == 6


# --- a life of its own ---------------------------------------------------------------


def test_what_is_in_force_does_not_come_into_force_again(world: World) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    world.activate(change)
    before = world.size
    for act in (
        lambda: world.activate(change),
        lambda: world.vote(change, "anna"),
        lambda: world.propose({"amt": a_unit("amt")}, change_id=change.id),
    ):
        with pytest.raises(ChangeRefused, match="is active"):
            act()
    assert world.size == before


def test_a_withdrawn_draft_is_closed_for_good(world: World) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    with pytest.raises(VoteRefused, match="only its author"):
        world.vote(change, "anna", vote=Vote.WITHDRAW)
    world.governance.sign(change.id, Vote.WITHDRAW, world.operator)
    for act in (
        lambda: world.activate(change),
        lambda: world.vote(change, "anna"),
        lambda: world.propose(change_id=change.id),
    ):
        with pytest.raises(ChangeRefused, match="is withdrawn"):
            act()
    assert "zoll" not in world.units


def test_a_draft_that_is_withdrawn_in_the_last_moment_does_not_come_into_force(
    world: World,
) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    before = world.size
    late = appending(world, lambda: world.governance.sign(change.id, Vote.WITHDRAW, world.operator))
    with pytest.raises(ChangeRefused, match="not open any more"):
        late.activate(change.id, world.operator)
    assert (world.size, world.state(change)) == (before, "withdrawn")


def test_a_number_that_is_not_higher_is_refused_though_the_rules_are_those_again(
    world: World,
) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    first_rules = world.governance.log.head().policy_digest
    there, late = world.propose_rules(), world.propose_rules(OTHER_RULES)
    for change in (there, late):
        world.vote(change, *FOUNDERS)
    world.activate(there)
    back = world.propose_rules(first_rules)
    world.vote(back, *FOUNDERS)
    world.activate(back)

    assert world.governance.log.head().policy_digest == late.digest_before
    with pytest.raises(ChangeRefused, match="not higher"):
        world.activate(late)


# --- one person alone ----------------------------------------------------------------


@pytest.mark.parametrize("person", [None, "anna", "dora"], ids=["operator", "approver", "dpo"])
def test_one_person_alone_suspends_at_once(world: World, person: str | None) -> None:
    world.enrol("dora", role("dpo", "polizei-traeger"))
    signer = world.operator if person is None else signer_of(person)
    index = world.governance.alone({"polizei": SUSPENDED}, signer, **WHY)

    assert index == world.size - 1
    assert len(world.said(index)["ballots"]) == 2
    assert world.verify().changes == 6


@pytest.mark.parametrize(
    ("changes", "person"),
    [
        ({"zoll": ZOLL}, "operator"),
        ({"polizei": SUSPENDED, "zoll": ZOLL}, "anna"),
        ({"polizei": SUSPENDED}, "aris"),
        ({"person/dora": a_card("dora", role("dpo", "polizei-traeger"), status="ended")}, "anna"),
    ],
    ids=["loosens", "loosens beside", "no role", "silences the officer"],
)
def test_one_person_alone_does_nothing_else(
    world: World, changes: Mapping[str, Json], person: str
) -> None:
    world.enrol("aris", role("author", "polizei-traeger"))
    world.enrol("dora", role("dpo", "polizei-traeger"))
    before = world.size
    signer = world.operator if person == "operator" else signer_of(person)

    with pytest.raises(VoteRefused, match="two people must agree"):
        world.governance.alone(changes, signer, **WHY)

    assert world.size == before
    assert world.governance.changes.all()[-1].state == "withdrawn"


def test_a_suspension_goes_through_though_the_registry_changes_meanwhile(world: World) -> None:
    def meanwhile() -> None:
        world.governance.alone(
            {"ordnungsamt": a_unit(status="suspended")}, signer_of("anna"), **WHY
        )

    late = appending(world, meanwhile)
    late.alone({"polizei": SUSPENDED}, world.operator, **WHY)

    registry = world.governance.log.documents()
    assert {json.loads(registry[it])["status"] for it in ("polizei", "ordnungsamt")} == {
        "suspended"
    }
    assert world.verify().entries[EntryType.REGISTRY] == 5


def test_when_the_registry_changes_again_and_again_it_says_so(world: World) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    log = replace(world.governance.log, append=lambda _draft: Stale())
    with pytest.raises(StaleDigest):
        replace(world.governance, log=log).activate(change.id, world.operator)
    assert world.state(change) == "proposed"


# --- several processes ---------------------------------------------------------------


async def ended(home: Path, *commands: tuple[str, ...]) -> list[int]:
    """Run commands of the operator at the same time; return their exit statuses."""
    key = key_file(home.parent, OPERATOR)
    secret = ("--passphrase-file", passphrase_file(home.parent))

    async def run(command: tuple[str, ...]) -> int:
        async with running(*command, "--home", home, "--key", key, *secret) as process:
            return await process.stop_by_itself()

    return list(await asyncio.gather(*(run(command) for command in commands)))


async def test_of_two_processes_one_puts_a_draft_in_force(world: World) -> None:
    change = world.propose()
    world.vote(change, *FOUNDERS)
    before = world.size
    statuses = await ended(world.home, *[("change", "activate", change.id)] * 2)

    assert sorted(statuses) == [0, 1]
    assert (world.size, world.state(change)) == (before + 1, "active")
    assert world.verify().entries[EntryType.REGISTRY] == 4


async def test_two_processes_suspend_two_units_at_once(world: World) -> None:
    before = world.size
    statuses = await ended(
        world.home,
        *(("unit", "suspend", unit, "--reason", "Probe") for unit in ("polizei", "ordnungsamt")),
    )

    assert statuses == [0, 0]
    assert world.size == before + 2
    registry = world.governance.log.documents()
    assert {json.loads(registry[it])["status"] for it in world.units} == {"suspended"}
    assert world.verify().entries[EntryType.REGISTRY] == 5
