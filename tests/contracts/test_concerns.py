"""What every `DecisionLog` promises to those who read what concerns them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters import sql_concerns
from gateway.errors import LogUnavailable
from gateway.model.concern import ConcernPage, ConcernRow
from gateway.model.evidence import Committed, Concern, DeliveryState, EntryType, Part, Stale
from gateway.reading import part_of
from tests.builders import NOW
from tests.gateways import BUCKET, Gateway, MemoryGateway, SqlGateway, a_delivery

POLICE = (Concern("polizei", Part.SENDER),)
BOTH = (*POLICE, Concern("ordnungsamt", Part.AUDIT))
BEFORE = -1


async def appended(gateway: Gateway, count: int = 1, **fields: Any) -> list[int]:
    """Append entries that concern the police unless told otherwise; return their indexes."""
    drafts = await gateway.drafts(count, **{"concerns": POLICE, **fields})
    fates = await asyncio.gather(*(gateway.ports.log.append(draft) for draft in drafts))
    return sorted(fate.index for fate in fates if isinstance(fate, Committed))


async def page(
    gateway: Gateway, unit: str = "polizei", after: int = BEFORE, limit: int = 100, **wanted: Any
) -> ConcernPage:
    return await gateway.ports.log.concerns(unit, after, limit, **wanted)


def indexes(found: ConcernPage) -> list[int]:
    return [concerned.row.index for concerned in found.found]


async def test_a_unit_reads_what_concerns_it_in_the_order_of_the_log(gateway: Gateway) -> None:
    first = await appended(gateway, 3)
    await appended(gateway, 2, concerns=(Concern("jugendamt", Part.SENDER),))
    second = await appended(gateway, 2)

    found = await page(gateway)

    assert indexes(found) == [*first, *second]
    assert (found.seen, found.more) == (second[-1], False)


async def test_nobody_is_concerned_by_an_entry_that_names_none(gateway: Gateway) -> None:
    await appended(gateway, concerns=())
    assert await page(gateway) == ConcernPage((), BEFORE, False)


async def test_a_row_has_the_one_part_that_its_role_may_read(gateway: Gateway) -> None:
    await appended(gateway, concerns=BOTH)

    (sender,), (other,) = (await page(gateway)).found, (await page(gateway, "ordnungsamt")).found

    assert sender.disclosure is not None
    assert other.disclosure is not None
    assert (sender.row.role, other.row.role) == (Part.SENDER, Part.AUDIT)
    assert part_of(sender.disclosure) == {"note": "für den Absender"}
    assert part_of(other.disclosure) == {"note": "für alle"}
    assert (sender.row.type, sender.at) == (EntryType.REFUSAL, NOW)


async def test_a_part_that_the_entry_does_not_have_is_not_shown(gateway: Gateway) -> None:
    await appended(gateway, concerns=(Concern("polizei", Part.RECIPIENT),))
    (found,) = (await page(gateway)).found
    assert found.disclosure is None


async def test_of_an_erased_record_only_the_row_is_left(gateway: Gateway) -> None:
    """The bucket's key is gone: what is stored can never be opened again."""
    (index,) = await appended(gateway)
    if isinstance(gateway, MemoryGateway):
        gateway.keys.destroy(BUCKET)
    else:
        assert isinstance(gateway, SqlGateway)
        (gateway.home / "keys" / "buckets" / f"{BUCKET}.key").unlink()

    (found,) = (await page(gateway)).found

    assert (found.row.index, found.disclosure) == (index, None)


async def test_an_entry_without_a_record_has_a_row_without_a_part(gateway: Gateway) -> None:
    await appended(gateway, bucket=None)
    (found,) = (await page(gateway)).found
    assert found.disclosure is None


async def test_pages_follow_each_other_without_gap_or_repeat(gateway: Gateway) -> None:
    written = await appended(gateway, 7)
    read: list[int] = []
    after, more = BEFORE, True
    while more:
        found = await page(gateway, after=after, limit=3)
        read += indexes(found)
        after, more = found.seen, found.more
    assert read == written


async def test_the_last_page_says_that_it_is_the_last(gateway: Gateway) -> None:
    await appended(gateway, 4)
    assert (await page(gateway, limit=3)).more
    assert not (await page(gateway, limit=4)).more


async def test_nothing_new_leaves_the_cursor_where_it_was(gateway: Gateway) -> None:
    (index,) = await appended(gateway)
    assert await page(gateway, after=index) == ConcernPage((), index, False)


async def test_only_what_is_wanted_comes_and_the_cursor_passes_the_rest(gateway: Gateway) -> None:
    held = a_delivery("a" * 32, state=DeliveryState.HELD)
    await appended(gateway)
    (index,) = await appended(gateway, delivery=held)
    last = (await appended(gateway, 2))[-1]

    def is_held(row: ConcernRow) -> bool:
        return row.delivery is DeliveryState.HELD

    found = await page(gateway, wanted=is_held)

    assert indexes(found) == [index]
    assert (found.seen, found.more) == (last, False)


async def test_a_page_looks_at_a_bounded_number_of_rows(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit with a million rows gets short pages, not slow ones."""
    monkeypatch.setattr(sql_concerns, "WINDOW", 4)
    written = await appended(sql_gateway, 10)

    found = await page(sql_gateway, wanted=lambda row: row.index == written[-1])

    assert found == ConcernPage((), written[3], True)


async def test_an_entry_is_read_only_by_those_whom_it_concerns_when_several_share_a_batch(
    gateway: Gateway,
) -> None:
    ours, theirs = (
        await gateway.draft(concerns=POLICE),
        await gateway.draft(concerns=(Concern("jugendamt", Part.SENDER),)),
    )
    fates = await asyncio.gather(gateway.ports.log.append(ours), gateway.ports.log.append(theirs))
    assert all(isinstance(fate, Committed) for fate in fates)

    (found,) = (await page(gateway)).found
    assert found.row.entry_id == ours.entry_id


async def test_a_draft_that_is_not_stored_concerns_nobody(gateway: Gateway) -> None:
    draft = await gateway.draft(concerns=POLICE)

    fate = await gateway.ports.log.append(replace(draft, policy_digest="f" * 64))

    assert fate == Stale()
    assert (await page(gateway)).found == ()


async def test_the_newest_of_each_unit_is_known(gateway: Gateway) -> None:
    first = await appended(gateway, 2, concerns=BOTH)
    last = await appended(gateway, 1)

    newest = await gateway.ports.log.newest_concerns({"polizei", "ordnungsamt", "jugendamt"})

    assert newest == {"polizei": last[0], "ordnungsamt": first[-1]}


async def test_the_place_of_a_time_is_found(gateway: Gateway) -> None:
    assert isinstance(gateway, SqlGateway | MemoryGateway)
    start = (await gateway.ports.log.head()).size
    for _ in range(9):
        gateway.clock.at += 10
        await appended(gateway)
    log = gateway.ports.log

    assert await log.index_at(NOW + 40) == start + 3
    assert await log.index_at(NOW + 41) == start + 4
    assert await log.index_at(NOW + 91) == start + 9
    assert await log.index_at(0) == 0


async def test_a_log_that_can_be_written_says_so(gateway: Gateway) -> None:
    size = (await gateway.ports.log.head()).size
    await gateway.ports.log.check_writable()
    assert (await gateway.ports.log.head()).size == size


async def test_a_log_that_another_process_has_locked_is_not_writable(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.adapters.batching_log._WRITABLE_S", 0.2)
    with sql_gateway.database.begin(), pytest.raises(LogUnavailable):
        await sql_gateway.ports.log.check_writable()
