"""The log in memory fails when told to: before it stored an entry, after, or late."""

import asyncio
import time

import pytest

from gateway.adapters.memory.log import Trouble
from gateway.errors import KeysUnavailable, LogUnavailable
from gateway.model.evidence import Committed, Part
from tests.gateways import MemoryGateway


async def test_told_to_refuse_it_stores_nothing(memory_gateway: MemoryGateway) -> None:
    before = await memory_gateway.log.head()
    memory_gateway.log.troubles = [Trouble.REFUSES]

    with pytest.raises(LogUnavailable):
        await memory_gateway.append()

    assert await memory_gateway.log.head() == before
    assert isinstance(await memory_gateway.append(), Committed)


async def test_told_to_store_and_fail_it_has_the_entry(memory_gateway: MemoryGateway) -> None:
    draft = await memory_gateway.draft()
    memory_gateway.log.troubles = [Trouble.STORES_AND_FAILS]

    with pytest.raises(LogUnavailable):
        await memory_gateway.log.append(draft)

    assert await memory_gateway.log.index_of(draft.entry_id) is not None


async def test_told_to_be_late_it_answers_after_the_entry_is_there(
    memory_gateway: MemoryGateway,
) -> None:
    draft = await memory_gateway.draft()
    memory_gateway.log.delay_s = 0.05
    begun = time.monotonic()

    answer = asyncio.create_task(memory_gateway.log.append(draft))
    await asyncio.sleep(0)

    assert await memory_gateway.log.index_of(draft.entry_id) is not None
    assert isinstance(await answer, Committed)
    assert time.monotonic() - begun >= 0.05


async def test_while_unreadable_nothing_is_read(memory_gateway: MemoryGateway) -> None:
    memory_gateway.log.unreadable = True
    log = memory_gateway.log
    for reading in (
        log.head(),
        log.entry(0),
        log.proven(0, Part.SENDER),
        log.index_of("0" * 32),
        log.claimed("polizei", "key"),
        log.receipt_proof(0, 1),
        log.consistency(0, 1),
        log.hash_tile(0, 0, 1),
        log.entry_bundle(0, 1),
    ):
        with pytest.raises(LogUnavailable):
            await reading


async def test_without_the_checkpoint_key_nothing_is_stored(memory_gateway: MemoryGateway) -> None:
    before = await memory_gateway.log.head()
    memory_gateway.log.signer.broken = True  # type: ignore[attr-defined]

    with pytest.raises(LogUnavailable):
        await memory_gateway.append()

    assert await memory_gateway.log.head() == before


async def test_without_the_entry_key_nothing_is_drafted(memory_gateway: MemoryGateway) -> None:
    memory_gateway.entry_signer.broken = True
    with pytest.raises(KeysUnavailable):
        await memory_gateway.draft()
