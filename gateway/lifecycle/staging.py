"""Staging: every live node loads a policy set before it comes into force."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

_LOOK_AGAIN_S = 0.1


@dataclass(frozen=True, slots=True)
class LiveNode:
    """A node that was seen of late: what it has loaded, and by which set it decides.

    `active` is None while it has not loaded the set in force, and so refuses.
    """

    id: str
    process: str
    staged: frozenset[str]
    active: str | None


class LiveNodes(Protocol):
    """Who is there."""

    def live(self) -> Sequence[LiveNode]:
        """Return all nodes that were seen in the last seconds.

        Raises:
            LogUnavailable: The database cannot be read.
        """


def wait_until_staged(nodes: LiveNodes, digest: str, deadline_s: float) -> Collection[LiveNode]:
    """Wait until every live node has loaded a set that is marked as staged.

    Returns those that have not at the deadline: they will refuse until they have. Without a
    live node there is nobody to wait for.

    Raises:
        LogUnavailable: The database cannot be read.
    """
    end = time.monotonic() + deadline_s
    while True:
        late = [node for node in nodes.live() if digest not in node.staged]
        if not late or time.monotonic() >= end:
            return late
        time.sleep(_LOOK_AGAIN_S)
