"""The `UnitRegistry` port over SQL: what it answers is what the log head names now."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.sql_database import read_only
from gateway.adapters.sql_glance import Glance
from gateway.adapters.tables.log import LogHead
from gateway.adapters.tables.registry import UnitRow
from gateway.errors import RegistryRefused, RegistryUnavailable
from gateway.model.unit import RegistrySnapshot
from gateway.registry_snapshot import read_registry

_head = LogHead.__table__  # type: ignore[attr-defined]
_IN_FORCE = "SELECT registry_digest, policy_digest, size FROM log_head"
_HEAD = select(_head.c.registry_digest, _head.c.policy_digest, _head.c.size)
_unit = UnitRow.__table__  # type: ignore[attr-defined]
Seen = Callable[[str, int], None]


def registry_documents(connection: Connection) -> dict[str, bytes]:
    """Return every canonical document of the registry by its key."""
    return {row.id: row.document for row in connection.execute(select(_unit))}


class SqlRegistry:
    """Reads the digest in force at every call, and the units only when it has changed."""

    def __init__(self, engine: Engine, seen: Seen | None = None) -> None:
        """With *seen*, each call tells in passing which rules the head names, and its size."""
        self._engine = read_only(engine)
        self._glance = Glance(engine)
        self._seen = seen or (lambda _policy_digest, _size: None)
        self._snapshot: RegistrySnapshot | None = None

    async def snapshot(self) -> RegistrySnapshot:
        known = self._snapshot
        if known is not None:
            for digest, policy_digest, size in self._glance.look(_IN_FORCE) or ():
                if digest == known.digest:
                    self._seen(policy_digest, size)
                    return known
        fresh, named = await asyncio.to_thread(self._read)
        self._seen(*named)
        return fresh

    def snapshot_now(self) -> RegistrySnapshot:
        """As `snapshot`, for callers without an event loop."""
        return self._read()[0]

    def _read(self) -> tuple[RegistrySnapshot, tuple[str, int]]:
        try:
            with self._engine.begin() as connection:
                digest, policy_digest, size = connection.execute(_HEAD).one()
                known = self._snapshot
                if known is not None and known.digest == digest:
                    return known, (policy_digest, size)
                documents = registry_documents(connection)
        except SQLAlchemyError as error:
            raise RegistryUnavailable("the registry cannot be read") from error
        fresh = _parse(documents)
        if fresh.digest != digest:
            raise RegistryUnavailable("the units are not those that the log head names")
        self._snapshot = fresh
        return fresh, (policy_digest, size)


def _parse(documents: dict[str, bytes]) -> RegistrySnapshot:
    try:
        return read_registry(documents)
    except RegistryRefused as error:
        raise RegistryUnavailable("a document does not have its form") from error
