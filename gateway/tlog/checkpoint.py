"""Checkpoints of the log (c2sp.org/tlog-checkpoint), signed as notes under the log's origin."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.errors import MalformedCheckpoint
from gateway.tlog.encoding import decode_base64, encode_base64
from gateway.tlog.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from gateway.tlog.note import Note, VerifierKey, is_key_name, sign_note

if TYPE_CHECKING:
    from gateway.ports import Signer


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log *origin* at *size* entries. Extension lines are neither written nor read.

    Raises:
        MalformedCheckpoint: No log of ours could have this head.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.origin):
            raise MalformedCheckpoint("the origin cannot name a key")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise MalformedCheckpoint("size or root are out of range")
        if (self.size == 0) != (self.root == EMPTY_ROOT):
            raise MalformedCheckpoint("the root of the empty log goes with size 0")

    def format(self) -> str:
        """Return the three lines of the note's text."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint that `format` wrote; MalformedCheckpoint for anything else."""
        lines = text.split("\n")
        if len(lines) != 4 or not (lines[1].isascii() and lines[1].isdigit()) or len(lines[1]) > 19:
            raise MalformedCheckpoint("not origin, size and root, each on its line")
        checkpoint = cls(lines[0], int(lines[1]), decode_base64(lines[2], MalformedCheckpoint))
        if checkpoint.format() != text:
            raise MalformedCheckpoint("not in canonical form")
        return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: "Signer") -> str:
    """Return the checkpoint as a note signed by the log under its origin."""
    return sign_note(checkpoint.format(), checkpoint.origin, signer).format()


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that the log's key signed under the log's origin.

    Lines of other keys, such as a witness's cosignature (c2sp.org/tlog-cosignature), are
    passed over, as signed-note demands.

    Raises:
        MalformedNote: Not a note, or not signed by *key*.
        MalformedCheckpoint: The signed text is no checkpoint of that log.
    """
    parsed = Note.parse(note)
    parsed.verify(key)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != key.name:
        raise MalformedCheckpoint(f"the origin is not {key.name}")
    return checkpoint
