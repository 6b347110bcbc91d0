"""The disk is full: nothing is answered that is not durable, and nothing is lost or doubled."""

import asyncio
import json
import signal
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.log_export import export_log
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_reader import SqlReader
from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges
from gateway.demo.cast import LOGISTICS, ORDER_OFFICE, POLICE
from gateway.settings import load_settings
from gateway.verify import verify_export
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Json, delivered, eventually, scratch, send, settled
from tests.faults.breakable import SETTINGS, Breakable
from tests.faults.full_disk import FullDisk, ways
from tests.faults.rules import faulty

pytestmark = pytest.mark.xdist_group("faults")
_MANY = 400


@dataclass
class Disk:
    """A running gateway on a disk that a test may fill."""

    stage: Breakable
    way: FullDisk

    def fill(self) -> None:
        self.way.fill(self.stage)

    def empty(self) -> None:
        self.way.empty(self.stage)

    def readiness(self) -> tuple[int, dict[str, Json]]:
        url = f"http://127.0.0.1:{self.stage.ports['operations']}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status, json.load(answer)["checks"]
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["checks"]


@pytest.fixture(params=ways(), ids=lambda way: type(way).__name__, scope="module")
def disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Disk]:
    way: FullDisk = request.param
    with scratch(request, tmp_path_factory, "disk") as folder:
        stage = Breakable(
            folder / "stage",
            receivers=(ORDER_OFFICE,),
            settings=SETTINGS,
            change_rules=faulty,
        )
        try:
            stage.build()
            way.prepare(stage)
            stage.start()
            yield Disk(stage, way)
        finally:
            stage.close()
            way.undo(stage)


@dataclass
class Tried:
    """One signed request, with the answer that it got."""

    body: bytes
    headers: dict[str, str]
    answer: SentAnswer


async def until_refused(sender: Sender) -> tuple[list[Tried], Tried]:
    """Send exchanges until one is refused: the database may still have some room of its own."""
    accepted = []
    for _ in range(_MANY):
        body = json.dumps(exchanges.emergency_exits(), ensure_ascii=False).encode()
        headers = sender.sign(body, str(uuid.uuid4()))
        tried = Tried(body, headers, await sender.send_bytes(body, headers))
        if tried.answer.status != 201:
            return accepted, tried
        accepted.append(tried)
    raise AssertionError("the disk never became full")


async def test_a_full_disk_refuses_and_the_same_request_succeeds_once_there_is_room(
    disk: Disk,
) -> None:
    stage = disk.stage
    before = log_copy(stage)
    async with Sender(stage.partner(POLICE)) as sender:
        disk.fill()
        try:
            accepted, refused = await until_refused(sender)
            others = await asyncio.gather(
                *(sender.send(exchanges.emergency_exits()) for _ in range(3))
            )
            assert_the_log_verifies(stage, "while-full")
            full = disk.readiness()
        finally:
            disk.empty()
        again = await sender.send_bytes(refused.body, refused.headers)
        repeated = await sender.send_bytes(refused.body, refused.headers)

    assert refused.answer.status == 503
    if disk.way.is_seen:
        assert (full[0], full[1]["disk"]) == (503, "DiskFull")
    assert disk.readiness() == (200, dict.fromkeys(full[1], "ok"))
    assert all("receipt" not in a.json() for a in (refused.answer, *others) if a.status != 201)
    assert {answer.status for answer in others} <= {201, 503}
    assert (again.status, again.body) == (201, repeated.body)
    permitted = [tried.answer for tried in accepted] + [a for a in others if a.status == 201]
    expected = {answer.json()["exchange_id"] for answer in [*permitted, again]}
    for exchange_id in expected:
        await delivered(stage, ORDER_OFFICE, exchange_id)
    after = log_copy(stage)
    assert after.decisions.keys() - before.decisions.keys() == expected
    kept = [item["exchange"]["exchange_id"] for item in stage.inbox(ORDER_OFFICE)]
    assert len(kept) == len(set(kept))


async def test_a_key_that_cannot_be_written_is_not_used(disk: Disk) -> None:
    """The first exchange of a controller needs a key of its own, which must be durable first."""
    keys = disk.stage.home / "keys"
    before = {path for path in keys.rglob("*") if path.is_file()}
    disk.fill()
    try:
        answer = await send(disk.stage, LOGISTICS, exchanges.suspicious_event())
        during = {path for path in keys.rglob("*") if path.is_file()}
    finally:
        disk.empty()
    later = await send(disk.stage, LOGISTICS, exchanges.suspicious_event())

    assert (answer.status, later.status) == (503, 201)
    assert during == before
    made = {path for path in keys.rglob("*") if path.is_file()} - before
    assert made
    assert {path.stat().st_size for path in made} == {32}


async def test_a_delivery_waits_for_room_to_record_it_before_anything_is_sent(
    disk: Disk,
) -> None:
    stage = disk.stage
    stage.stop(ORDER_OFFICE.id, signal.SIGKILL)
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    await eventually(lambda: stage.outbox(exchange_id)["attempts"] >= 1)
    async with Sender(stage.partner(POLICE)) as sender:
        disk.fill()
        try:
            await until_refused(sender)
            stage.start_receiver(ORDER_OFFICE)
            await asyncio.sleep(3)
            sent_while_full = stage.inbox_of(ORDER_OFFICE, exchange_id)
        finally:
            disk.empty()

    await settled(stage, POLICE, exchange_id, "delivered")
    assert sent_while_full == []
    assert stage.pushes(ORDER_OFFICE, exchange_id) == ["new"]
    log_copy(stage)


def assert_the_log_verifies(stage: Breakable, name: str) -> None:
    """Copy the log to another disk and verify it, without an entry that says so."""
    settings = load_settings(stage.home)
    database = open_database(settings.database)
    try:
        reader = SqlReader(database, RecordSeal(FileKeys(settings.keys_dir)))
        head, key_list = reader.head(), (stage.home / "keys.jws").read_text("ascii").strip()
        folder = stage.folder / name
        export_log(folder, reader, head, key_list, stage.root, ())
    finally:
        database.dispose()
    assert verify_export(folder, stage.root).size == head.size
