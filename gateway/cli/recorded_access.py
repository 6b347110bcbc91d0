"""Opens a gateway's log for someone who reads records: the access is an entry first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_reader import SqlReader
from gateway.drafting import Drafter
from gateway.errors import StaleDigest
from gateway.lifecycle.registry_change import PERMANENT
from gateway.model.evidence import Committed, EntryType, Part
from gateway.ports import Head
from gateway.settings import Settings

Json = Any
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """The log's reader, and its head with the entry of this access."""

    reader: SqlReader
    head: Head


def open_recorded(settings: Settings, access: Mapping[str, Json]) -> Opened:
    """Append the entry that says who reads what and why, then open the log (DESIGN 5.5).

    Raises:
        StaleDigest: Rules or registry change too fast.
        LogUnavailable: The entry cannot be written: nothing is read.
    """
    database = open_database(settings.database, settings.database_busy_s)
    seal = RecordSeal(FileKeys(settings.keys_dir))
    reader = SqlReader(database, seal)
    appender = SqlAppender(database, FileSigner.load(settings.keys_dir / "checkpoint.pem"))
    signer = FileSigner.load(settings.keys_dir / "entry.pem")
    drafter = Drafter(settings.origin, "none", __version__, signer, seal)
    for _ in range(_TRIES):
        head = reader.head()
        draft = drafter.draft(
            EntryType.ACCESS,
            SystemClock().now(),
            head.policy_digest,
            head.registry_digest,
            {Part.AUDIT: dict(access)},
            bucket=PERMANENT,
        )
        if isinstance(appender.append([draft])[0], Committed):
            return Opened(reader, reader.head())
    raise StaleDigest("rules or registry change too fast; try again")
