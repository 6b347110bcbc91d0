"""A stop is placed by one person at once, and lifted by two."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.people import OPERATOR, card
from gateway.errors import LogRefused, RegistryRefused, VoteRefused
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.change_set import ChangeKind, ChangeSet, parse_change
from gateway.lifecycle.registry_change import changed, entry_type
from gateway.lifecycle.registry_effect import registry_report
from gateway.lifecycle.stopping import lifted, new_stop
from gateway.lifecycle.tightening import only_places_stops
from gateway.model.evidence import EntryType, Part
from gateway.model.unit import RegistrySnapshot
from gateway.people import person_key
from gateway.reading import part_of
from gateway.stops import stop_key
from gateway.tlog.entry import Claims, open_leaf
from gateway.tlog.jwk import PublicKey
from gateway.verify_governance import Governance as Auditor
from tests.builders import NOW, a_unit, the_policies
from tests.gateways import SqlGateway
from tests.governing import FOUNDERS, ballots_on, signer_of

ROUTES = the_policies().data["routes"]
HAZARD = {
    "exchange_kind": "PREMISES_HAZARD_NOTICE",
    "sender_kind": "POLICE_INSPECTION",
    "recipient_kind": "MUNICIPAL_ORDER",
}


def placing(
    gateway: SqlGateway, registry: RegistrySnapshot, by: str = OPERATOR, **scope: Any
) -> tuple[str, Any]:
    stop, changes = new_stop(scope, registry, ROUTES, gateway.clock.now(), by=by, reason="Probe")
    return stop.id, changes


async def enrol(gateway: SqlGateway, name: str, *roles: dict[str, str]) -> None:
    await gateway.change({person_key(name): card(name, name.title(), signer_of(name), *roles)})


async def place(gateway: SqlGateway, by: str, **scope: Any) -> str:
    """Let a person place a stop alone."""
    registry = await gateway.ports.registry.snapshot()
    stop_id, changes = placing(gateway, registry, by, **scope)
    signer = gateway.operator if by == OPERATOR else signer_of(by)
    gateway.governance.alone(changes, signer, title="Anhalten", reason="Probe")
    return stop_id


@pytest.mark.parametrize(
    "scope",
    [{"all": True}, {"unit": "polizei"}, {"exchange_kind": "PREMISES_HAZARD_NOTICE"}, HAZARD],
    ids=["all", "unit", "kind", "route"],
)
async def test_one_person_places_a_stop_and_the_log_proves_it(
    sql_gateway: SqlGateway, tmp_path: Path, scope: dict[str, Any]
) -> None:
    stop_id = await place(sql_gateway, OPERATOR, **scope)

    stop = (await sql_gateway.ports.registry.snapshot()).stops[stop_id]
    assert (stop.scope, stop.by, stop.since, stop.reason) == (scope, OPERATOR, NOW, "Probe")
    assert sql_gateway.verify(tmp_path / "copy").entries[EntryType.STOP] == 1


@pytest.mark.parametrize("name", FOUNDERS)
async def test_an_approver_may_stop_alone(sql_gateway: SqlGateway, name: str) -> None:
    stop_id = await place(sql_gateway, name, all=True)
    assert (await sql_gateway.ports.registry.snapshot()).stops[stop_id].by == name


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ({"role": "author", "controller": "polizei-traeger"}, "no role to do that alone"),
        ({"role": "auditor", "controller": "polizei-traeger"}, "may not"),
        ({"role": "official", "unit": "polizei"}, "may not"),
    ],
    ids=["author", "auditor", "official"],
)
async def test_whoever_has_no_role_for_it_stops_nothing_alone(
    sql_gateway: SqlGateway, role: dict[str, str], why: str
) -> None:
    await enrol(sql_gateway, "mia", role)
    with pytest.raises(VoteRefused, match=why):
        await place(sql_gateway, "mia", all=True)
    assert (await sql_gateway.ports.registry.snapshot()).stops == {}


async def test_a_data_protection_officer_stops_alone(sql_gateway: SqlGateway) -> None:
    await enrol(sql_gateway, "dora", {"role": "dpo", "controller": "polizei-traeger"})
    assert await place(sql_gateway, "dora", unit="polizei")


async def test_nobody_lifts_a_stop_alone(sql_gateway: SqlGateway) -> None:
    """Not even who placed it; and a change that both places and lifts is no way round."""
    stop_id = await place(sql_gateway, "anna", all=True)
    registry = await sql_gateway.ports.registry.snapshot()
    for changes in (
        {stop_key(stop_id): None},
        {stop_key(stop_id): None, **placing(sql_gateway, registry, "anna", unit="polizei")[1]},
    ):
        with pytest.raises(VoteRefused, match="two people must agree"):
            sql_gateway.governance.alone(
                changes, signer_of("anna"), title="Aufheben", reason="Probe"
            )
    assert stop_id in (await sql_gateway.ports.registry.snapshot()).stops


async def test_two_who_are_not_the_author_lift_it_and_the_log_proves_it(
    sql_gateway: SqlGateway, tmp_path: Path
) -> None:
    stop_id = await place(sql_gateway, "anna", all=True)
    governance = sql_gateway.governance
    _, changes = lifted(stop_id[:8], await sql_gateway.ports.registry.snapshot())
    change = governance.propose_registry(
        changes, sql_gateway.operator, title="Aufheben", reason="Erledigt"
    )
    governance.sign(change.id, Vote.AGREE, signer_of("anna"))
    with pytest.raises(VoteRefused, match="1 of 2 votes"):
        governance.activate(change.id, sql_gateway.operator)
    governance.sign(change.id, Vote.AGREE, signer_of("emre"))
    governance.activate(change.id, sql_gateway.operator)

    assert (await sql_gateway.ports.registry.snapshot()).stops == {}
    verified = sql_gateway.verify(tmp_path / "copy")
    assert verified.entries[EntryType.STOP] == 1


async def test_lifting_needs_an_approver_of_everyone_whose_data_flow_again(
    sql_gateway: SqlGateway,
) -> None:
    """A unit that is stopped sends nothing and is sent nothing; both sides have their say."""
    await enrol(sql_gateway, "otto", {"role": "approver", "controller": "ordnungsamt-traeger"})
    await enrol(sql_gateway, "olga", {"role": "approver", "controller": "ordnungsamt-traeger"})
    stop_id = await place(sql_gateway, OPERATOR, unit="ordnungsamt")
    governance = sql_gateway.governance
    change = governance.propose_registry(
        {stop_key(stop_id): None}, sql_gateway.operator, title="Aufheben", reason="Erledigt"
    )
    for name in ("otto", "olga"):
        governance.sign(change.id, Vote.AGREE, signer_of(name))
    with pytest.raises(VoteRefused, match="an approver of polizei-traeger missing"):
        governance.activate(change.id, sql_gateway.operator)


@pytest.mark.parametrize(
    ("scope", "touched"),
    [
        ({"all": True}, ["ordnungsamt-traeger", "polizei-traeger"]),
        ({"unit": "ordnungsamt"}, ["ordnungsamt-traeger", "polizei-traeger"]),
        ({"exchange_kind": "PREMISES_HAZARD_NOTICE"}, ["polizei-traeger"]),
        (HAZARD, ["polizei-traeger"]),
    ],
    ids=["all", "unit", "kind", "route"],
)
async def test_lifting_touches_whose_sending_was_stopped(
    sql_gateway: SqlGateway, scope: dict[str, Any], touched: list[str]
) -> None:
    stop_id = await sql_gateway.stop(**scope)
    known = sql_gateway.governance.log.documents()
    effect = registry_report({stop_key(stop_id): None}, known, ROUTES)["effect"]
    assert effect["releases_more"]
    assert effect["controllers"] == touched


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        ({"unit": "niemand"}, "no unit niemand"),
        ({"exchange_kind": "NO_SUCH_KIND"}, "no exchange kind NO_SUCH_KIND"),
        ({**HAZARD, "sender_kind": "YOUTH_OFFICE"}, "no route from YOUTH_OFFICE"),
        ({**HAZARD, "recipient_kind": "NOBODY"}, "to NOBODY"),
        ({}, "one unit, one kind"),
    ],
)
async def test_a_stop_that_would_stop_nothing_is_refused(
    sql_gateway: SqlGateway, scope: dict[str, Any], why: str
) -> None:
    registry = await sql_gateway.ports.registry.snapshot()
    with pytest.raises(RegistryRefused, match=why):
        placing(sql_gateway, registry, **scope)


async def test_a_stop_in_force_is_not_changed_and_not_placed_in_anothers_name(
    sql_gateway: SqlGateway,
) -> None:
    stop_id = await place(sql_gateway, OPERATOR, all=True)
    known = sql_gateway.governance.log.documents()
    registry = await sql_gateway.ports.registry.snapshot()
    _, changes = placing(sql_gateway, registry, OPERATOR, unit="polizei")
    (document,) = changes.values()
    with pytest.raises(RegistryRefused, match="lifted, not changed"):
        changed(known, {stop_key(stop_id): {**document, "id": stop_id}})
    with pytest.raises(RegistryRefused, match="names another than anna"):
        sql_gateway.governance.alone(changes, signer_of("anna"), title="x", reason="x")


async def test_what_begins_no_stop_or_several_is_not_lifted(sql_gateway: SqlGateway) -> None:
    await place(sql_gateway, OPERATOR, all=True)
    registry = await sql_gateway.ports.registry.snapshot()
    for begun in ("", "g"):
        with pytest.raises(RegistryRefused, match="no stops in force"):
            lifted(begun, registry)
    many = replace(registry, stops={"aa": None, "ab": None})  # type: ignore[dict-item]
    with pytest.raises(RegistryRefused, match="2 stops in force"):
        lifted("a", many)


def test_a_change_of_nothing_places_no_stop() -> None:
    assert not only_places_stops({})
    assert not only_places_stops({"stop/a": None})
    assert not only_places_stops({"stop/a": {}, "polizei": {}})
    assert only_places_stops({"stop/a": {}})


# --- what an auditor refuses


class Copied:
    """A log copy as its entries come: all up to a stop are believed, the stop is forged."""

    def __init__(self, gateway: SqlGateway) -> None:
        self._gateway = gateway

    async def refuse(
        self, type_: EntryType, change: ChangeSet, ballots: list[Any], match: str
    ) -> None:
        auditor = Auditor()
        claims: Claims | None = None
        key = PublicKey.from_jwk(self._gateway.ports.drafter.signer.public_jwk)
        for entry in await self._gateway.entries():
            claims = open_leaf(entry.leaf, key).claims
            auditor.next(claims, {part: part_of(d) for part, d in entry.parts.items()})
        assert claims is not None
        forged = replace(claims, type=type_, registry_digest=change.digest_after)
        with pytest.raises(LogRefused, match=match):
            auditor.next(forged, {Part.AUDIT: {"change": change.document(), "ballots": ballots}})


async def proposed(gateway: SqlGateway, changes: Any, **report: Any) -> ChangeSet:
    governance = gateway.governance
    change = governance.propose_registry(changes, gateway.operator, title="x", reason="x")
    effect = {**change.report["effect"], **report}
    return replace(change, report={**change.report, "effect": effect})


async def test_a_stop_entry_that_lifts_is_refused(sql_gateway: SqlGateway) -> None:
    stop_id = await place(sql_gateway, OPERATOR, all=True)
    change = await proposed(sql_gateway, {stop_key(stop_id): None})
    ballots = ballots_on(change, sql_gateway.operator)
    await Copied(sql_gateway).refuse(EntryType.STOP, change, ballots, "another's")


async def test_a_registry_entry_that_lifts_as_if_it_tightened_is_refused(
    sql_gateway: SqlGateway,
) -> None:
    stop_id = await place(sql_gateway, OPERATOR, all=True)
    changes = {stop_key(stop_id): None}
    change = await proposed(sql_gateway, changes, tightens_only=True, releases_more=False)
    ballots = ballots_on(change, sql_gateway.operator)
    alone = [it for it in ballots if it["ballot"]["vote"] in ("propose", "activate")]
    await Copied(sql_gateway).refuse(EntryType.REGISTRY, change, alone, "releases more, or less")


async def test_a_stop_entry_that_changes_a_unit_too_is_refused(sql_gateway: SqlGateway) -> None:
    registry = await sql_gateway.ports.registry.snapshot()
    _, changes = placing(sql_gateway, registry, all=True)
    change = await proposed(sql_gateway, {**changes, "jugendamt": a_unit("jugendamt")})
    ballots = ballots_on(change, sql_gateway.operator)
    await Copied(sql_gateway).refuse(EntryType.STOP, change, ballots, "another's")


async def test_a_stop_entry_without_its_signatures_is_refused(sql_gateway: SqlGateway) -> None:
    registry = await sql_gateway.ports.registry.snapshot()
    _, changes = placing(sql_gateway, registry, all=True)
    change = await proposed(sql_gateway, changes)
    ballots = ballots_on(change, sql_gateway.operator)
    unsigned = [{**it, "signature": "AA"} for it in ballots]
    copied = Copied(sql_gateway)
    await copied.refuse(EntryType.STOP, change, [], "did not sign")
    await copied.refuse(EntryType.STOP, change, ballots[:1], "nobody signed")
    await copied.refuse(EntryType.STOP, change, unsigned, "signature on the ballot")


async def test_a_stop_entry_in_anothers_name_is_refused(sql_gateway: SqlGateway) -> None:
    registry = await sql_gateway.ports.registry.snapshot()
    _, changes = placing(sql_gateway, registry, "anna", all=True)
    change = await proposed(sql_gateway, changes)
    ballots = ballots_on(change, sql_gateway.operator)
    await Copied(sql_gateway).refuse(EntryType.STOP, change, ballots, "names another")


async def test_a_stop_placed_by_who_may_not_is_refused(sql_gateway: SqlGateway) -> None:
    await enrol(sql_gateway, "mia", {"role": "author", "controller": "polizei-traeger"})
    registry = await sql_gateway.ports.registry.snapshot()
    _, changes = placing(sql_gateway, registry, "mia", all=True)
    change = replace(await proposed(sql_gateway, changes), author="mia")
    ballots = ballots_on(change, signer_of("mia"))
    alone = [it for it in ballots if it["ballot"]["vote"] in ("propose", "activate")]
    await Copied(sql_gateway).refuse(EntryType.STOP, change, alone, "2 of 2 votes")


async def test_entry_and_document_are_one_draft(sql_gateway: SqlGateway) -> None:
    """So that a process killed between them leaves both or none."""
    await place(sql_gateway, OPERATOR, all=True)
    (said,) = await sql_gateway.parts(EntryType.STOP)
    change = parse_change(said["change"])
    assert (change.kind, entry_type(change)) == (ChangeKind.REGISTRY, EntryType.STOP)
    (key,) = change.documents
    assert key in sql_gateway.governance.log.documents()
