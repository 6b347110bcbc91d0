"""Whole gateways for tests: one with ports in memory, one on SQLite files."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.log_export import export_log
from gateway.adapters.memory.clock import MemoryClock
from gateway.adapters.memory.engine import MemoryEngine
from gateway.adapters.memory.keys import MemoryKeys
from gateway.adapters.memory.log import MemoryLog
from gateway.adapters.memory.outbox import MemoryOutbox
from gateway.adapters.memory.registry import MemoryRegistry
from gateway.adapters.memory.signer import MemorySigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry
from gateway.cli.open_governance import open_governance
from gateway.demo.people import OPERATOR
from gateway.drafting import Drafter
from gateway.founding import found
from gateway.lifecycle.governance import Documents, Governance
from gateway.lifecycle.stopping import new_stop
from gateway.model.evidence import (
    Answer,
    Committed,
    DeliveryState,
    Draft,
    EntryType,
    Fate,
    NewDelivery,
    Part,
    StoredEntry,
)
from gateway.pipeline import Limits, Ports, submit
from gateway.ports import Delivery
from gateway.reading import part_of
from gateway.refusals import Refusals
from gateway.registry import registry_digest
from gateway.settings import Settings
from gateway.stops import stop_key
from gateway.tlog.jwk import PublicKey
from gateway.verify import Verified, verify_export
from tests.builders import (
    MAX_BODY,
    NOW,
    ORIGIN,
    PUBLIC_URL,
    a_message,
    a_unit,
    release_all,
    the_police,
    the_policies,
)
from tests.governing import agree, draft_of, first_cards, first_people, governance_of, signer_of

FIRST_ENTRIES = 5
"""With how many entries the log of a home begins: its key, its people, its rules, two units."""

LIMITS = Limits(MAX_BODY, 10 * MAX_BODY, 16, 300, 72 * 3600)
BUCKET = "polizei-traeger.decision_log_JI.2027-12"
IDEMPOTENCY_KEY = b"i" * 32
ENGINE = "memory/1"
VERSION = "0.1.0"


@dataclass(frozen=True)
class Gateway(ABC):
    """The ports of a gateway that two units know, with what tests ask of it."""

    ports: Ports
    clock: MemoryClock
    engine: MemoryEngine
    operator: MemorySigner

    async def submit(self, envelope: Mapping[str, Any] | None = None, **message: Any) -> Answer:
        """Submit an exchange of the police, or whatever the test says."""
        sent = a_message(envelope, **{"at": self.clock.at, **message})
        return await submit(sent, self.ports)

    async def register(self, *documents: Mapping[str, Any]) -> None:
        """Write units, or change them."""
        for document in documents:
            await self._register(document)

    async def _register(self, document: Mapping[str, Any]) -> None:
        await self.change({document["id"]: document})

    @abstractmethod
    async def change(self, changes: Documents) -> None:
        """Put in force a change of the registry on which all agree who must."""

    async def stop(self, reason: str = "Verdacht auf Missbrauch", **scope: Any) -> str:
        """Place a stop, as the operator alone may; return its id."""
        registry = await self.ports.registry.snapshot()
        stop, changes = new_stop(
            scope,
            registry,
            the_policies().data["routes"],
            self.clock.now(),
            by=OPERATOR,
            reason=reason,
        )
        await self.change(changes)
        return stop.id

    async def lift(self, stop_id: str) -> None:
        """Lift a stop, as two agree."""
        await self.change({stop_key(stop_id): None})

    async def draft(self, **fields: Any) -> Draft:
        """Return a refusal entry under the digests in force, with a part in each of two."""
        return (await self.drafts(1, **fields))[0]

    async def drafts(self, count: int, **fields: Any) -> list[Draft]:
        head = await self.ports.log.head()
        digests = head.policy_digest, head.registry_digest
        parts = {Part.SENDER: {"note": "für den Absender"}, Part.AUDIT: {"note": "für alle"}}
        given = {"bucket": BUCKET, **fields}
        return [
            self.ports.drafter.draft(EntryType.REFUSAL, self.clock.now(), *digests, parts, **given)
            for _ in range(count)
        ]

    async def append(self, **fields: Any) -> Fate:
        return await self.ports.log.append(await self.draft(**fields))

    async def entries(self, kind: EntryType | None = None) -> list[StoredEntry]:
        """Return all entries in order, or those of one type."""
        size = (await self.ports.log.head()).size
        found = [await self.ports.log.entry(index) for index in range(size)]
        return [
            entry for entry in found if entry is not None and (kind is None or entry.type is kind)
        ]

    async def parts(self, kind: EntryType, part: Part = Part.AUDIT) -> list[dict[str, Any]]:
        """Return that part of each entry of one type."""
        return [part_of(entry.parts[part]) for entry in await self.entries(kind)]

    async def deliveries(self) -> list[Delivery]:
        found = [await self.ports.outbox.of_exchange(e.index) for e in await self.entries()]
        return [delivery for delivery in found if delivery is not None]

    def with_ports(self, **changes: Any) -> "Gateway":
        return replace(self, ports=replace(self.ports, **changes))


@dataclass(frozen=True)
class SqlGateway(Gateway):
    """A gateway on the files of its home."""

    home: Path
    database: Any
    reader: SqlReader
    keys: FileKeys

    @property
    def governance(self) -> Governance:
        """How its rules and registry change, by the clock of the test."""
        checkpoint = FileSigner.load(self.home / "keys" / "checkpoint.pem")
        appender = SqlAppender(self.database, checkpoint)
        return governance_of(self.database, self.reader, appender, self.ports.drafter, self.clock)

    async def change(self, changes: Documents) -> None:
        await asyncio.to_thread(agree, self.governance, self.operator, changes)

    def verify(self, folder: Path) -> Verified:
        """Export the whole log with all its parts, and let the auditor's verifier judge it."""
        root = PublicKey.from_pem((self.home / "root.pub").read_bytes())
        key_list = (self.home / "keys.jws").read_text().strip()
        export_log(folder, self.reader, self.reader.head(), key_list, root, Part)
        return verify_export(folder, root)


@dataclass(frozen=True)
class MemoryGateway(Gateway):
    """A gateway whose every port is in memory, and fails when told to."""

    log: MemoryLog
    outbox: MemoryOutbox
    registry: MemoryRegistry
    keys: MemoryKeys
    entry_signer: MemorySigner

    async def change(self, changes: Documents) -> None:
        draft = draft_of(
            changes,
            dict(self.registry.documents),
            await self.log.head(),
            self.clock.now(),
            self.ports.drafter,
            self.operator,
        )
        assert isinstance(await self.log.append(draft), Committed)


async def a_memory_gateway(
    rule: Callable[[Mapping[str, Any]], Any] = release_all,
) -> MemoryGateway:
    """Return a gateway in memory that police and order office know."""
    policies = the_policies()
    clock, keys = MemoryClock(NOW), MemoryKeys()
    outbox, registry, signer = MemoryOutbox(), MemoryRegistry(), MemorySigner("entry")
    seal = RecordSeal(keys)
    log = MemoryLog(ORIGIN, MemorySigner("checkpoint"), seal, outbox, registry, policies.digest)
    engine = MemoryEngine(policies.digest, rule)
    drafter = Drafter(ORIGIN, ENGINE, VERSION, signer, seal)
    ports = Ports(
        clock=clock,
        registry=registry,
        policies=the_policies,
        engine=engine,
        log=log,
        outbox=outbox,
        drafter=drafter,
        subject_keys=keys,
        idempotency_key=IDEMPOTENCY_KEY,
        limits=LIMITS,
        refusals=Refusals(drafter, log, singly=20),
        admit=lambda _unit: None,
    )
    operator = signer_of(OPERATOR)
    registry.documents.update(first_people())
    registry.digest = registry_digest(registry.documents)
    gateway = MemoryGateway(ports, clock, engine, operator, log, outbox, registry, keys, signer)
    await gateway.register(the_police(), a_unit())
    return gateway


def settings_for(home: Path, **changes: Any) -> Settings:
    """Return the settings of a gateway in *home*; the files of TLS are not there."""
    return Settings(
        home=home,
        **{
            "origin": ORIGIN,
            "public_url": PUBLIC_URL,
            "tls_certificate": home / "server.pem",
            "tls_key": home / "server.key",
            "client_ca": home / "partners.pem",
            "partner_ca": home / "partners.pem",
            **changes,
        },
    )


def make_home(home: Path) -> None:
    """Found a gateway in *home* that police and order office know."""
    toml = "".join(
        f'{name} = "{value}"\n'
        for name, value in settings_for(Path("files")).model_dump().items()
        if name in ("origin", "public_url", "tls_certificate", "tls_key", "client_ca", "partner_ca")
    )
    found(settings_for(home), toml, first_cards())
    for document in (the_police(), a_unit()):
        register(home, document)


def make_key(path: Path) -> FileSigner:
    """Write a new Ed25519 key, and return its signer."""
    key = ed25519.Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return FileSigner(key)


def register(home: Path, document: Mapping[str, Any]) -> int:
    """Write a unit as the command line does, whoever else has the gateway open."""
    operator = signer_of(OPERATOR)
    with open_governance(home) as opened:
        governance = opened.governance
        return agree(governance, operator, {document["id"]: document})


@asynccontextmanager
async def open_gateway(
    home: Path,
    rule: Callable[[Mapping[str, Any]], Any] = release_all,
    *,
    batch_limit: int = 64,
    observe: Callable[[str, int], None] | None = None,
) -> AsyncIterator[SqlGateway]:
    """Open the gateway in *home*: all is as in production but the clock and the PDP."""
    policies, keys, clock = the_policies(), FileKeys(home / "keys"), MemoryClock(NOW)
    seal, database = RecordSeal(keys), open_database(f"sqlite:///{home / 'gateway.db'}")
    reader = SqlReader(database, seal)
    checkpoint = FileSigner.load(home / "keys" / "checkpoint.pem")
    appender = SqlAppender(database, checkpoint, observe=observe)
    engine = MemoryEngine(policies.digest, rule)
    try:
        async with (
            BatchingLog(appender, reader, batch_limit=batch_limit) as log,
            SqlOutbox(database) as outbox,
        ):
            drafter = Drafter(
                ORIGIN, ENGINE, VERSION, FileSigner.load(home / "keys" / "entry.pem"), seal
            )
            ports = Ports(
                clock=clock,
                registry=SqlRegistry(database),
                policies=the_policies,
                engine=engine,
                log=log,
                outbox=outbox,
                drafter=drafter,
                subject_keys=keys,
                idempotency_key=keys.idempotency_key(),
                limits=LIMITS,
                refusals=Refusals(drafter, log, singly=20),
                admit=lambda _unit: None,
            )
            operator = signer_of(OPERATOR)
            yield SqlGateway(ports, clock, engine, operator, home, database, reader, keys)
    finally:
        database.dispose()


def a_delivery(delivery_id: str = "d" * 32, **changes: Any) -> NewDelivery:
    """Return a sealed payload to the order office, due now."""
    plain = NewDelivery(
        id=delivery_id,
        recipient="ordnungsamt",
        sender="polizei",
        jwe=b"sealed",
        state=DeliveryState.QUEUED,
        due_at=NOW,
        expires_at=NOW + 72 * 3600,
        delete_at_day=None,
    )
    return replace(plain, **changes)
