"""The composition root: the one place that knows the adapters."""

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from gateway import __version__
from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import HttpsDestination, push_context
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database, refuse_another_schema
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_nodes import SqlNodes
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_rates import SqlRates
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry
from gateway.drafting import Drafter
from gateway.engines import engine_for
from gateway.errors import KeyRefused, LogUnavailable, RegistryUnavailable, StartRefused
from gateway.lifecycle.node import Node
from gateway.lifecycle.policies_in_force import PoliciesInForce
from gateway.pipeline import Limits, Ports, at_hand
from gateway.policies import ready
from gateway.policy.loading import policy_set_of
from gateway.ports import Clock, Head
from gateway.rates import SYNC_S, RateLimits, Rates
from gateway.refusals import Refusals
from gateway.settings import Settings
from gateway.technical_log import describe
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyUse, open_key_list

_log = structlog.get_logger("app")
_YOUNG_OBJECTS = 10_000
"""So many more objects than before make the collector look at the young ones."""


@asynccontextmanager
async def open_ports(settings: Settings, *, decides: bool = True) -> AsyncIterator[Ports]:
    """Open everything that *settings* name, and close it in the end.

    With *decides* false no policy engine is started: the delivery worker decides nothing.

    Raises:
        StartRefused: Files, keys or database are not those of the log.
        PolicySetRefused: The rules that the log names are not stored, altered, or must not be
            loaded.
    """
    keys = FileKeys(settings.keys_dir)
    seal = RecordSeal(keys)
    database = open_database(settings.database, settings.database_busy_s)
    refuse_another_schema(database)
    reader = SqlReader(database, seal)
    head = _head_of(reader, SqlRegistry(database), settings)
    size = head.size
    sets = SqlPolicySets(database)
    first = ready(policy_set_of(sets.read(head.policy_digest)))
    appender = SqlAppender(database, _listed_signer(KeyUse.CHECKPOINT, settings, size))
    entry_signer = _listed_signer(KeyUse.ENTRY, settings, size)
    engine = engine_for(settings, serves=decides)
    policies = PoliciesInForce(
        first,
        size,
        lambda digest: ready(policy_set_of(sets.read(digest))),
        engine if decides else None,
    )
    registry = SqlRegistry(database, policies.follow)
    node = Node(policies, SqlNodes(database)) if decides else None
    try:
        if decides:
            await engine.start(first.policy_set)
        async with (
            BatchingLog(appender, reader, batch_limit=settings.batch_limit) as log,
            SqlOutbox(database) as outbox,
        ):
            clock = SystemClock()
            drafter = Drafter(
                settings.origin,
                engine.name,
                __version__,
                entry_signer,
                seal,
            )
            rates = Rates(
                RateLimits(settings.calls_per_minute, settings.calls_per_day),
                SqlRates(database),
                clock,
            )
            refusals = Refusals(drafter, log, singly=settings.refusals_singly)
            ports = Ports(
                clock=clock,
                registry=registry,
                policies=policies,
                engine=engine,
                log=log,
                outbox=outbox,
                drafter=drafter,
                subject_keys=keys,
                idempotency_key=keys.idempotency_key(),
                limits=Limits(
                    max_body=settings.max_body,
                    max_body_attachments=settings.max_body_attachments,
                    max_depth=settings.max_depth,
                    signature_skew_s=settings.signature_skew_s,
                    hold_s=settings.hold_s,
                ),
                refusals=refusals,
                admit=rates.admit,
            )
            async with (
                _beside(_keep_counts(rates, refusals, ports)),
                _beside(policies.run()),
                _following(node),
            ):
                yield ports
            await refusals.flush(clock.now(), at_hand(ports), all_of_them=True)
    finally:
        await engine.close()
        database.dispose()


def settle() -> None:
    """Prepare a process that is to run for long.

    No core dump may hold what passed through its memory. The garbage collector is spared what
    lives as long as the process, and comes less often: to walk through modules, rules and
    schemas again and again finds nothing.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])


def trial_destination(settings: Settings, clock: Clock) -> HttpsDestination:
    """Return the way to partners' endpoints for trials of the self-test, as the worker has it.

    Raises:
        StartRefused: A file that TLS needs is missing, or not what it should be.
        KeysUnavailable: The transport key cannot be read.
    """
    context = push_context(settings.partner_ca, settings.tls_certificate, settings.tls_key)
    transport = FileSigner.load(settings.keys_dir / "transport.pem")
    return HttpsDestination(context, transport, clock, settings.attempt_timeout_s)


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run *work* as a task for as long as the context lasts."""
    task = asyncio.create_task(work)
    task.add_done_callback(_told)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _told(task: asyncio.Task[None]) -> None:
    """Say at once that work which should never end has ended, and not only when all ends."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _log.error("work_beside_ended", error=describe(error))


@asynccontextmanager
async def _following(node: Node | None) -> AsyncIterator[None]:
    """Have *node* seen, and follow the log, for as long as the context lasts."""
    if node is None:
        yield
        return
    try:
        async with _beside(node.run()):
            yield
    finally:
        await node.leave()


async def _keep_counts(rates: Rates, refusals: Refusals, ports: Ports) -> None:
    """Share the counts of calls, and append summaries of refusals, once a second."""
    while True:
        await asyncio.sleep(SYNC_S)
        await rates.sync()
        await refusals.flush(ports.clock.now(), at_hand(ports))


def _head_of(reader: SqlReader, registry: SqlRegistry, settings: Settings) -> Head:
    """Return the head of the log; refuse another origin or registry than it names."""
    try:
        head = reader.head()
        registry.snapshot_now()
    except (SQLAlchemyError, LogUnavailable, RegistryUnavailable) as error:
        raise StartRefused(f"the database does not hold the log of {settings.home}") from error
    if head.origin != settings.origin:
        raise StartRefused(f"the log is {head.origin}, the settings say {settings.origin}")
    return head


def _listed_signer(use: KeyUse, settings: Settings, size: int) -> FileSigner:
    """Return the signer of the next entry or checkpoint.

    Refuses a key that the signed list does not name: nobody could verify what it signs.
    """
    signer = FileSigner.load(settings.keys_dir / f"{use.value}.pem")
    try:
        root = PublicKey.from_pem((settings.home / "root.pub").read_bytes())
        listed = open_key_list((settings.home / "keys.jws").read_text("ascii").strip(), root)
        key = listed.key_at(use, size)
    except (OSError, UnicodeDecodeError, KeyRefused) as error:
        raise StartRefused(f"the key list of {settings.home} cannot be believed") from error
    if key.kid != signer.kid:
        raise StartRefused(f"keys/{use.value}.pem is not the key that the key list names")
    return signer
