"""A database that agrees with itself is clean; whatever is altered in it is found."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import StartRefused
from gateway.fsck.check import Report, check_gateway
from gateway.fsck.findings import Code, Finding
from tests.gateways import BUCKET, open_gateway, settings_for
from tests.readings.deliveries import deliver


def checked(home: Path) -> Report:
    return check_gateway(settings_for(home))


def damage(home: Path, *statements: str) -> None:
    """Alter the database behind the gateway's back; at least one row."""
    database = sqlite3.connect(home / "gateway.db", isolation_level=None)
    for statement in statements:
        assert database.execute(statement).rowcount != 0, statement
    database.close()


def found(home: Path) -> dict[Code, int]:
    return dict(checked(home).findings.counts)


def where(home: Path, code: Code) -> list[str]:
    return [finding.where for finding in checked(home).findings.shown if finding.code is code]


def first(home: Path, query: str) -> str:
    database = sqlite3.connect(home / "gateway.db")
    value = str(database.execute(query).fetchone()[0])
    database.close()
    return value


DENIED = "SELECT max(`index`) FROM entry WHERE type = 'decision'"


def test_a_gateway_that_has_seen_everything_is_clean(lived: Path) -> None:
    report = checked(lived)
    assert report.findings.shown == []
    assert report.findings.clean
    assert report.size >= 260
    assert report.erased == 0


def test_progress_ends_with_the_last_entry(lived: Path) -> None:
    told: list[tuple[int, int]] = []
    report = check_gateway(settings_for(lived), lambda done, total: told.append((done, total)))
    assert told[0] == (256, report.size)
    assert told[-1] == (report.size, report.size)


def test_nothing_is_changed_by_a_check(lived: Path) -> None:
    before = first(lived, "SELECT group_concat(hex(leaf)) FROM entry")
    version = first(lived, "PRAGMA data_version")
    checked(lived)
    assert first(lived, "SELECT group_concat(hex(leaf)) FROM entry") == before
    assert first(lived, "PRAGMA data_version") == version


async def test_a_gateway_may_go_on_while_it_is_checked(lived: Path) -> None:
    """Entries and states that come during the walk are part of the snapshot at its end."""
    async with open_gateway(lived) as gateway:
        loop = asyncio.get_running_loop()
        written: list[int] = []

        async def more() -> None:
            for _ in range(3):
                await gateway.submit()
                await deliver(gateway)
            written.append((await gateway.ports.log.head()).size)

        def during(done: int, total: int) -> None:
            if not written:
                asyncio.run_coroutine_threadsafe(more(), loop).result(30)

        report = await asyncio.to_thread(check_gateway, settings_for(lived), during)

    assert report.findings.shown == []
    assert report.size == written[0]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entry SET leaf_hash = zeroblob(32) WHERE `index` = 7", Code.LEAF_HASH_DIFFERS),
        ("UPDATE entry SET id = 'g' || substr(id, 2, 31) WHERE `index` = 7", Code.ENTRY_DIFFERS),
        ("UPDATE entry SET type = 'refusal' WHERE `index` = 2", Code.ENTRY_DIFFERS),
        ("DELETE FROM checkpoint WHERE size = 7", Code.CHECKPOINT_MISSING),
        ("UPDATE checkpoint SET note = note || 'x' WHERE size = 7", Code.CHECKPOINT_REFUSED),
        ("UPDATE tile SET data = zeroblob(32) WHERE level = 1", Code.TILE_DIFFERS),
        ("DELETE FROM tile", Code.TILE_DIFFERS),
        ("INSERT INTO tile VALUES (1, 1, x'00')", Code.ORPHAN),
        ("INSERT INTO tile VALUES (3, 0, x'00')", Code.ORPHAN),
        ("UPDATE log_head SET root = zeroblob(32)", Code.ROOT_DIFFERS),
        ("UPDATE log_head SET checkpoint = 'x'", Code.HEAD_REFUSED),
        ("UPDATE log_head SET frontier = x'00'", Code.HEAD_REFUSED),
        ("UPDATE log_head SET origin = 'other.example/2026'", Code.HEAD_REFUSED),
        ("UPDATE log_head SET registry_digest = 'x'", Code.REGISTRY_WRONG),
        ("UPDATE unit SET document = x'7b7d' WHERE id = 'polizei'", Code.REGISTRY_WRONG),
        ("UPDATE unit SET id = 'andere' WHERE id = 'polizei'", Code.REGISTRY_WRONG),
        ("UPDATE part SET ciphertext = zeroblob(99) WHERE name = 'audit'", Code.PART_REFUSED),
        ("UPDATE part SET name = 'note' WHERE name = 'person'", Code.PART_REFUSED),
        ("UPDATE part SET ciphertext = 'text'", Code.PART_REFUSED),
        ("UPDATE record_key SET wrapped = 'text'", Code.PART_REFUSED),
        ("UPDATE entry SET leaf = 'text' WHERE `index` = 9", Code.ENTRY_REFUSED),
        ("UPDATE tile SET data = 'text'", Code.TILE_DIFFERS),
        ("UPDATE record_key SET wrapped = zeroblob(60)", Code.PART_REFUSED),
        ("DELETE FROM record_key WHERE `index` = 5", Code.ORPHAN),
        ("DELETE FROM part WHERE `index` = 5", Code.ORPHAN),
        ("UPDATE idempotency SET status = 202 WHERE status = 403", Code.CLAIM_WRONG),
        ("UPDATE idempotency SET unit = 'andere' WHERE status = 403", Code.CLAIM_WRONG),
        ("UPDATE idempotency SET `index` = 0 WHERE status = 403", Code.CLAIM_WRONG),
        ("UPDATE idempotency SET `index` = 999999 WHERE status = 403", Code.ORPHAN),
        ("DELETE FROM idempotency WHERE status = 403", Code.CLAIM_MISSING),
        ("DELETE FROM delivery WHERE state = 'delivered'", Code.DELIVERY_MISSING),
        ("UPDATE delivery SET recipient = 'andere'", Code.DELIVERY_WRONG),
        ("UPDATE delivery SET sender = 'andere'", Code.DELIVERY_WRONG),
        ("UPDATE delivery SET id = 'x' WHERE state = 'withdrawn'", Code.DELIVERY_WRONG),
        ("UPDATE delivery SET `index` = 0 WHERE state = 'withdrawn'", Code.DELIVERY_WRONG),
        ("UPDATE delivery SET `index` = 999999 WHERE state = 'withdrawn'", Code.ORPHAN),
        ("UPDATE delivery SET state = 'given_up' WHERE state = 'delivered'", Code.STATE_WRONG),
        ("UPDATE delivery SET attempts = 0", Code.STATE_WRONG),
        ("UPDATE delivery SET attempts = 1 WHERE attempts = 0", Code.STATE_WRONG),
        ("UPDATE delivery SET failures_logged = 0 WHERE failures_logged", Code.STATE_WRONG),
        ("UPDATE delivery SET failures_logged = 1 WHERE state = 'parked'", Code.STATE_WRONG),
        ("UPDATE delivery SET jwe = 'x' WHERE state = 'delivered'", Code.PAYLOAD_WRONG),
        ("UPDATE delivery SET jwe = NULL WHERE state = 'parked'", Code.PAYLOAD_WRONG),
        ("UPDATE delivery SET jwe = zeroblob(9) WHERE state = 'parked'", Code.PAYLOAD_WRONG),
        ("UPDATE concern SET role = 'audit'", Code.CONCERN_WRONG),
        ("UPDATE concern SET unit = 'andere' WHERE `index` = (" + DENIED + ")", Code.CONCERN_WRONG),
        ("DELETE FROM concern WHERE `index` = (" + DENIED + ")", Code.CONCERN_MISSING),
        ("INSERT INTO concern VALUES ('andere', 999999, 'sender')", Code.ORPHAN),
        ("INSERT INTO subject_index VALUES ('k', x'00', 999999)", Code.ORPHAN),
    ],
)
def test_what_was_altered_is_found(lived: Path, statement: str, code: Code) -> None:
    damage(lived, statement)
    assert code in found(lived)


def test_an_entry_with_a_flipped_bit_is_found_where_it_is(lived: Path) -> None:
    """Its signature, its hash, and every root that covers it are no longer right."""
    leaf = first(lived, "SELECT hex(leaf) FROM entry WHERE `index` = 9")
    damage(
        lived,
        f"UPDATE entry SET leaf = x'{leaf[:-2]}{int(leaf[-2:], 16) ^ 1:02X}' WHERE `index` = 9",
    )

    codes = found(lived)

    assert codes.keys() >= {Code.ENTRY_REFUSED, Code.LEAF_HASH_DIFFERS, Code.CHECKPOINT_REFUSED}
    assert where(lived, Code.ENTRY_REFUSED) == ["entry 9"]
    assert codes[Code.CHECKPOINT_REFUSED] == 1  # the first that covers it; the rest follows


def test_an_entry_that_is_gone_is_found(lived: Path) -> None:
    damage(lived, "DELETE FROM entry WHERE `index` = 100")
    assert where(lived, Code.ENTRY_MISSING) == ["entry 100"]


def test_entries_that_are_gone_from_the_end_are_found(lived: Path) -> None:
    damage(lived, "DELETE FROM entry WHERE `index` > 250")
    assert Code.ENTRY_MISSING in found(lived)


def test_an_older_head_is_found(lived: Path) -> None:
    """The head was put back, and the entries after it are left."""
    damage(
        lived,
        "UPDATE log_head SET size = 10, checkpoint = (SELECT note FROM checkpoint WHERE size = 10)",
    )
    assert found(lived).keys() >= {Code.HEAD_REFUSED, Code.ROOT_DIFFERS, Code.ORPHAN}


def test_the_part_of_another_entry_is_found(lived: Path) -> None:
    """It opens with its own key; what it shows is not what the leaf names."""
    one, other = (
        first(lived, f"SELECT `index` FROM entry WHERE type = 'decision' LIMIT 1 OFFSET {n}")
        for n in (0, 1)
    )
    ids = [first(lived, f"SELECT id FROM entry WHERE `index` = {index}") for index in (one, other)]
    damage(
        lived,
        f"UPDATE part SET ciphertext = (SELECT ciphertext FROM part WHERE `index` = {other} "
        f"AND name = 'sender') WHERE `index` = {one} AND name = 'sender'",
    )
    assert ids[0] != ids[1]
    assert where(lived, Code.PART_REFUSED) == [f"entry {one}"]


def test_a_record_whose_bucket_key_is_gone_is_erased_and_no_finding(lived: Path) -> None:
    (lived / "keys" / "buckets" / f"{BUCKET}.key").unlink()

    report = checked(lived)

    assert report.findings.shown == []
    assert report.erased > 5


def test_no_finding_repeats_what_stands_in_a_record(lived: Path) -> None:
    damage(
        lived,
        "UPDATE part SET ciphertext = zeroblob(99)",
        "UPDATE delivery SET jwe = 'Am Beispielufer 12'",
        "UPDATE unit SET document = x'7b7d'",
    )
    text = repr(checked(lived))
    assert "Beispielufer" not in text
    assert "Musterwirt" not in text


def test_of_many_findings_of_a_code_the_first_are_shown_and_all_are_counted(lived: Path) -> None:
    damage(lived, "UPDATE entry SET leaf_hash = zeroblob(32)")
    report = checked(lived)
    shown = [item for item in report.findings.shown if item.code is Code.LEAF_HASH_DIFFERS]
    assert len(shown) == 100
    assert report.findings.counts[Code.LEAF_HASH_DIFFERS] == report.size
    assert shown[0] == Finding(Code.LEAF_HASH_DIFFERS, "entry 0", "not the hash of its leaf")


def _without_tables(home: Path) -> None:
    damage(home, "DROP TABLE concern")


def _without_keys(home: Path) -> None:
    (home / "keys.jws").unlink()


def _without_head(home: Path) -> None:
    damage(home, "DELETE FROM log_head")


def _of_another(home: Path) -> None:
    shutil.copy(home / "root.pub", home / "keys.jws")


@pytest.mark.parametrize("spoil", [_without_tables, _without_keys, _without_head, _of_another])
def test_what_cannot_be_read_is_not_judged(lived: Path, spoil: Callable[[Path], None]) -> None:
    spoil(lived)
    with pytest.raises(StartRefused):
        checked(lived)
