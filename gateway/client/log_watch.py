"""A partner watches the log: every receipt verifies, and all of them are of one history."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gateway.errors import GatewayError, LogRefused, ProofRefused
from gateway.model.evidence import Receipt
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.keys import KeyList
from gateway.tlog.merkle import verify_consistency
from gateway.tlog.note import Note
from gateway.tlog.proof import LogProof
from gateway.verify import VerifiedReceipt, verify_receipt


class ConsistencyProofs(Protocol):
    """Where proofs come from; what they say is verified, not believed."""

    async def consistency(self, old: int, new: int) -> Sequence[bytes]: ...


class LogWatch:
    """Knows the log by its origin and keys, and remembers the largest checkpoint it saw.

    *remembered* is a file of the partner; without one the memory ends with the process.
    """

    def __init__(self, origin: str, keys: KeyList, remembered: Path | None = None) -> None:
        self._origin = origin
        self._keys = keys
        self._file = remembered
        self._note = _read(remembered)

    async def receipt(self, receipt: Receipt, proofs: ConsistencyProofs) -> VerifiedReceipt:
        """Verify a receipt, and that its log is the one seen before.

        Raises:
            LogRefused: The receipt does not verify, or there are two histories.
        """
        verified = verify_receipt(receipt, self._keys, self._origin)
        await self.checkpoint(LogProof.parse(receipt.proof).checkpoint, proofs)
        return verified

    async def checkpoint(self, note: str, proofs: ConsistencyProofs) -> Checkpoint:
        """Verify a checkpoint, and that it and the one remembered are of one history.

        Raises:
            LogRefused: It is not signed by the log, or there are two histories.
            DependencyFailed: No proof came; nothing is known about the history.
        """
        new = self._open(note)
        old = None if self._note is None else self._open(self._note)
        if old is not None:
            smaller, larger = (old, new) if old.size <= new.size else (new, old)
            await self._refuse_fork(smaller, larger, proofs)
        if old is None or old.size < new.size:
            self._remember(note)
        return new

    async def _refuse_fork(
        self, smaller: Checkpoint, larger: Checkpoint, proofs: ConsistencyProofs
    ) -> None:
        hashes: Sequence[bytes] = ()
        if 0 < smaller.size < larger.size:
            hashes = await proofs.consistency(smaller.size, larger.size)
        try:
            verify_consistency(smaller.size, larger.size, hashes, smaller.root, larger.root)
        except ProofRefused as error:
            raise LogRefused(
                f"the log shows two histories, at {smaller.size} and at {larger.size} entries; "
                "keep both checkpoints and tell the auditors"
            ) from error

    def _open(self, note: str) -> Checkpoint:
        try:
            size = Checkpoint.parse(Note.parse(note).text).size
            return open_checkpoint(note, self._keys.checkpoint_key(self._origin, size))
        except GatewayError as error:
            raise LogRefused(f"not a checkpoint of this log: {error}") from error

    def _remember(self, note: str) -> None:
        self._note = note
        if self._file is not None:
            draft = self._file.with_name(f".{self._file.name}.{os.getpid()}")
            draft.write_text(note, encoding="utf-8")
            draft.replace(self._file)


def _read(file: Path | None) -> str | None:
    return file.read_text(encoding="utf-8") if file is not None and file.exists() else None
