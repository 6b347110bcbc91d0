"""Policy sets in the database: every process can load exactly what the log names."""

from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.sql_database import read_only
from gateway.adapters.tables.policy import PolicySetRow
from gateway.errors import LogUnavailable, PolicySetRefused
from gateway.policy.archive import pack, unpack
from gateway.policy.policy_files import PolicyFiles

_set: Any = PolicySetRow.__table__  # type: ignore[attr-defined]
_PUT = text(
    "INSERT INTO policy_set (digest, archive) VALUES (:digest, :archive) ON CONFLICT DO NOTHING"
)


class SqlPolicySets:
    """Keeps every policy set that was ever put, under its digest. Nothing is changed or removed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, files: PolicyFiles) -> str:
        """Store *files* durably unless they are stored already, and return their digest.

        Raises:
            PolicySetRefused: A file is no UTF-8.
            LogUnavailable: They may or may not be stored.
        """
        row = {"digest": files.digest, "archive": pack(files)}
        try:
            with self._engine.begin() as connection:
                connection.execute(_PUT, row)
        except SQLAlchemyError as error:
            raise LogUnavailable("the policy set cannot be stored") from error
        return files.digest

    def read(self, digest: str) -> PolicyFiles:
        """Return the files of the set with this digest, which is computed anew.

        Raises:
            PolicySetRefused: There is none, or it is not what was stored.
            LogUnavailable: The database cannot be read.
        """
        query = select(_set.c.archive).where(_set.c.digest == digest)
        try:
            with read_only(self._engine).begin() as connection:
                archive = connection.execute(query).scalar_one_or_none()
        except SQLAlchemyError as error:
            raise LogUnavailable("the policy set cannot be read") from error
        if archive is None:
            raise PolicySetRefused(
                f"Das Regelwerk {digest} ist nicht gespeichert. "
                f"(The policy set {digest} is not stored.)"
            )
        files = unpack(archive)
        if files.digest != digest:
            raise PolicySetRefused(
                f"Das gespeicherte Regelwerk {digest} wurde verändert; seine Dateien ergeben "
                f"{files.digest}. (The stored policy set {digest} was altered; its files give "
                f"{files.digest}.)"
            )
        return files

    def digests(self) -> tuple[str, ...]:
        """Return the digests of all sets, sorted.

        Raises:
            LogUnavailable: The database cannot be read.
        """
        try:
            with read_only(self._engine).begin() as connection:
                found = connection.execute(select(_set.c.digest).order_by(_set.c.digest))
                return tuple(found.scalars())
        except SQLAlchemyError as error:
            raise LogUnavailable("the policy sets cannot be listed") from error
