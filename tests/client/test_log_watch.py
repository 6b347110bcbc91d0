"""A partner notices when the log shows him another history than before."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.client.log_watch import LogWatch
from gateway.errors import DependencyFailed, LogRefused
from gateway.model.evidence import Part, Receipt
from gateway.tlog.merkle import consistency_proof
from tests.tlog.memory_log import ORIGIN, KeySigner, MemoryLog, a_log


class Proofs:
    """Gives the proofs of one log, and counts how often it was asked."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.asked = 0

    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        self.asked += 1
        return consistency_proof(old, new, self.log.read)


class NoProofs:
    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        raise DependencyFailed("no answer")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def log() -> MemoryLog:
    return a_log(7)


def a_fork_of(log: MemoryLog, size: int) -> MemoryLog:
    """Return a log by the same keys that differs from entry 2 on."""
    fork = a_log(2)
    while fork.size < size:
        fork.append(id="f" * 30 + f"{fork.size:02x}")
    return fork


async def test_the_first_checkpoint_is_taken_without_a_proof(log: MemoryLog) -> None:
    head = await LogWatch(ORIGIN, log.keys).checkpoint(log.checkpoint(), NoProofs())

    assert head.size == 7


async def test_a_larger_checkpoint_needs_a_proof(log: MemoryLog) -> None:
    watch, proofs = LogWatch(ORIGIN, log.keys), Proofs(log)
    await watch.checkpoint(log.checkpoint(3), proofs)

    head = await watch.checkpoint(log.checkpoint(), proofs)

    assert (head.size, proofs.asked) == (7, 1)


async def test_an_older_checkpoint_is_of_the_same_history_too(log: MemoryLog) -> None:
    watch, proofs = LogWatch(ORIGIN, log.keys), Proofs(log)
    await watch.checkpoint(log.checkpoint(), proofs)

    head = await watch.checkpoint(log.checkpoint(3), proofs)

    assert (head.size, proofs.asked) == (3, 1)


@pytest.mark.parametrize("sizes", [(7, 7), (5, 7), (7, 5)])
async def test_another_history_is_refused(log: MemoryLog, sizes: tuple[int, int]) -> None:
    """The operator signs two histories and gives the proofs of either."""
    seen, shown = sizes
    fork = a_fork_of(log, 7)
    for proofs in (Proofs(log), Proofs(fork)):
        watch = LogWatch(ORIGIN, log.keys)
        await watch.checkpoint(log.checkpoint(seen), proofs)

        with pytest.raises(LogRefused, match="two histories"):
            await watch.checkpoint(fork.checkpoint(shown), proofs)


async def test_after_a_refusal_the_history_seen_first_still_holds(log: MemoryLog) -> None:
    watch, proofs = LogWatch(ORIGIN, log.keys), Proofs(log)
    await watch.checkpoint(log.checkpoint(5), proofs)
    with pytest.raises(LogRefused):
        await watch.checkpoint(a_fork_of(log, 7).checkpoint(), proofs)

    head = await watch.checkpoint(log.checkpoint(), proofs)

    assert head.size == 7


async def test_without_a_proof_nothing_is_remembered(log: MemoryLog, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    watch = LogWatch(ORIGIN, log.keys, file)
    await watch.checkpoint(log.checkpoint(3), NoProofs())

    with pytest.raises(DependencyFailed):
        await watch.checkpoint(log.checkpoint(), NoProofs())

    assert file.read_text() == log.checkpoint(3)


async def test_the_memory_outlives_the_process(log: MemoryLog, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    await LogWatch(ORIGIN, log.keys, file).checkpoint(log.checkpoint(), Proofs(log))
    later = LogWatch(ORIGIN, log.keys, file)

    with pytest.raises(LogRefused, match="two histories"):
        await later.checkpoint(a_fork_of(log, 7).checkpoint(), Proofs(log))
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


async def test_a_receipt_verifies_and_its_checkpoint_is_remembered(
    log: MemoryLog, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint"

    verified = await LogWatch(ORIGIN, log.keys, file).receipt(
        log.receipt(3, Part.SENDER), Proofs(log)
    )

    assert verified.index == 3
    assert verified.parts == {Part.SENDER: {"verdict": "deny"}}
    assert file.read_text() == log.checkpoint()


async def test_a_receipt_of_another_history_is_refused(log: MemoryLog) -> None:
    watch, proofs = LogWatch(ORIGIN, log.keys), Proofs(log)
    await watch.checkpoint(log.checkpoint(), proofs)

    with pytest.raises(LogRefused, match="two histories"):
        await watch.receipt(a_fork_of(log, 7).receipt(6), proofs)


async def test_a_receipt_that_does_not_verify_is_refused(log: MemoryLog) -> None:
    receipt = log.receipt(3, Part.SENDER)
    other = Receipt(receipt.sd_jwt, log.receipt(4).proof)

    with pytest.raises(LogRefused):
        await LogWatch(ORIGIN, log.keys).receipt(other, Proofs(log))


@pytest.mark.parametrize("note", ["", "note\n", "log.example/2026\n7\nAAAA\n\n— x AAAA\n"])
async def test_what_is_no_checkpoint_is_refused(log: MemoryLog, note: str) -> None:
    with pytest.raises(LogRefused, match="not a checkpoint"):
        await LogWatch(ORIGIN, log.keys).checkpoint(note, Proofs(log))


async def test_a_checkpoint_by_another_key_is_refused(log: MemoryLog) -> None:
    forged = a_log(7)
    forged.checkpoint_signer = KeySigner("forger")

    with pytest.raises(LogRefused, match="not a checkpoint"):
        await LogWatch(ORIGIN, log.keys).checkpoint(forged.checkpoint(), Proofs(log))


async def test_a_checkpoint_of_another_log_is_refused(log: MemoryLog) -> None:
    with pytest.raises(LogRefused, match="not a checkpoint"):
        await LogWatch("other.example/2026", log.keys).checkpoint(log.checkpoint(), Proofs(log))
