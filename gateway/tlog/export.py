"""The form of a log copy: a folder of tlog-tiles with the files that make it self-contained.

Besides `checkpoint` and `tile/` stand the key list, the two public keys and, for each entry,
the disclosures that the reader of the copy may see.
"""

from collections.abc import Iterable

from gateway.errors import LogRefused
from gateway.tlog.jws import decode_json, encode_json
from gateway.tlog.note import VerifierKey

CHECKPOINT = "checkpoint"
KEYS = "keys.jws"
LOG_VKEY = "log.vkey"
ROOT_PUB = "root.pub"
PARTS = "parts.jsonl"

FILES = frozenset({CHECKPOINT, KEYS, LOG_VKEY, ROOT_PUB, PARTS})
"""What stands in a copy besides the tiles."""

MAX_PARTS_LINE_BYTES = 64 * 1024 * 1024


def vkey_file(key: VerifierKey) -> bytes:
    """Return the content of `log.vkey`: the key of the checkpoint in this copy."""
    return f"{key.format()}\n".encode()


def keys_file(jws: str) -> bytes:
    """Return the content of `keys.jws`."""
    return f"{jws}\n".encode()


def parts_line(index: int, disclosures: Iterable[str]) -> bytes:
    """Return the line of `parts.jsonl` for one entry."""
    return encode_json({"index": index, "disclosures": sorted(disclosures)}, LogRefused) + b"\n"


def parse_parts_line(line: bytes, index: int) -> list[str]:
    """Return the disclosures of the entry at *index*, sorted.

    Raises:
        LogRefused: Not the line that `parts_line` writes for that entry.
    """
    document = decode_json(line, LogRefused)
    try:
        disclosures = list(document["disclosures"])
        canonical = parts_line(index, disclosures) == line
    except (KeyError, TypeError) as error:
        raise LogRefused("not a line of disclosures") from error
    if not canonical:
        raise LogRefused("not the line of this entry in canonical form")
    return disclosures
