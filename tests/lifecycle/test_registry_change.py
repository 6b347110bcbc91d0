"""A change of the registry: what is signed, what is recorded, and what is refused."""

import base64
import hashlib
import json
from typing import Any

import pytest
import rfc8785

from gateway.adapters.clock import moment_at
from gateway.adapters.memory.signer import MemorySigner
from gateway.errors import KeyRefused, RegistryRefused
from gateway.lifecycle.registry_change import (
    PERMANENT,
    ballot,
    draft_change,
    sign_ballot,
    suspended,
)
from gateway.model.evidence import Draft, EntryType, Part, PutUnit
from gateway.reading import part_of
from gateway.registry import canonical_unit, registry_digest
from gateway.tlog.entry import open_leaf
from tests.builders import NOW, a_unit, the_police
from tests.gateways import MemoryGateway

OPERATOR = MemorySigner("operator")
MOMENT = moment_at(NOW)


async def drafted(gateway: MemoryGateway, document: dict[str, Any]) -> Draft:
    return draft_change(
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


async def test_the_entry_carries_document_ballot_and_signatures(
    memory_gateway: MemoryGateway,
) -> None:
    before = (await memory_gateway.log.head()).registry_digest

    said = await committed(memory_gateway, a_unit("jugendamt"))

    body = canonical_unit(a_unit("jugendamt"))
    assert said["document"] == a_unit("jugendamt")
    assert said["ballot"] == {
        "change": "registry",
        "unit": "jugendamt",
        "document_sha256": hashlib.sha256(body).hexdigest(),
        "digest_before": before,
        "digest_after": (await memory_gateway.log.head()).registry_digest,
        "time": NOW,
    }
    assert len(said["signatures"]) == 1


async def test_the_signature_is_over_the_canonical_ballot(memory_gateway: MemoryGateway) -> None:
    said = await committed(memory_gateway, a_unit("jugendamt"))
    (signature,) = said["signatures"]
    raw = base64.urlsafe_b64decode(signature["signature"] + "==")

    OPERATOR.public_key.verify(raw, rfc8785.dumps(said["ballot"]))

    assert (signature["kid"], signature["jwk"]) == (OPERATOR.kid, dict(OPERATOR.public_jwk))
    with pytest.raises(KeyRefused):
        OPERATOR.public_key.verify(raw, rfc8785.dumps({**said["ballot"], "unit": "polizei"}))


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
    assert draft.effects == (PutUnit("jugendamt", canonical_unit(a_unit("jugendamt"))),)
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


async def test_a_unit_may_change_all_but_its_controller(memory_gateway: MemoryGateway) -> None:
    changed = the_police(name="Neu", kind="STATE_POLICE", pins=["a" * 64], may_receive=False)
    said = await committed(memory_gateway, changed)
    assert said["document"] == changed


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


def test_a_ballot_is_signed_as_it_stands() -> None:
    content = ballot("amt", b"{}", "a" * 64, "b" * 64, MOMENT)
    signature = sign_ballot(content, OPERATOR)
    assert json.loads(json.dumps(signature)) == signature
    assert content["document_sha256"] == hashlib.sha256(b"{}").hexdigest()


async def test_the_registry_entry_opens_for_the_auditor(memory_gateway: MemoryGateway) -> None:
    await memory_gateway.log.append(await drafted(memory_gateway, a_unit("jugendamt")))
    entry = (await memory_gateway.entries(EntryType.REGISTRY))[-1]
    assert set(entry.parts) == {Part.AUDIT}
    assert part_of(entry.parts[Part.AUDIT])["document"]["id"] == "jugendamt"
