"""The list of the log's keys, signed by the offline root key (DESIGN 5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from gateway.errors import KeyRefused, MalformedJws
from gateway.tlog.jwk import PublicKey
from gateway.tlog.jws import decode_json, encode_json, open_compact, sign_compact
from gateway.tlog.note import VerifierKey

if TYPE_CHECKING:
    from gateway.ports import Signer

TYP = "datenschleuse-keys-v1"


class KeyUse(StrEnum):
    """What a key signs; no key has two uses."""

    CHECKPOINT = "checkpoint"
    ENTRY = "entry"
    TRANSPORT = "transport"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A key with the first and the last entry it may sign for; None: no end is known yet."""

    use: KeyUse
    key: PublicKey
    first_index: int
    last_index: int | None

    def __post_init__(self) -> None:
        last = self.first_index if self.last_index is None else self.last_index
        if type(self.first_index) is not int or type(last) is not int:
            raise KeyRefused("an index is an integer")
        if not 0 <= self.first_index <= last:
            raise KeyRefused("a key's last index lies before its first")

    def covers(self, index: int) -> bool:
        """Say whether the key may sign for that entry."""
        return self.first_index <= index and (self.last_index is None or index <= self.last_index)


@dataclass(frozen=True, slots=True)
class KeyList:
    """All keys of a log. At every index there is at most one for each use.

    Raises:
        KeyRefused: Ranges of a use overlap, or a key stands twice.
    """

    ranges: tuple[KeyRange, ...]

    def __post_init__(self) -> None:
        if list(self.ranges) != sorted(self.ranges, key=lambda r: (r.use, r.first_index)):
            raise KeyRefused("the key list is not in order of use, first index")
        if len({entry.key.raw for entry in self.ranges}) != len(self.ranges):
            raise KeyRefused("a key stands twice in the key list")
        for earlier, later in pairwise(self.ranges):
            if earlier.use == later.use and earlier.covers(later.first_index):
                raise KeyRefused(f"two keys for use {later.use} at index {later.first_index}")

    @classmethod
    def of(cls, ranges: Iterable[KeyRange]) -> "KeyList":
        """Return the list in its order."""
        return cls(tuple(sorted(ranges, key=lambda entry: (entry.use, entry.first_index))))

    def key_at(self, use: KeyUse, index: int) -> PublicKey:
        """Return the key that signs for the entry at *index*; KeyRefused if there is none."""
        for entry in self.ranges:
            if entry.use == use and entry.covers(index):
                return entry.key
        raise KeyRefused(f"no key for use {use} at index {index}")

    def checkpoint_key(self, origin: str, size: int) -> VerifierKey:
        """Return the key that signs the checkpoint at *size*: the one valid at its last entry."""
        return VerifierKey(origin, self.key_at(KeyUse.CHECKPOINT, max(size - 1, 0)))


def sign_key_list(keys: KeyList, root: "Signer") -> str:
    """Return the list as a compact JWS by the root key."""
    return sign_compact(TYP, _payload(keys), root)


def open_key_list(jws: str, root: PublicKey) -> KeyList:
    """Return the list that the root key signed.

    Raises:
        KeyRefused: Not signed by *root*, not in canonical form, or a list that breaks a rule.
    """
    try:
        payload = open_compact(jws, TYP, root)
    except MalformedJws as error:
        raise KeyRefused(f"key list: {error}") from error
    try:
        keys = KeyList(
            tuple(
                KeyRange(
                    KeyUse(document["use"]),
                    PublicKey.from_jwk(document["jwk"]),
                    document["first_index"],
                    document["last_index"],
                )
                for document in decode_json(payload, KeyRefused)
            )
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KeyRefused("not a list of keys with use, first and last index") from error
    if _payload(keys) != payload:
        raise KeyRefused("the key list is not in canonical form")
    if any(entry.key == root for entry in keys.ranges):
        raise KeyRefused("the root key has another use")
    return keys


def _payload(keys: KeyList) -> bytes:
    return encode_json(
        [
            {
                "use": entry.use,
                "jwk": entry.key.jwk,
                "first_index": entry.first_index,
                "last_index": entry.last_index,
            }
            for entry in keys.ranges
        ],
        KeyRefused,
    )
