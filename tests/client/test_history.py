"""The check, beside the receiving, that all receipts are of one history."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.client import history
from gateway.client.history import HistoryCheck
from gateway.client.log_watch import LogWatch
from gateway.errors import DependencyFailed
from gateway.tlog.checkpoint import Checkpoint, sign_checkpoint
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from gateway.tlog.merkle import Frontier, extend, leaf_hash
from tests.delivery.world import ORIGIN
from tests.delivery.world import fresh_signer as a_signer

SIGNER = a_signer()
KEYS = KeyList.of([KeyRange(KeyUse.CHECKPOINT, PublicKey.from_jwk(SIGNER.public_jwk), 0, None)])


class Proofs:
    """Gives the proof between one and two entries, unless it is down."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.hashes = tuple(hashes)
        self.down = False
        self.asked = asyncio.Event()

    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        self.asked.set()
        if self.down:
            raise DependencyFailed("down")
        return self.hashes


def a_note(*entries: bytes) -> str:
    root = extend(Frontier(), [leaf_hash(entry) for entry in entries]).root
    return sign_checkpoint(Checkpoint(ORIGIN, len(entries), root), SIGNER)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def until(condition: "asyncio.Event") -> None:
    async with asyncio.timeout(5):
        await condition.wait()


async def test_one_history_raises_no_alarm() -> None:
    alarms: list[str] = []
    proofs = Proofs([leaf_hash(b"b")])
    watch = LogWatch(ORIGIN, KEYS)
    async with HistoryCheck(watch, proofs, alarms.append) as check:
        check.saw(a_note(b"a"))
        await asyncio.sleep(0.05)
        check.saw(a_note(b"a", b"b"))
        await until(proofs.asked)
        await asyncio.sleep(0.05)

    assert alarms == []


async def test_two_histories_raise_an_alarm() -> None:
    alarmed = asyncio.Event()
    alarms: list[str] = []

    def alarm(what: str) -> None:
        alarms.append(what)
        alarmed.set()

    async with HistoryCheck(LogWatch(ORIGIN, KEYS), Proofs([leaf_hash(b"b")]), alarm) as check:
        check.saw(a_note(b"a"))
        await asyncio.sleep(0.05)
        check.saw(a_note(b"forged", b"b"))
        await until(alarmed)

    assert "two histories" in alarms[0]


async def test_a_gateway_that_is_down_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proof is no alarm, and no all-clear either."""
    monkeypatch.setattr(history, "_PAUSE_S", 0.01)
    alarms: list[str] = []
    proofs = Proofs([leaf_hash(b"b")])
    proofs.down = True
    async with HistoryCheck(LogWatch(ORIGIN, KEYS), proofs, alarms.append) as check:
        check.saw(a_note(b"a"))
        await asyncio.sleep(0.05)
        check.saw(a_note(b"forged", b"b"))
        await until(proofs.asked)
        assert alarms == []
        proofs.down = False
        proofs.asked.clear()
        await until(proofs.asked)
        await asyncio.sleep(0.05)

    assert len(alarms) == 1
