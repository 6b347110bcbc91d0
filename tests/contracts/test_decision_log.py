"""What every `DecisionLog` promises: what is durable, what is atomic, what can be proved."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.file_signer import FileSigner
from gateway.errors import NotFound, ProofRefused
from gateway.model.evidence import (
    Claim,
    Committed,
    DeliveryState,
    EntryType,
    Lease,
    Lost,
    Part,
    Proven,
    PutDocument,
    Settle,
    Stale,
    SubjectToken,
)
from gateway.reading import part_of
from gateway.registry import canonical_unit
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.jwk import PublicKey
from gateway.tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from gateway.tlog.note import VerifierKey
from gateway.tlog.tiles import decode_bundle
from tests.builders import NOW, ORIGIN, the_police
from tests.gateways import BUCKET, Gateway, MemoryGateway, SqlGateway, a_delivery

KEY = "00000000-0000-4000-8000-000000000000"
OTHER_DIGEST = "f" * 64


def a_claim(**changes: Any) -> Claim:
    return replace(Claim("polizei", KEY, b"h" * 32, 201), **changes)


def opened_checkpoint(gateway: Gateway, note: str) -> Checkpoint:
    """Open a checkpoint with the key of this log."""
    if isinstance(gateway, MemoryGateway):
        jwk = gateway.log.signer.public_jwk
    else:
        assert isinstance(gateway, SqlGateway)
        jwk = FileSigner.load(gateway.home / "keys" / "checkpoint.pem").public_jwk
    return open_checkpoint(note, VerifierKey(ORIGIN, PublicKey.from_jwk(jwk)))


async def size_of(gateway: Gateway) -> int:
    return (await gateway.ports.log.head()).size


async def test_an_entry_gets_the_next_index_and_a_proof_to_a_signed_root(gateway: Gateway) -> None:
    size = await size_of(gateway)
    draft = await gateway.draft()

    fate = await gateway.ports.log.append(draft)

    assert isinstance(fate, Committed)
    assert fate.index == size
    checkpoint = opened_checkpoint(gateway, fate.checkpoint)
    assert checkpoint.size == size + 1
    verify_inclusion(
        leaf_hash(draft.leaf), fate.index, checkpoint.size, fate.proof, checkpoint.root
    )


async def test_the_head_says_what_was_signed_last(gateway: Gateway) -> None:
    fate = await gateway.append()
    head = await gateway.ports.log.head()

    assert isinstance(fate, Committed)
    assert head.checkpoint == fate.checkpoint
    assert opened_checkpoint(gateway, head.checkpoint) == Checkpoint(ORIGIN, head.size, head.root)


async def test_concurrent_drafts_get_indexes_without_gap_or_repeat(gateway: Gateway) -> None:
    size = await size_of(gateway)
    drafts = await gateway.drafts(40)

    fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))

    indexes = [fate.index for fate in fates if isinstance(fate, Committed)]
    assert sorted(indexes) == list(range(size, size + 40))
    for draft, fate in zip(drafts, fates, strict=True):
        assert isinstance(fate, Committed)
        stored = await gateway.ports.log.entry(fate.index)
        assert stored is not None
        assert (stored.entry_id, stored.leaf) == (draft.entry_id, draft.leaf)


async def test_an_entry_is_found_by_its_id_and_gives_its_parts_back(gateway: Gateway) -> None:
    draft = await gateway.draft()
    fate = await gateway.ports.log.append(draft)
    assert isinstance(fate, Committed)

    stored = await gateway.ports.log.entry(fate.index)

    assert await gateway.ports.log.index_of(draft.entry_id) == fate.index
    assert stored is not None
    assert (stored.type, stored.bucket) == (EntryType.REFUSAL, BUCKET)
    assert {part: part_of(text) for part, text in stored.parts.items()} == {
        Part.SENDER: {"note": "für den Absender"},
        Part.AUDIT: {"note": "für alle"},
    }


async def test_an_entry_without_a_bucket_keeps_no_parts(gateway: Gateway) -> None:
    fate = await gateway.append(bucket=None)
    assert isinstance(fate, Committed)
    stored = await gateway.ports.log.entry(fate.index)
    assert stored is not None
    assert (stored.bucket, stored.parts) == (None, {})


async def test_what_is_not_in_the_log_is_not_found(gateway: Gateway) -> None:
    size = await size_of(gateway)

    assert await gateway.ports.log.entry(size) is None
    assert await gateway.ports.log.entry(-1) is None
    assert await gateway.ports.log.index_of("0" * 32) is None
    assert await gateway.ports.log.claimed("polizei", KEY) is None


# --- all or nothing -----------------------------------------------------------------


async def test_an_idempotency_key_belongs_to_the_first_draft(gateway: Gateway) -> None:
    first = await gateway.append(claim=a_claim())
    assert isinstance(first, Committed)

    second = await gateway.append(claim=a_claim(body_hmac=b"x" * 32, status=403))

    assert second == Lost(first.index)
    assert await gateway.ports.log.claimed("polizei", KEY) == (a_claim(), first.index)
    assert await size_of(gateway) == first.index + 1


async def test_two_units_may_use_the_same_idempotency_key(gateway: Gateway) -> None:
    await gateway.append(claim=a_claim())
    assert isinstance(await gateway.append(claim=a_claim(unit="ordnungsamt")), Committed)


async def test_of_concurrent_drafts_with_one_key_exactly_one_is_stored(gateway: Gateway) -> None:
    size = await size_of(gateway)
    drafts = [
        await gateway.draft(claim=a_claim(), delivery=a_delivery(f"{number:032x}"))
        for number in range(20)
    ]

    fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))

    winners = [fate for fate in fates if isinstance(fate, Committed)]
    assert len(winners) == 1
    assert all(fate == Lost(winners[0].index) for fate in fates if fate is not winners[0])
    assert await size_of(gateway) == size + 1
    assert len(await gateway.deliveries()) == 1


@pytest.mark.parametrize(
    "other", [{"policy_digest": OTHER_DIGEST}, {"registry_digest": OTHER_DIGEST}]
)
async def test_a_draft_under_another_digest_is_stale_and_leaves_nothing(
    gateway: Gateway, other: dict[str, Any]
) -> None:
    size = await size_of(gateway)
    draft = await gateway.draft(claim=a_claim(), delivery=a_delivery())

    fate = await gateway.ports.log.append(replace(draft, **other))

    assert fate == Stale()
    assert await size_of(gateway) == size
    assert await gateway.deliveries() == []
    assert await gateway.ports.log.claimed("polizei", KEY) is None


@pytest.mark.parametrize(
    ("field", "read"),
    [("new_policy_digest", "policy_digest"), ("new_registry_digest", "registry_digest")],
)
async def test_a_new_digest_is_in_force_from_its_entry_on(
    gateway: Gateway, field: str, read: str
) -> None:
    """Drafts that wait in the same queue under the older digest are stale."""
    changing, later = await gateway.draft(**{field: OTHER_DIGEST}), await gateway.draft()

    fates = await asyncio.gather(
        gateway.ports.log.append(changing), gateway.ports.log.append(later)
    )

    assert isinstance(fates[0], Committed)
    assert fates[1] == Stale()
    assert getattr(await gateway.ports.log.head(), read) == OTHER_DIGEST


async def test_a_sealed_payload_is_in_the_outbox_with_its_entry(gateway: Gateway) -> None:
    draft = await gateway.draft(delivery=a_delivery(state=DeliveryState.HELD, delete_at_day=9))
    fate = await gateway.ports.log.append(draft)
    assert isinstance(fate, Committed)

    delivery = await gateway.ports.outbox.of_exchange(fate.index)

    assert delivery is not None
    assert (delivery.exchange_id, delivery.bucket) == (draft.entry_id, BUCKET)
    assert (delivery.state, delivery.jwe, delivery.delete_at_day) == (
        DeliveryState.HELD,
        b"sealed",
        9,
    )
    assert (delivery.created_at, delivery.expires_at) == (NOW, NOW + 72 * 3600)


def a_lease(token: str = "mine") -> Lease:
    return Lease("d" * 32, 1, token, NOW, NOW + 60)


async def test_an_effect_is_carried_out_with_its_entry(gateway: Gateway) -> None:
    await gateway.append(delivery=a_delivery())

    assert isinstance(await gateway.append(effects=(a_lease(),)), Committed)

    (delivery,) = await gateway.deliveries()
    assert delivery.attempts == 1


async def test_a_draft_whose_effect_comes_too_late_leaves_nothing(gateway: Gateway) -> None:
    await gateway.append(delivery=a_delivery())
    await gateway.append(effects=(a_lease("another's"),))
    size = await size_of(gateway)

    assert await gateway.append(effects=(a_lease(),)) == Lost(None)

    (delivery,) = await gateway.deliveries()
    assert delivery.attempts == 1
    assert await size_of(gateway) == size


async def test_neither_claim_nor_earlier_effects_of_a_lost_draft_stay(gateway: Gateway) -> None:
    await gateway.append(delivery=a_delivery())
    settled = Settle("e" * 32, "mine", DeliveryState.QUEUED, DeliveryState.DELIVERED, None, False)
    size = await size_of(gateway)

    assert await gateway.append(claim=a_claim(), effects=(a_lease(), settled)) == Lost(None)

    (delivery,) = await gateway.deliveries()
    assert delivery.attempts == 0
    assert await gateway.ports.log.claimed("polizei", KEY) is None
    assert isinstance(await gateway.append(claim=a_claim()), Committed)
    assert await size_of(gateway) == size + 1


async def test_a_unit_is_written_with_the_digest_of_its_change(gateway: Gateway) -> None:
    """Whoever asks next sees the new document, and never one without the other."""
    changed = the_police(name="Polizeiinspektion")
    before = (await gateway.ports.registry.snapshot()).digest

    await gateway.register(changed)

    after = await gateway.ports.registry.snapshot()
    assert after.units["polizei"].name == "Polizeiinspektion"
    assert after.digest == (await gateway.ports.log.head()).registry_digest != before


async def test_a_stale_change_of_the_registry_writes_no_unit(gateway: Gateway) -> None:
    body = canonical_unit(the_police(name="Polizeiinspektion"))
    draft = await gateway.draft(
        effects=(PutDocument("polizei", body),), new_registry_digest=OTHER_DIGEST
    )

    stale = replace(draft, registry_digest=OTHER_DIGEST)

    assert await gateway.ports.log.append(stale) == Stale()
    assert (await gateway.ports.registry.snapshot()).units["polizei"].name == "Polizei"


async def test_a_person_is_indexed_once_for_an_entry(gateway: Gateway) -> None:
    token = SubjectToken("polizei-traeger.2026", b"t" * 32)
    assert isinstance(await gateway.append(subjects=(token, token)), Committed)
    assert isinstance(await gateway.append(subjects=(token,)), Committed)


# --- proofs -------------------------------------------------------------------------


async def test_the_proof_of_a_receipt_can_be_given_again_to_the_byte(gateway: Gateway) -> None:
    drafts = await gateway.drafts(9)
    fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))
    await gateway.append()

    for fate in fates:
        assert isinstance(fate, Committed)
        stored = await gateway.ports.log.entry(fate.index)
        assert stored is not None
        again = await gateway.ports.log.receipt_proof(fate.index, stored.size)
        assert again == (fate.checkpoint, fate.proof)


async def test_entries_asked_for_at_once_come_each_with_its_part_and_its_proof(
    gateway: Gateway,
) -> None:
    drafts = await gateway.drafts(9)
    fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))
    end = await size_of(gateway) + 2
    places = [(index, part) for index in range(end) for part in (Part.SENDER, Part.RECIPIENT)]

    found = await asyncio.gather(*(gateway.ports.log.proven(*place) for place in places))

    proofs = {}
    for (index, part), proven in zip(places, found, strict=True):
        entry = await gateway.ports.log.entry(index)
        if entry is None:
            assert proven is None
            continue
        assert proven is not None
        kept = {name: text for name, text in entry.parts.items() if name is part}
        assert proven.entry == replace(entry, parts=kept)
        proofs[index] = (proven.checkpoint, proven.proof)
    for fate in fates:
        assert isinstance(fate, Committed)
        assert proofs[fate.index] == (fate.checkpoint, fate.proof)


async def test_there_is_no_receipt_without_a_checkpoint_of_that_size(gateway: Gateway) -> None:
    with pytest.raises(NotFound):
        await gateway.ports.log.receipt_proof(0, await size_of(gateway) + 1)


async def test_there_is_no_receipt_for_an_entry_after_its_checkpoint(gateway: Gateway) -> None:
    fate = await gateway.append()
    assert isinstance(fate, Committed)
    with pytest.raises(ProofRefused):
        await gateway.ports.log.receipt_proof(fate.index + 1, fate.index + 1)


async def test_each_checkpoint_extends_every_earlier_one(gateway: Gateway) -> None:
    notes = [(await gateway.ports.log.head()).checkpoint]
    for _ in range(6):
        fate = await gateway.append()
        assert isinstance(fate, Committed)
        notes.append(fate.checkpoint)
    heads = [opened_checkpoint(gateway, note) for note in notes]

    for earlier in heads:
        for later in heads[heads.index(earlier) :]:
            proof = await gateway.ports.log.consistency(earlier.size, later.size)
            verify_consistency(earlier.size, later.size, proof, earlier.root, later.root)


async def test_a_log_that_is_shorter_extends_nothing(gateway: Gateway) -> None:
    size = await size_of(gateway)
    with pytest.raises(ProofRefused):
        await gateway.ports.log.consistency(size, size - 1)


async def test_tiles_and_bundles_hold_the_log_in_order(gateway: Gateway) -> None:
    """Beyond 256 entries a tile of the next level says the same as the entries below it."""
    missing = 260 - await size_of(gateway)
    drafts = await gateway.drafts(missing)
    await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))
    log = gateway.ports.log
    stored = await gateway.entries()

    first, second = await log.entry_bundle(0, 256), await log.entry_bundle(1, 4)

    assert first is not None
    assert second is not None
    assert decode_bundle(first, 256) + decode_bundle(second, 4) == [e.leaf for e in stored]
    hashes = b"".join(leaf_hash(entry.leaf) for entry in stored)
    assert await log.hash_tile(0, 0, 256) == hashes[: 256 * 32]
    assert await log.hash_tile(0, 1, 3) == hashes[256 * 32 : 259 * 32]
    above = await log.hash_tile(1, 0, 1)
    checkpoint = opened_checkpoint(gateway, (await log.head()).checkpoint)
    assert above is not None
    proof = await log.consistency(256, 260)
    verify_consistency(256, 260, proof, above, checkpoint.root)


@pytest.mark.parametrize(("level", "number", "width"), [(0, 0, 256), (0, 1, 1), (1, 0, 1)])
async def test_a_tile_that_is_not_full_yet_is_not_given(
    gateway: Gateway, level: int, number: int, width: int
) -> None:
    assert await gateway.ports.log.hash_tile(level, number, width) is None


async def test_a_bundle_that_is_not_full_yet_is_not_given(gateway: Gateway) -> None:
    size = await size_of(gateway)

    assert await gateway.ports.log.entry_bundle(0, size + 1) is None
    assert await gateway.ports.log.entry_bundle(1, 1) is None


async def test_without_its_bucket_key_nothing_of_a_record_opens_and_all_is_proved(
    gateway: Gateway,
) -> None:
    """Erasing a key erases the record; leaf and proof stay as they were."""
    fate = await gateway.append()
    assert isinstance(fate, Committed)
    before = await gateway.ports.log.entry(fate.index)
    assert before is not None
    destroy(gateway, BUCKET)

    after = await gateway.ports.log.entry(fate.index)

    assert after == replace(before, parts={})
    proven = await gateway.ports.log.proven(fate.index, Part.SENDER)
    assert proven == Proven(after, fate.checkpoint, fate.proof)
    again = await gateway.ports.log.receipt_proof(fate.index, before.size)
    assert again == (fate.checkpoint, fate.proof)


def destroy(gateway: Gateway, bucket: str) -> None:
    """Destroy the key of *bucket*, wherever it lies."""
    if isinstance(gateway, MemoryGateway):
        gateway.keys.destroy(bucket)
        return
    assert isinstance(gateway, SqlGateway)
    (gateway.home / "keys" / "buckets" / f"{bucket}.key").unlink()
