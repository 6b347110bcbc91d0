"""Opens a gateway's rules and registry for a command that proposes, votes or activates."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_changes import SqlChanges
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_nodes import SqlNodes
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import registry_documents
from gateway.drafting import Drafter
from gateway.errors import LogUnavailable
from gateway.lifecycle.governance import Governance
from gateway.lifecycle.governance_ports import Log
from gateway.lifecycle.registry_effect import Routes
from gateway.lifecycle.staging import LiveNode, wait_until_staged
from gateway.policy.policy_files import ROUTES
from gateway.policy.strict_json import load_json
from gateway.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Opened:
    """A gateway opened for changes: how they are made, and where its policy sets are."""

    settings: Settings
    database: Engine
    governance: Governance
    policy_sets: SqlPolicySets

    def stage(self, digest: str, deadline_s: float) -> Collection[LiveNode]:
        """Have every live node load a stored set; return those that have not in time.

        Raises:
            PolicySetRefused: No such set is stored, or it was altered.
        """
        self.policy_sets.read(digest)
        nodes = SqlNodes(self.database)
        nodes.stage(digest)
        return wait_until_staged(nodes, digest, deadline_s)

    def unstage(self, digest: str) -> None:
        """Let every node keep the set only if it is in force."""
        SqlNodes(self.database).unstage(digest)


@contextmanager
def open_governance(home: Path) -> Iterator[Opened]:
    """Open the gateway in *home*, which may be serving meanwhile.

    Raises:
        StartRefused: There is no gateway.
        LogUnavailable: The database cannot be read or written.
    """
    settings = load_settings(home)
    database = open_database(settings.database, settings.database_busy_s)
    seal = RecordSeal(FileKeys(settings.keys_dir))
    appender = SqlAppender(database, FileSigner.load(settings.keys_dir / "checkpoint.pem"))
    reader, policy_sets = SqlReader(database, seal), SqlPolicySets(database)
    entry_signer = FileSigner.load(settings.keys_dir / "entry.pem")

    def documents() -> dict[str, bytes]:
        with database.connect() as connection:
            return registry_documents(connection)

    @cache
    def routes() -> Routes:
        files = policy_sets.read(reader.head().policy_digest)
        table: Routes = load_json(files.contents[ROUTES])
        return table

    try:
        governance = Governance(
            Log(reader.head, documents, lambda draft: appender.append([draft])[0]),
            SqlChanges(database),
            Drafter(settings.origin, "none", __version__, entry_signer, seal),
            SystemClock(),
            routes,
            frozenset({"embedded", settings.engine}),
        )
        yield Opened(settings, database, governance, policy_sets)
    except SQLAlchemyError as error:
        raise LogUnavailable("rules and registry cannot be written; try again") from error
    finally:
        database.dispose()
