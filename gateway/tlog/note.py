"""Signed notes (c2sp.org/signed-note) with Ed25519 keys (signature type 0x01)."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from gateway.errors import KeyRefused, MalformedNote
from gateway.tlog.encoding import decode_base64, encode_base64
from gateway.tlog.jwk import PublicKey
from gateway.tlog.jws import whole_signature

if TYPE_CHECKING:
    from gateway.ports import Signer

MAX_SIGNATURES = 100
MAX_NOTE_BYTES = 1_000_000

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that may sign notes under a name: `<name>+<key id in hex>+<base64 of type ‖ key>`."""

    name: str
    public_key: PublicKey

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise MalformedNote("a key name is not empty and has neither spaces nor plus")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), the first four bytes."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key.raw
        return sha256(named).digest()[:4]

    def format(self) -> str:
        """Return the key in the form of signed-note's verifier keys."""
        encoded = encode_base64(_ED25519 + self.public_key.raw)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Return the key that `format` wrote; MalformedNote for anything else."""
        name, plus, rest = text.partition("+")
        blob = decode_base64(rest.partition("+")[2], MalformedNote)
        if not plus or len(blob) != 33:
            raise MalformedNote("not a verifier key for Ed25519")
        key = cls(name, PublicKey(blob[1:]))
        if key.format() != text:
            raise MalformedNote("not a verifier key for Ed25519 in canonical form")
        return key


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note: who claims to have signed it, with what."""

    name: str
    key_id: bytes
    signature: bytes

    def format(self) -> str:
        """Return the line without its newline."""
        return f"— {self.name} {encode_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and the lines of those who signed it.

    Nothing in it counts before `verify`.
    """

    text: str
    signatures: tuple[SignatureLine, ...]

    def format(self) -> str:
        """Return the note as it is written and served."""
        return self.text + "\n" + "".join(f"{line.format()}\n" for line in self.signatures)

    @classmethod
    def parse(cls, note: str) -> "Note":
        """Return the note that `format` wrote.

        Raises:
            MalformedNote: Not in canonical form, or too long.
        """
        if len(note) > MAX_NOTE_BYTES or re.search(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]", note):
            raise MalformedNote("the note is too long or has characters that no note has")
        text, _, lines = note.rpartition("\n\n")
        signatures = tuple(_parse_line(line) for line in lines.split("\n")[:-1])
        parsed = cls(text + "\n", signatures)
        if not text or not 1 <= len(signatures) <= MAX_SIGNATURES or parsed.format() != note:
            raise MalformedNote("the note is not in canonical form")
        return parsed

    def verify(self, key: VerifierKey) -> None:
        """Check that *key* signed this note, once. Lines of other keys are passed over.

        Raises:
            MalformedNote: No line is by the key, more than one is, or its signature is wrong.
        """
        mine = [s for s in self.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
        if len(mine) != 1:
            raise MalformedNote(f"{len(mine)} signatures of {key.name} instead of one")
        try:
            key.public_key.verify(mine[0].signature, self.text.encode())
        except KeyRefused as error:
            raise MalformedNote(f"the signature of {key.name} is wrong") from error


def sign_note(text: str, name: str, signer: "Signer") -> Note:
    """Return *text* signed under *name*.

    Raises:
        KeysUnavailable: The signer gave something that is no signature.
    """
    key = VerifierKey(name, PublicKey.from_jwk(signer.public_jwk))
    line = SignatureLine(name, key.key_id, whole_signature(signer, text.encode()))
    return Note.parse(Note(text, (line,)).format())


def is_key_name(name: str) -> bool:
    """Say whether a key may have that name: not empty, no Unicode space, no plus.

    Nor has it characters that a terminal would not print.
    """
    return name.isprintable() and re.fullmatch(r"[^\s+]+", name) is not None


def _parse_line(line: str) -> SignatureLine:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    blob = decode_base64(encoded, MalformedNote)
    if dash != "—" or not is_key_name(name) or len(blob) < 5:
        raise MalformedNote("not a signature line")
    return SignatureLine(name, blob[:4], blob[4:])
