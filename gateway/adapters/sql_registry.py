"""The `UnitRegistry` port over SQL: what it answers is what the log head names now."""

import asyncio

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
_IN_FORCE = "SELECT registry_digest FROM log_head"
_unit = UnitRow.__table__  # type: ignore[attr-defined]


def registry_documents(connection: Connection) -> dict[str, bytes]:
    """Return every canonical document of the registry by its key."""
    return {row.id: row.document for row in connection.execute(select(_unit))}


class SqlRegistry:
    """Reads the digest in force at every call, and the units only when it has changed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)
        self._glance = Glance(engine)
        self._snapshot: RegistrySnapshot | None = None

    async def snapshot(self) -> RegistrySnapshot:
        known = self._snapshot
        if known is not None and self._glance.look(_IN_FORCE) == [(known.digest,)]:
            return known
        return await asyncio.to_thread(self.snapshot_now)

    def snapshot_now(self) -> RegistrySnapshot:
        """As `snapshot`, for callers without an event loop."""
        try:
            with self._engine.begin() as connection:
                digest = connection.execute(select(_head.c.registry_digest)).scalar_one()
                known = self._snapshot
                if known is not None and known.digest == digest:
                    return known
                documents = registry_documents(connection)
        except SQLAlchemyError as error:
            raise RegistryUnavailable("the registry cannot be read") from error
        fresh = _parse(documents)
        if fresh.digest != digest:
            raise RegistryUnavailable("the units are not those that the log head names")
        self._snapshot = fresh
        return fresh


def _parse(documents: dict[str, bytes]) -> RegistrySnapshot:
    try:
        return read_registry(documents)
    except RegistryRefused as error:
        raise RegistryUnavailable("a document does not have its form") from error
