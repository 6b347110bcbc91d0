"""The log over HTTPS, verified as a partner verifies it: with the root key and nothing else."""

import pytest

from gateway.client.sender import Sender
from gateway.demo import exchanges
from gateway.demo.cast import FIRE_SERVICE, ORDER_OFFICE, POLICE
from gateway.demo.stage import ORIGIN
from gateway.errors import LogRefused
from gateway.model.evidence import Receipt
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.merkle import Frontier, extend, leaf_hash, verify_consistency
from gateway.tlog.note import Note
from gateway.tlog.proof import LogProof
from gateway.tlog.tiles import tiles_of
from gateway.verify import verify_receipt
from tests.e2e.running import Running, get, send, settled

pytestmark = pytest.mark.xdist_group("e2e")


async def newest(stage: Running) -> Checkpoint:
    """Return the newest checkpoint that the log serves, its signature verified."""
    answer = await get(stage, FIRE_SERVICE, "/v1/log/checkpoint")
    assert answer.status == 200
    size = Checkpoint.parse(Note.parse(answer.body.decode()).text).size
    checkpoint = open_checkpoint(answer.body.decode(), stage.keys.checkpoint_key(ORIGIN, size))
    assert checkpoint.origin == ORIGIN
    return checkpoint


async def test_the_served_tiles_hash_to_the_signed_root(stage: Running) -> None:
    """Also without a single entry: hashes alone are enough to see that the log only grows."""
    await send(stage, POLICE, exchanges.person_list())
    checkpoint = await newest(stage)

    hashes: list[bytes] = []
    for tile in tiles_of(checkpoint.size):
        answer = await get(stage, FIRE_SERVICE, f"/v1/log/{tile.path}")
        assert answer.status == 200
        if tile.level == 0:
            hashes += [answer.body[at : at + 32] for at in range(0, len(answer.body), 32)]

    assert len(hashes) == checkpoint.size
    assert extend(Frontier(), hashes).frontier.root() == checkpoint.root


async def test_an_entry_is_proven_against_a_later_checkpoint_than_its_receipts(
    stage: Running,
) -> None:
    sent = (await send(stage, POLICE, exchanges.person_list())).json()
    receipt = verify_receipt(Receipt(**sent["receipt"]), stage.keys, ORIGIN)
    await send(stage, POLICE, exchanges.person_list())

    answer = await get(stage, FIRE_SERVICE, f"/v1/log/proof/{receipt.index}")

    proof = LogProof.parse(answer.body.decode())
    size = Checkpoint.parse(Note.parse(proof.checkpoint).text).size
    leaf = sent["receipt"]["sd_jwt"].partition("~")[0].encode()
    checkpoint = proof.verify(leaf, stage.keys.checkpoint_key(ORIGIN, size))
    assert checkpoint.size > receipt.checkpoint.size
    tile = next(tile for tile in tiles_of(checkpoint.size) if tile.level == 0)
    hashes = (await get(stage, FIRE_SERVICE, f"/v1/log/{tile.path}")).body
    if receipt.index < tile.width:
        assert hashes[32 * receipt.index :][:32] == leaf_hash(leaf)


async def test_a_later_checkpoint_extends_an_earlier_one(stage: Running) -> None:
    old = await newest(stage)
    await send(stage, POLICE, exchanges.person_list())
    new = await newest(stage)

    async with Sender(stage.partner(ORDER_OFFICE)) as sender:
        hashes = await sender.consistency(old.size, new.size)

    assert old.size < new.size
    verify_consistency(old.size, new.size, hashes, old.root, new.root)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tile/entries/000", 404),
        ("tile/entries/000.p/1", 404),
        ("tile/0/000.p/300", 404),
        ("tile/0/999", 404),
        ("tile/9/000.p/1", 404),
        ("proof/99999999", 404),
        ("proof/-1", 404),
        ("consistency?from=0&to=1", 422),
        ("consistency?from=2&to=1", 422),
        ("consistency?from=1", 422),
        ("consistency?from=1&to=99999999", 422),
    ],
)
async def test_what_the_log_does_not_have_it_does_not_serve(
    stage: Running, path: str, status: int
) -> None:
    """To a partner entry bundles do not exist: they would show the rhythm of the police."""
    assert (await get(stage, ORDER_OFFICE, f"/v1/log/{path}")).status == status


async def test_a_receipt_with_another_proof_is_refused(stage: Running) -> None:
    first = (await send(stage, POLICE, exchanges.person_list())).json()["receipt"]
    second = (await send(stage, POLICE, exchanges.person_list())).json()["receipt"]
    mixed = Receipt(first["sd_jwt"], second["proof"])
    with pytest.raises(LogRefused):
        verify_receipt(mixed, stage.keys, ORIGIN)


async def test_a_receipt_verifies_under_the_checkpoint_that_its_sender_remembers(
    stage: Running,
) -> None:
    """A partner that watches the log accepts receipt after receipt, and keeps the newest."""
    remembered = stage.folder / "remembered"
    partner = stage.partner(POLICE)
    async with Sender(partner) as sender:
        watch = partner.watch()
        assert watch is not None
        for _ in range(3):
            body = (await sender.send(exchanges.emergency_exits())).json()
            verified = await watch.receipt(Receipt(**body["receipt"]), sender)
            assert verified.claims.id == body["exchange_id"]
            await settled(stage, POLICE, body["exchange_id"], "delivered")
    assert not remembered.exists()  # the partner's file names none
