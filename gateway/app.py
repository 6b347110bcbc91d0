"""The composition root: the one place that knows the adapters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway import __version__
from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.clock import SystemClock
from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry
from gateway.drafting import Drafter
from gateway.errors import StartRefused
from gateway.pipeline import Limits, Ports
from gateway.policies import Policies, ready
from gateway.policy.loading import load_policy_set
from gateway.settings import Settings


@asynccontextmanager
async def open_ports(settings: Settings, *, decides: bool = True) -> AsyncIterator[Ports]:
    """Open everything that *settings* name, and close it in the end.

    With *decides* false no policy engine is started: the delivery worker decides nothing.

    Raises:
        StartRefused: Files, keys or database are not those of the log.
        PolicySetRefused: The rules must not be loaded.
    """
    keys = FileKeys(settings.keys_dir)
    seal = RecordSeal(keys)
    database = open_database(settings.database, settings.database_busy_s)
    reader = SqlReader(database, seal)
    policies = ready(load_policy_set(settings.policies_dir, settings.schemas_dir))
    _refuse_other_than_head(reader, settings, policies)
    appender = SqlAppender(database, FileSigner.load(settings.keys_dir / "checkpoint.pem"))
    engine = EmbeddedEngine(
        PoolLimits(
            children=settings.engine_children,
            deadline_s=settings.engine_deadline_s,
            waiting=settings.engine_queue,
        )
    )
    try:
        if decides:
            await engine.start(policies.policy_set)
        async with (
            BatchingLog(appender, reader, batch_limit=settings.batch_limit) as log,
            SqlOutbox(database) as outbox,
        ):
            yield Ports(
                clock=SystemClock(),
                registry=SqlRegistry(database),
                policies=lambda: policies,
                engine=engine,
                log=log,
                outbox=outbox,
                drafter=Drafter(
                    settings.origin,
                    engine.name,
                    __version__,
                    FileSigner.load(settings.keys_dir / "entry.pem"),
                    seal,
                ),
                subject_keys=keys,
                idempotency_key=keys.idempotency_key(),
                limits=Limits(
                    max_body=settings.max_body,
                    max_body_attachments=settings.max_body_attachments,
                    max_depth=settings.max_depth,
                    signature_skew_s=settings.signature_skew_s,
                    hold_s=settings.hold_s,
                ),
            )
    finally:
        await engine.close()
        database.dispose()


def _refuse_other_than_head(reader: SqlReader, settings: Settings, policies: Policies) -> None:
    """Refuse to start with rules, origin or registry other than the log head names."""
    head = reader.head()
    if head.origin != settings.origin:
        raise StartRefused(f"the log is {head.origin}, the settings say {settings.origin}")
    if head.policy_digest != policies.digest:
        raise StartRefused(
            f"the rules in {settings.policies_dir} have digest {policies.digest}, "
            f"in force is {head.policy_digest}"
        )
