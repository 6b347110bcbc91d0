"""What governance asks of the world: where drafts are kept, and what of the log it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.model.evidence import Draft, Fate
from gateway.ports import Head

Json = Any


class Kept(Protocol):
    """A change set as it is kept, with the ballots on its present state."""

    @property
    def change(self) -> ChangeSet: ...

    @property
    def state(self) -> str: ...

    @property
    def ballots(self) -> tuple[Mapping[str, Json], ...]: ...


class Changes(Protocol):
    """Where change sets and ballots are kept; see `gateway/adapters/sql_changes.py`."""

    def put(self, change: ChangeSet, proposal: Mapping[str, Json]) -> None: ...

    def cast(self, change: ChangeSet, signed: Mapping[str, Json], said: str) -> None: ...

    def withdraw(self, change_id: str) -> None: ...

    def get(self, change_id: str) -> Kept: ...

    def all(self, kind: ChangeKind | None = None) -> Sequence[Kept]: ...

    def active_number(self, kind: ChangeKind) -> int: ...


@dataclass(frozen=True, slots=True)
class Log:
    """What of the log is needed: its head, the registry's documents there, and to append."""

    head: Callable[[], Head]
    documents: Callable[[], Mapping[str, bytes]]
    append: Callable[[Draft], Fate]
