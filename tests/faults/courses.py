"""The courses that use the ports: all that a gateway does with an exchange, step by step.

The core is the product's, on its own log, outbox, registry and keys on SQLite and in files; PDP
and recipient are their twins in memory. Each port stands behind one that breaks when told to.
"""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.memory.clock import MemoryClock
from gateway.adapters.memory.destination import MemoryDestination
from gateway.adapters.memory.engine import MemoryEngine
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry
from gateway.delivery.schedule import Backoff
from gateway.delivery_entry import DeliveryEntries
from gateway.demo.people import OPERATOR
from gateway.drafting import Drafter
from gateway.errors import AuthenticationFailed, DeliveryFailed
from gateway.model.evidence import Answer
from gateway.model.exchange import Caller
from gateway.pipeline import Ports, submit
from gateway.reading import exchange_view, receipt_view
from gateway.readings.arrivals import Arrivals
from gateway.readings.events import read_events
from gateway.readings.inbox import acknowledge, fetch
from gateway.readings.listing import ListQuery, list_exchanges
from gateway.refusals import Refusals
from gateway.steps.forward import ForwardPorts, Patience, expire, forward
from tests.builders import (
    NOW,
    ORIGIN,
    a_decision,
    a_message,
    a_unit,
    an_envelope,
    an_obligation,
    the_policies,
)
from tests.faults.brittle import Breaking, Brittle
from tests.gateways import ENGINE, LIMITS, VERSION, SqlGateway
from tests.governing import signer_of

Json = Any
OFFICE = "ordnungsamt"
LEASE_S = 60


def permit_and_index(policy_input: Any) -> dict[str, Json]:
    """Release every member, and have the persons indexed; hold what only a human may release."""
    members = policy_input["members"]
    held = policy_input["facts"].get("danger_level") == "present"
    return a_decision(
        members,
        obligations=[an_obligation("OB-RECIPIENT-INDEX")],
        **({"verdict": "hold"} if held else {}),
    )


@dataclass
class Course:
    """One gateway with brittle ports, and what its people know: requests, answers, arrivals."""

    gateway: SqlGateway
    forwarding: ForwardPorts
    destination: MemoryDestination
    breaking: Breaking
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)
    fetched: list[dict[str, Json]] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        return self.gateway.ports

    async def ask(self, key: str, **envelope: Json) -> Answer:
        """Send a request, or the same again under a key that was used before."""
        body = self.sent.setdefault(key, json.dumps(an_envelope(**envelope)).encode())
        message = a_message(body=body, key=key, at=self.gateway.clock.at)
        answer = await submit(message, self.ports)
        self.answers.setdefault(key, []).append(answer)
        return answer

    async def caller(self, unit: str) -> Caller:
        registry = await self.ports.registry.snapshot()
        known = registry.units.get(unit)
        if known is None:
            raise AuthenticationFailed("unknown")
        return Caller(known, registry.digest, {})

    async def work(self) -> None:
        """One round of the worker: end holds, try what lapsed and what is due."""
        moment = self.forwarding.clock.now()
        now, outbox = moment.evaluated_at, self.forwarding.outbox
        for held in await outbox.overdue_holds(now, 10):
            await expire(held, self.forwarding)
        oldest = now - self.forwarding.patience.give_up_after_s
        lapsed = await outbox.lapsed(now, oldest, moment.evaluated_on, 10)
        for delivery in [*lapsed, *await outbox.due(now, 10)]:
            await forward(delivery, self.forwarding)

    async def collect(self) -> None:
        """The office fetches and acknowledges whatever waits."""
        page = await fetch(await self.caller(OFFICE), -1, 10, self.ports)
        self.fetched += page["deliveries"]
        for item in page["deliveries"]:
            digest = hashlib.sha256(item["jwe"].encode()).hexdigest()
            said = {"delivery_id": item["delivery_id"], "jwe_sha256": digest}
            await acknowledge(
                await self.caller(OFFICE),
                item["delivery_id"],
                said,
                self.ports,
                self.forwarding.entries,
            )


KEY = str(uuid.UUID(int=7))


async def _permitted(course: Course) -> None:
    await course.ask(KEY)


async def _refused(course: Course) -> None:
    message = a_message(body=b"{", key=str(uuid.uuid4()), at=course.gateway.clock.at)
    await submit(message, course.ports)


async def _repeated(course: Course) -> None:
    await course.ask(KEY)


async def _pushed(course: Course) -> None:
    """Two attempts fail before the third is acknowledged; each meets other operations."""
    for number in range(3):
        course.destination.failures = [DeliveryFailed("http_503")] if number < 2 else []
        course.gateway.clock.pass_time(LEASE_S * 2)
        await course.work()


async def _expired(course: Course) -> None:
    course.gateway.clock.pass_time(LIMITS.hold_s + 1)
    await course.work()


async def _collected(course: Course) -> None:
    await course.collect()


async def _read(course: Course) -> None:
    """Everything that a unit, an auditor or a probe may read."""
    log, ports = course.ports.log, course.ports
    police = await course.caller("polizei")
    exchange_id = course.answers[KEY][0].exchange_id
    await exchange_view(police, exchange_id, ports)
    await receipt_view(police, exchange_id, ports)
    await list_exchanges(police, ListQuery(None, NOW - 60, -1, 10), ports)
    await read_events(police, -1, 10, 0, Arrivals(log), ports)
    await log.newest_concerns(["polizei"])
    await log.consistency(1, (await log.head()).size)
    await log.hash_tile(0, 0, 1)
    await log.entry_bundle(0, 1)
    await log.check_writable()


async def _nothing(_course: Course) -> None:
    pass


async def _held(course: Course) -> None:
    await course.ask(KEY, facts={**an_envelope()["facts"], "danger_level": "present"})


async def _inbox(course: Course) -> None:
    await course.gateway.register(a_unit(endpoint=None))
    await course.ask(KEY)


async def _stopped(course: Course) -> None:
    await course.ask(KEY)
    await course.gateway.stop(exchange_kind=an_envelope()["exchange_kind"])


async def _waits(course: Course) -> None:
    """A stop of its kind holds a delivery; the worker comes by twice."""
    for _ in range(2):
        course.gateway.clock.pass_time(LEASE_S * 2)
        await course.work()


Step = Callable[[Course], Awaitable[None]]
COURSES: dict[str, tuple[Step, Step]] = {
    "an exchange": (_nothing, _permitted),
    "a refusal": (_nothing, _refused),
    "the same request again": (_permitted, _repeated),
    "a push that fails twice": (_permitted, _pushed),
    "a hold that nobody releases": (_held, _expired),
    "an inbox": (_inbox, _collected),
    "a delivery under a stop": (_stopped, _waits),
    "everything that is read": (_permitted, _read),
}
"""What comes before, unbroken, and the course in which a port breaks."""


@asynccontextmanager
async def opened(home: Path, breaking: Breaking) -> AsyncIterator[Course]:
    """Open the gateway in *home* with every port behind one that may break."""

    def brittle(port: str, real: Any) -> Any:
        return Brittle(port, real, breaking)

    policies, files, clock = the_policies(), FileKeys(home / "keys"), MemoryClock(NOW)
    keys, time = brittle("BucketKeys", files), brittle("Clock", clock)
    seal, database = RecordSeal(keys), open_database(f"sqlite:///{home / 'gateway.db'}")
    reader = SqlReader(database, seal)
    signer = brittle("Signer", FileSigner.load(home / "keys" / "checkpoint.pem"))
    engine = MemoryEngine(policies.digest, permit_and_index)
    destination = MemoryDestination()
    try:
        async with (
            BatchingLog(SqlAppender(database, signer), reader, batch_limit=64) as real_log,
            SqlOutbox(database) as real_outbox,
        ):
            log, outbox = brittle("DecisionLog", real_log), brittle("Outbox", real_outbox)
            registry = brittle("UnitRegistry", SqlRegistry(database))
            entry_signer = brittle("Signer", FileSigner.load(home / "keys" / "entry.pem"))
            drafter = Drafter(ORIGIN, ENGINE, VERSION, entry_signer, seal)
            ports = Ports(
                clock=time,
                registry=registry,
                policies=the_policies,
                engine=brittle("PolicyEngine", engine),
                log=log,
                outbox=outbox,
                drafter=drafter,
                subject_keys=brittle("SubjectKeys", files),
                idempotency_key=files.idempotency_key(),
                limits=LIMITS,
                refusals=Refusals(drafter, log, singly=20),
                admit=lambda _unit: None,
            )
            forwarding = ForwardPorts(
                clock=time,
                registry=registry,
                log=log,
                outbox=outbox,
                destination=brittle("Destination", destination),
                entries=DeliveryEntries(drafter, log),
                schedule=Backoff(2.0, 3600.0, draw=lambda: 0.999),
                patience=Patience(LEASE_S, LEASE_S / 2, 14 * 86_400),
            )
            operator = signer_of(OPERATOR)
            gateway = SqlGateway(ports, clock, engine, operator, home, database, reader, files)
            yield Course(gateway, forwarding, destination, breaking)
    finally:
        database.dispose()
