"""The `fsck` of transparency-dev/tessera as judge of a log copy.

Its exit status says nothing, and on some breakages it retries for ever: accepted is one line
that it prints within the time limit, with our size and our root; all else is refused.
"""

import base64
import re
import subprocess
import tempfile
from enum import Enum
from pathlib import Path

from tests.oracles.go_tools import go_tool

MODULE = "github.com/transparency-dev/tessera/cmd/fsck"
VERSION = "v1.0.4"
LIMIT_S = 20

_ACCEPTED = re.compile(r"Successfully fsck'd log with size (\d+) and root (\S+)")


class Verdict(Enum):
    """What the judge says of a copy."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


def judge(
    folder: Path, vkey: str, origin: str, size: int, root: bytes, *, limit_s: float = LIMIT_S
) -> Verdict:
    """Ask fsck whether *folder* is the log *origin* with that size and root, signed by *vkey*."""
    with tempfile.NamedTemporaryFile("w", suffix=".vkey") as key:
        key.write(vkey)
        key.flush()
        command = [
            str(go_tool(MODULE, VERSION)),
            f"-storage_url={folder.resolve().as_uri()}",
            f"-public_key={key.name}",
            f"-origin={origin}",
            "-ui=false",
        ]
        try:
            run = subprocess.run(
                command, check=False, capture_output=True, text=True, timeout=limit_s
            )
        except subprocess.TimeoutExpired:
            return Verdict.REFUSED
    said = _ACCEPTED.search(run.stderr)
    ours = (str(size), base64.b64encode(root).decode())
    return Verdict.ACCEPTED if said is not None and said.groups() == ours else Verdict.REFUSED
