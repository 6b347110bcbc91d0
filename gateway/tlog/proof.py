"""A proof that an entry is in the log, as text (c2sp.org/tlog-proof)."""

import re
from dataclasses import dataclass

from gateway.errors import MalformedProof
from gateway.tlog.checkpoint import Checkpoint, open_checkpoint
from gateway.tlog.encoding import decode_base64, encode_base64
from gateway.tlog.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from gateway.tlog.note import VerifierKey

_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class LogProof:
    """Index, inclusion proof and the signed checkpoint under which they hold.

    The line `extra` is neither written nor read.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def format(self) -> str:
        """Return the proof as text."""
        hashes = "".join(f"{encode_base64(value)}\n" for value in self.hashes)
        return f"{_HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> "LogProof":
        """Return the proof that `format` wrote; MalformedProof for anything else.

        The checkpoint in it is not looked at before `verify`.
        """
        head, _, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        match = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[1] if len(lines) > 1 else "")
        if match is None or len(lines) > 2 + 63:
            raise MalformedProof("not a proof of this version")
        hashes = tuple(decode_base64(line, MalformedProof) for line in lines[2:])
        proof = cls(int(match[1]), hashes, checkpoint)
        if any(len(value) != HASH_BYTES for value in hashes) or proof.format() != text:
            raise MalformedProof("not in canonical form")
        return proof

    def verify(self, entry: bytes, key: VerifierKey) -> Checkpoint:
        """Check that *entry* is at the index under the checkpoint that *key* signed; return it.

        Raises:
            MalformedNote, MalformedCheckpoint: The checkpoint is not the log's.
            ProofRefused: The hashes do not lead from the entry to its root.
        """
        checkpoint = open_checkpoint(self.checkpoint, key)
        verify_inclusion(
            leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root
        )
        return checkpoint
