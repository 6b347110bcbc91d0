"""Reading and pulling against real processes: what one writes, units of another read."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE, YOUTH_OFFICE, Office
from gateway.demo.people import register
from tests.e2e.running import Json, Running, get, send, settled

pytestmark = pytest.mark.xdist_group("e2e")


@contextmanager
def registered(stage: Running, office: Office, **changes: Any) -> Iterator[None]:
    """Change what the registry says of an office, for as long as the block lasts."""
    file = stage.folder / "partners" / office.id / "unit.json"
    known: dict[str, Any] = json.loads(file.read_text("utf-8"))
    register(stage.home, stage.circle, {**known, **changes})
    try:
        yield
    finally:
        register(stage.home, stage.circle, known)


def access(stage: Running, office: Office) -> tuple[str, ...]:
    return ("--partner", str(stage.folder / "partners" / office.id / "partner.toml"))


def opening(stage: Running, office: Office) -> tuple[str, ...]:
    return ("--decryption-key", str(stage.folder / "partners" / office.id / "encryption.pem"))


async def end_of_feed(stage: Running, office: Office) -> int:
    """Return the position after which nothing concerns the office yet."""
    after = -1
    while True:
        page = (await get(stage, office, f"/v1/events?limit=200&after={after}")).json()
        after = page["next"]
        if not page["more"]:
            return after


async def test_a_long_poll_ends_with_what_the_worker_writes(stage: Running) -> None:
    """The entry of the first attempt comes from another process than the answer."""
    after = await end_of_feed(stage, ORDER_OFFICE)
    path = f"/v1/events?wait=30&after={after}"
    waiting = asyncio.create_task(get(stage, ORDER_OFFICE, path))

    sent = (await send(stage, POLICE, exchanges.emergency_exits())).json()

    event = (await waiting).json()["events"][0]
    assert (event["type"], event["role"]) == ("delivery", "recipient")
    assert event["part"]["exchange_id"] == sent["exchange_id"]
    await settled(stage, POLICE, sent["exchange_id"], "delivered")


async def test_both_sides_list_an_exchange_and_nobody_else_does(stage: Running) -> None:
    exchange_id = (await send(stage, POLICE, exchanges.emergency_exits())).json()["exchange_id"]
    await settled(stage, POLICE, exchange_id, "delivered")

    async def listed(office: Office) -> list[Json]:
        found, after, more = [], "", True
        while more:
            page = (await get(stage, office, f"/v1/exchanges?limit=200{after}")).json()
            found += [i for i in page["exchanges"] if i.get("exchange_id") == exchange_id]
            after, more = f"&after={page['next']}", page["more"]
        return found

    (sent,), (received,) = await listed(POLICE), await listed(ORDER_OFFICE)
    assert (sent["role"], sent["state"]) == ("sender", "delivered")
    assert (received["role"], received["state"]) == ("recipient", "delivered")
    assert sent["position"] < received["position"]
    assert await listed(YOUTH_OFFICE) == []


async def test_a_unit_without_an_endpoint_fetches_with_one_command(
    stage: Running, tmp_path: Path
) -> None:
    with registered(stage, YOUTH_OFFICE, endpoint=None):
        sent = (await send(stage, POLICE, exchanges.notice_to_youth_office())).json()
        fetch = ("partner", "fetch", *access(stage, YOUTH_OFFICE), *opening(stage, YOUTH_OFFICE))
        done = await asyncio.to_thread(
            stage.command, *fetch, "--into", str(tmp_path / "inbox"), "--json"
        )
        await settled(stage, POLICE, sent["exchange_id"], "delivered")
        again = await asyncio.to_thread(
            stage.command, *fetch, "--into", str(tmp_path / "inbox"), "--json"
        )

    (kept,) = (json.loads(path.read_text()) for path in (tmp_path / "inbox").iterdir())
    line = json.loads(done.stdout)
    assert (done.returncode, line["problem"]) == (0, None)
    assert line["exchange_id"] == kept["exchange"]["exchange_id"] == sent["exchange_id"]
    assert (again.returncode, again.stdout) == (0, "")
    assert stage.outbox(sent["exchange_id"])["jwe"] is None


async def test_a_partner_tests_its_connection_to_the_end(stage: Running) -> None:
    """The trial goes to the receiver that really runs, and leaves nothing there."""
    before = stage.inbox(ORDER_OFFICE)
    done = await asyncio.to_thread(
        stage.command,
        *("partner", "self-test", *access(stage, ORDER_OFFICE), *opening(stage, ORDER_OFFICE)),
        "--json",
    )
    checks = {check["check"]: check["ok"] for check in json.loads(done.stdout)}
    assert done.returncode == 0
    assert checks == {
        **dict.fromkeys(("certificate", "pin", "unit", "signature", "clock"), True),
        **dict.fromkeys(("encryption_key", "deliveries"), None),
        **dict.fromkeys(("decryption", "delivery"), True),
    }
    assert stage.inbox(ORDER_OFFICE) == before


async def test_a_unit_that_verifies_the_log_does_so_while_it_grows(stage: Running) -> None:
    with registered(stage, POLICE, verifies_log=True):
        done = await asyncio.to_thread(
            stage.command,
            *("log", "verify", stage.url, "--key", str(stage.home / "root.pub"), "--json"),
            *access(stage, POLICE),
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verified"] is True


async def test_the_database_agrees_with_itself_while_it_is_used(stage: Running) -> None:
    sending = [send(stage, POLICE, exchanges.emergency_exits()) for _ in range(5)]
    check = asyncio.create_task(
        asyncio.to_thread(stage.command, "log", "fsck", "--home", str(stage.home), "--json")
    )
    await asyncio.gather(*sending)
    done = await check
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["findings"] == []


async def test_the_machine_has_no_fault(stage: Running) -> None:
    done = await asyncio.to_thread(stage.command, "doctor", "--home", str(stage.home), "--json")
    found = {one["check"]: one["level"] for one in json.loads(done.stdout)}
    assert (done.returncode, "bad" in found.values()) == (0, False)
