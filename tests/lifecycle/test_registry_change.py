"""A change of the registry: what its entry carries, and what is refused."""

from typing import Any

import pytest

from gateway.errors import ChangeRefused, RegistryRefused
from gateway.lifecycle.change_set import parse_change
from gateway.lifecycle.registry_change import PERMANENT, draft_entry, propose, suspended
from gateway.lifecycle.registry_effect import registry_report
from gateway.model.evidence import CloseChange, Draft, EntryType, Part, PutDocument
from gateway.reading import part_of
from gateway.registry import canonical_unit, registry_digest
from gateway.tlog.entry import open_leaf
from tests.builders import NOW, a_unit, the_police, the_policies
from tests.gateways import MemoryGateway
from tests.governing import agreed_draft, ballots_on, signer_of

OPERATOR = signer_of("operator")


async def drafted(gateway: MemoryGateway, document: dict[str, Any]) -> Draft:
    return agreed_draft(
        document,
        dict(gateway.registry.documents),
        await gateway.log.head(),
        gateway.clock.now(),
        gateway.ports.drafter,
        OPERATOR,
    )


async def committed(gateway: MemoryGateway, document: dict[str, Any]) -> dict[str, Any]:
    """Carry a change out; return what its entry says."""
    await gateway.log.append(await drafted(gateway, document))
    return (await gateway.parts(EntryType.REGISTRY))[-1]


async def test_the_entry_carries_the_change_and_its_ballots(
    memory_gateway: MemoryGateway,
) -> None:
    before = (await memory_gateway.log.head()).registry_digest

    said = await committed(memory_gateway, a_unit("jugendamt"))

    change = parse_change(said["change"])
    assert change.documents == {"jugendamt": a_unit("jugendamt")}
    assert (change.digest_before, change.digest_after, change.time) == (
        before,
        (await memory_gateway.log.head()).registry_digest,
        NOW,
    )
    assert [it["ballot"]["vote"] for it in said["ballots"]] == [
        "propose",
        "agree",
        "agree",
        "activate",
    ]


async def test_the_leaf_names_the_new_registry_and_the_draft_the_old_one(
    memory_gateway: MemoryGateway,
) -> None:
    before = (await memory_gateway.log.head()).registry_digest
    draft = await drafted(memory_gateway, a_unit("jugendamt"))
    claims = open_leaf(draft.leaf, memory_gateway.entry_signer.public_key).claims

    bodies = dict(memory_gateway.registry.documents)
    after = registry_digest({**bodies, "jugendamt": canonical_unit(a_unit("jugendamt"))})
    assert (draft.registry_digest, draft.new_registry_digest) == (before, after)
    assert claims.registry_digest == after
    closes, puts = draft.effects
    assert isinstance(closes, CloseChange)
    assert puts == PutDocument("jugendamt", canonical_unit(a_unit("jugendamt")))
    assert draft.record is not None
    assert draft.record.bucket == PERMANENT


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (the_police(), "exactly this document already"),
        (the_police(controller="ordnungsamt-traeger"), "another controller"),
        (a_unit("jugendamt", pins=the_police()["pins"]), "share a pin"),
        (the_police(pins=[*the_police()["pins"], *a_unit()["pins"]]), "share a pin"),
        (a_unit("jugendamt", kind="youth office"), "kind"),
        ({"id": "jugendamt"}, "missing"),
    ],
    ids=["no change", "controller", "pin", "second pin", "form", "no unit"],
)
async def test_a_change_against_the_rules_is_refused(
    memory_gateway: MemoryGateway, document: dict[str, Any], why: str
) -> None:
    with pytest.raises(RegistryRefused, match=why):
        await drafted(memory_gateway, document)


async def test_what_is_not_there_cannot_be_removed(memory_gateway: MemoryGateway) -> None:
    known = dict(memory_gateway.registry.documents)
    with pytest.raises(RegistryRefused, match="not there to be removed"):
        registry_report({"jugendamt": None}, known, {})


async def test_a_unit_may_change_all_but_its_controller(memory_gateway: MemoryGateway) -> None:
    changed = the_police(name="Neu", kind="STATE_POLICE", pins=["a" * 64], may_receive=False)
    said = await committed(memory_gateway, changed)
    assert said["change"]["documents"] == {"polizei": changed}


def test_a_suspension_changes_the_status_and_nothing_else() -> None:
    body = canonical_unit(a_unit())
    assert suspended(body) == a_unit(status="suspended")
    assert suspended(canonical_unit(a_unit(status="suspended"))) == a_unit(status="suspended")


async def test_of_two_changes_at_once_the_second_is_made_again(
    memory_gateway: MemoryGateway,
) -> None:
    """Both were drafted under the same registry; only one of them can follow it."""
    first = await drafted(memory_gateway, a_unit("jugendamt"))
    second = await drafted(memory_gateway, a_unit("bauamt"))

    await memory_gateway.log.append(first)
    await memory_gateway.log.append(second)

    assert set((await memory_gateway.registry.snapshot()).units) == {
        "polizei",
        "ordnungsamt",
        "jugendamt",
    }


async def test_a_draft_from_an_older_registry_makes_no_entry(
    memory_gateway: MemoryGateway,
) -> None:
    known, head = dict(memory_gateway.registry.documents), await memory_gateway.log.head()
    moment, drafter = memory_gateway.clock.now(), memory_gateway.ports.drafter
    changes = {"bauamt": a_unit("bauamt")}
    change = propose(
        changes,
        known,
        head,
        moment,
        author="operator",
        title="Bauamt",
        reason="Anschluss",
        number=9,
        report=registry_report(changes, known, the_policies().data["routes"]),
    )
    await memory_gateway.register(a_unit("jugendamt"))

    with pytest.raises(ChangeRefused, match="has changed since this draft"):
        draft_entry(
            change,
            ballots_on(change, OPERATOR),
            dict(memory_gateway.registry.documents),
            await memory_gateway.log.head(),
            moment,
            drafter,
        )


async def test_the_registry_entry_opens_for_the_auditor(memory_gateway: MemoryGateway) -> None:
    await memory_gateway.log.append(await drafted(memory_gateway, a_unit("jugendamt")))
    entry = (await memory_gateway.entries(EntryType.REGISTRY))[-1]
    assert set(entry.parts) == {Part.AUDIT}
    assert "jugendamt" in part_of(entry.parts[Part.AUDIT])["change"]["documents"]
