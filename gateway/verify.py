"""An auditor checks a log copy, or a partner a receipt, offline.

Needs the log's root key and nothing else that is not in the copy. What a copy may hold is
written in `gateway/tlog/export.py`; anything missing, extra or altered refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway import verify_folder as files
from gateway.errors import LogRefused
from gateway.model.evidence import Part, Receipt
from gateway.tlog import export
from gateway.tlog.checkpoint import Checkpoint
from gateway.tlog.entry import Claims, open_presentation
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyUse
from gateway.tlog.note import Note
from gateway.tlog.proof import LogProof
from gateway.verify_walk import Progress, Verified, open_head, refusing, walk

__all__ = [
    "Progress",
    "Verified",
    "VerifiedReceipt",
    "verify_export",
    "verify_receipt",
]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt that verifies proves: these claims and parts at that place of the log."""

    claims: Claims
    parts: Mapping[Part, Mapping[str, Any]]
    index: int
    checkpoint: Checkpoint


def verify_receipt(receipt: Receipt, keys: KeyList, origin: str) -> VerifiedReceipt:
    """Check a receipt of the log *origin* against its key list.

    Raises:
        LogRefused: Leaf, parts, proof or checkpoint are not what the log signed.
    """
    with refusing("receipt"):
        proof = LogProof.parse(receipt.proof)
        unproven = Checkpoint.parse(Note.parse(proof.checkpoint).text)
        key = keys.key_at(KeyUse.ENTRY, proof.index)
        leaf, parts = open_presentation(receipt.sd_jwt, key)
        entry = receipt.sd_jwt.partition("~")[0].encode()
        checkpoint = proof.verify(entry, keys.checkpoint_key(origin, unproven.size))
        if leaf.claims.origin != origin:
            raise LogRefused("the entry was made for another log")
    return VerifiedReceipt(leaf.claims, parts, proof.index, checkpoint)


def verify_export(folder: Path, root_key: PublicKey, progress: Progress | None = None) -> Verified:
    """Re-derive a whole log copy from its entries.

    Raises:
        LogRefused: Something is missing, extra or altered; `file` and `index` say where.
    """
    keys = files.open_keys(folder, root_key)
    checkpoint, key = open_head(files.read_text(folder, export.CHECKPOINT), keys)
    if files.read(folder, export.LOG_VKEY) != export.vkey_file(key):
        raise LogRefused("not the key of the checkpoint", file=export.LOG_VKEY)
    files.refuse_extra_files(folder, checkpoint.size)
    with refusing(export.PARTS), files.open_file(folder, export.PARTS) as lines:

        def next_line(index: int) -> list[str]:
            return export.parse_parts_line(lines.readline(export.MAX_PARTS_LINE_BYTES), index)

        verified = walk(
            checkpoint,
            keys,
            lambda path, limit: files.read(folder, path, limit),
            next_line,
            progress,
        )
        if lines.read(1):
            raise LogRefused("more lines than the log has entries")
    return verified
