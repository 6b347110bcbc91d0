"""Checks a whole gateway: the entries in chunks, and all else in one snapshot at the end.

It may run beside the gateway. Entries never change, so they are read in short transactions;
what does change is compared in one snapshot, after the entries that came meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database, read_only
from gateway.adapters.tables.log import LogHead
from gateway.errors import GatewayError, KeyRefused, ProofRefused, StartRefused
from gateway.fsck.facts import Facts
from gateway.fsck.findings import Code, Findings
from gateway.fsck.tables import check_tables
from gateway.fsck.walk import Walk
from gateway.ports import Head
from gateway.settings import Settings
from gateway.tlog.checkpoint import open_checkpoint
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, open_key_list
from gateway.tlog.merkle import Frontier

Progress = Callable[[int, int], None]
_CHUNK = 256
_head = LogHead.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found in a log of `size` entries.

    `erased` records do not open any more: the keys of their buckets are gone.
    """

    origin: str
    size: int
    erased: int
    findings: Findings


def check_gateway(settings: Settings, progress: Progress = lambda _done, _total: None) -> Report:
    """Compare everything in the database with everything else in it.

    Raises:
        StartRefused: The database or the keys of the log cannot be read; nothing is known.
    """
    keys = _keys(settings.home)
    engine = open_database(settings.database)
    findings = Findings()
    seal = RecordSeal(_Remembering(FileKeys(settings.keys_dir)))
    try:
        with Facts() as facts:
            walk = Walk(settings.origin, keys, seal, facts, findings)
            with _reading(engine) as connection:
                size = _read_head(connection)[0].size
            while walk.size < size:
                with _reading(engine) as connection:
                    walk.chunk(connection, min(walk.size + _CHUNK, size))
                progress(walk.size, size)
            with _snapshot(engine) as connection:
                head, frontier = _read_head(connection)
                while walk.size < head.size:
                    walk.chunk(connection, min(walk.size + _CHUNK, head.size))
                walk.finish(connection, head)
                _check_head(head, frontier, settings, keys, findings)
                check_tables(connection, head, facts, findings)
            progress(head.size, head.size)
    except SQLAlchemyError as error:
        raise StartRefused(
            f"the database cannot be read ({type(error).__name__}); "
            "is its schema that of this version?"
        ) from error
    finally:
        engine.dispose()
    return Report(head.origin, head.size, walk.erased, findings)


class _Remembering:
    """Reads each bucket's key once; a check opens every record."""

    def __init__(self, keys: FileKeys) -> None:
        self._keys = keys
        self._known: dict[str, bytes | None] = {}

    def bucket_key(self, bucket: str) -> bytes:
        return self._keys.bucket_key(bucket)

    def existing_bucket_key(self, bucket: str) -> bytes | None:
        if bucket not in self._known:
            self._known[bucket] = self._keys.existing_bucket_key(bucket)
        return self._known[bucket]


def _keys(home: Path) -> KeyList:
    try:
        root = PublicKey.from_pem((home / "root.pub").read_bytes())
        return open_key_list((home / "keys.jws").read_text("ascii").strip(), root)
    except (OSError, ValueError, KeyRefused) as error:
        raise StartRefused(f"root.pub and keys.jws in {home}: {error}") from error


def _read_head(connection: Connection) -> tuple[Head, bytes]:
    row: Any = connection.execute(select(_head)).mappings().one_or_none()
    if row is None:
        raise StartRefused("the log has no head")
    return Head(**{name: row[name] for name in Head.__dataclass_fields__}), row["frontier"]


def _check_head(
    head: Head, frontier: bytes, settings: Settings, keys: KeyList, findings: Findings
) -> None:
    """The head must be of this gateway, and be what its own frontier and checkpoint say."""
    if head.origin != settings.origin:
        findings.add(Code.HEAD_REFUSED, "head", f"of another log: {head.origin}")
    try:
        kept = Frontier.from_bytes(frontier)
        if (kept.size, kept.root()) != (head.size, head.root):
            findings.add(Code.HEAD_REFUSED, "head", "size or root are not those of its frontier")
    except ProofRefused as error:
        findings.add(Code.HEAD_REFUSED, "head", str(error))
    try:
        signed = open_checkpoint(head.checkpoint, keys.checkpoint_key(head.origin, head.size))
        if (signed.size, signed.root) != (head.size, head.root):
            findings.add(Code.HEAD_REFUSED, "head", "its checkpoint is another one")
    except GatewayError as error:
        findings.add(Code.HEAD_REFUSED, "head", str(error))


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with read_only(engine).begin() as connection:
        yield connection


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """Read one state of the database, whoever writes meanwhile."""
    reading = read_only(engine)
    if engine.dialect.name != "sqlite":  # there every transaction is one anyway
        reading = reading.execution_options(isolation_level="REPEATABLE READ")
    with reading.begin() as connection:
        yield connection
