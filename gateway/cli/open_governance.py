"""Opens a gateway's rules and registry for a command that proposes, votes or activates."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_changes import SqlChanges
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import registry_documents
from gateway.drafting import Drafter
from gateway.errors import LogUnavailable
from gateway.lifecycle.governance import Governance, Log
from gateway.lifecycle.registry_effect import Routes
from gateway.policy.policy_files import ROUTES
from gateway.policy.strict_json import load_json
from gateway.settings import load_settings


@contextmanager
def open_governance(home: Path) -> Iterator[Governance]:
    """Open the gateway in *home*, which may be serving meanwhile.

    Raises:
        StartRefused: There is no gateway.
        LogUnavailable: The database cannot be read or written.
    """
    settings = load_settings(home)
    database = open_database(settings.database, settings.database_busy_s)
    seal = RecordSeal(FileKeys(settings.keys_dir))
    appender = SqlAppender(database, FileSigner.load(settings.keys_dir / "checkpoint.pem"))
    reader = SqlReader(database, seal)
    entry_signer = FileSigner.load(settings.keys_dir / "entry.pem")

    def documents() -> dict[str, bytes]:
        with database.connect() as connection:
            return registry_documents(connection)

    @cache
    def routes() -> Routes:
        files = SqlPolicySets(database).read(reader.head().policy_digest)
        table: Routes = load_json(files.contents[ROUTES])
        return table

    try:
        yield Governance(
            Log(reader.head, documents, lambda draft: appender.append([draft])[0]),
            SqlChanges(database),
            Drafter(settings.origin, "none", __version__, entry_signer, seal),
            SystemClock(),
            routes,
        )
    except SQLAlchemyError as error:
        raise LogUnavailable("rules and registry cannot be written; try again") from error
    finally:
        database.dispose()
