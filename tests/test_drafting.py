"""Drafts of entries: a signed leaf, and its record sealed into a bucket."""

from pathlib import Path

import pytest

from gateway.adapters.clock import moment_at
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.drafting import Drafter
from gateway.errors import MalformedLeaf
from gateway.model.evidence import EntryType, Lease, Part
from gateway.tlog.entry import open_leaf, present
from gateway.tlog.jwk import PublicKey
from tests.delivery.world import NOON, ORIGIN, fresh_signer

MOMENT = moment_at(NOON)
POLICY, REGISTRY = "a" * 64, "b" * 64
SIGNER = fresh_signer()
KEY = PublicKey.from_jwk(SIGNER.public_jwk)


@pytest.fixture
def seal(tmp_path: Path) -> RecordSeal:
    return RecordSeal(FileKeys(tmp_path))


@pytest.fixture
def drafter(seal: RecordSeal) -> Drafter:
    return Drafter(ORIGIN, "embedded/opa-1.20.2", "0.1.0", SIGNER, seal)


def test_a_leaf_names_what_made_it_and_is_signed(drafter: Drafter) -> None:
    draft = drafter.draft(
        EntryType.DELIVERY, MOMENT, POLICY, REGISTRY, {Part.AUDIT: {"a": 1}}, bucket="b.c.d"
    )

    claims = open_leaf(draft.leaf, KEY).claims
    assert (claims.origin, claims.type, claims.time) == (ORIGIN, EntryType.DELIVERY, NOON)
    assert (claims.id, claims.engine, claims.gateway) == (
        draft.entry_id,
        "embedded/opa-1.20.2",
        "0.1.0",
    )
    assert (claims.policy_digest, claims.registry_digest) == (POLICY, REGISTRY)


def test_the_record_opens_to_the_parts_that_the_leaf_commits_to(
    drafter: Drafter, seal: RecordSeal
) -> None:
    parts = {Part.SENDER: {"seen": "by the sender"}, Part.AUDIT: {"seen": "by auditors"}}

    draft = drafter.draft(EntryType.DECISION, MOMENT, POLICY, REGISTRY, parts, bucket="b.c.d")

    assert draft.record is not None
    opened = seal.open(
        draft.entry_id, draft.record.bucket, draft.record.wrapped_key, draft.record.parts
    )
    assert open_leaf(draft.leaf, KEY).open_parts(opened.values()) == parts
    assert b"by the sender" not in draft.leaf + b"".join(draft.record.parts.values())


def test_composing_gives_the_disclosures_for_a_receipt_at_once(drafter: Drafter) -> None:
    composed = drafter.compose(
        EntryType.DECISION, MOMENT, POLICY, REGISTRY, {Part.SENDER: {"a": 1}}, bucket="b.c.d"
    )

    receipt = present(composed.leaf.jws, composed.leaf.disclosures.values())
    assert receipt.startswith(composed.draft.leaf.decode())
    assert composed.leaf.disclosures.keys() == {Part.SENDER}


def test_an_entry_without_a_bucket_has_no_record(drafter: Drafter) -> None:
    """Its decision's record was erased; what the entry says goes the same way."""
    draft = drafter.draft(
        EntryType.DELIVERY, MOMENT, POLICY, REGISTRY, {Part.AUDIT: {"a": 1}}, bucket=None
    )

    assert draft.record is None


def test_an_id_that_the_caller_had_to_know_is_used(drafter: Drafter) -> None:
    known = "0123456789abcdef" * 2
    draft = drafter.draft(
        EntryType.DECISION, MOMENT, POLICY, REGISTRY, {}, bucket="b.c.d", entry_id=known
    )

    assert draft.entry_id == open_leaf(draft.leaf, KEY).claims.id == known


def test_every_entry_has_an_id_of_its_own(drafter: Drafter) -> None:
    ids = {
        drafter.draft(EntryType.DELIVERY, MOMENT, POLICY, REGISTRY, {}, bucket=None).entry_id
        for _ in range(50)
    }

    assert len(ids) == 50


def test_an_entry_that_changes_a_digest_names_the_new_one(drafter: Drafter) -> None:
    draft = drafter.draft(
        EntryType.REGISTRY,
        MOMENT,
        POLICY,
        REGISTRY,
        {},
        bucket="log.permanent",
        new_registry_digest="c" * 64,
    )

    assert open_leaf(draft.leaf, KEY).claims.registry_digest == "c" * 64
    assert (draft.registry_digest, draft.new_registry_digest) == (REGISTRY, "c" * 64)


def test_what_goes_with_the_entry_is_carried(drafter: Drafter) -> None:
    lease = Lease("a", 1, "token", NOON, NOON + 60)

    draft = drafter.draft(
        EntryType.DELIVERY, MOMENT, POLICY, REGISTRY, {}, bucket=None, effects=(lease,)
    )

    assert draft.effects == (lease,)


def test_a_part_with_a_fraction_is_refused(drafter: Drafter) -> None:
    with pytest.raises(MalformedLeaf):
        drafter.draft(
            EntryType.DELIVERY, MOMENT, POLICY, REGISTRY, {Part.AUDIT: {"a": 0.5}}, bucket=None
        )
