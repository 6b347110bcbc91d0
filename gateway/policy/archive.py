"""The files of a policy set as one piece of bytes, to be kept where no folder is."""

import json
import zlib

from gateway.errors import PolicySetRefused
from gateway.policy.policy_files import PolicyFiles

_MAX_UNPACKED = 64 * 1024 * 1024


def pack(files: PolicyFiles) -> bytes:
    """Return paths and texts as sorted JSON, compressed.

    Raises:
        PolicySetRefused: A file is no UTF-8.
    """
    try:
        texts = {path: data.decode() for path, data in files.contents.items()}
    except UnicodeDecodeError as error:
        raise _refusal() from error
    text = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return zlib.compress(text.encode(), level=9)


def unpack(archive: bytes) -> PolicyFiles:
    """Return the files that were packed.

    Raises:
        PolicySetRefused: These are not the bytes of an archive.
    """
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(archive, _MAX_UNPACKED)
        texts = json.loads(text.decode())
        whole = unpacking.eof and not unpacking.unused_data
        contents = {path: texts[path].encode() for path in sorted(texts)}
    except (zlib.error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _refusal() from error
    if not whole:
        raise _refusal()
    return PolicyFiles(contents)


def _refusal() -> PolicySetRefused:
    return PolicySetRefused(
        "Das Archiv eines Regelwerks ist nicht lesbar. (The archive of a policy set is not "
        "readable.)"
    )
