"""The policy digest: one hash that names everything a decision follows from."""

from collections.abc import Iterable
from hashlib import sha256

import rfc8785


def policy_digest(files: Iterable[tuple[str, bytes]]) -> str:
    """Return the SHA-256, in hex, over the RFC 8785 form of the sorted list of [path, SHA-256].

    Sorted by the bytes of the paths; each hash in lower-case hex.
    """
    rows = sorted((path.encode(), sha256(data).hexdigest()) for path, data in files)
    return sha256(rfc8785.dumps([[path.decode(), digest] for path, digest in rows])).hexdigest()
