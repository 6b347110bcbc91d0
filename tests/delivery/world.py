"""A gateway's log, registry and outbox on a real database, without its policy engine."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.adapters import sql_effects
from gateway.adapters.batching_log import BatchingLog
from gateway.adapters.clock import moment_at
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_log import SqlAppender, create_log
from gateway.adapters.sql_outbox import SqlOutbox
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry, registry_documents
from gateway.delivery.schedule import Backoff
from gateway.delivery_entry import DeliveryEntries
from gateway.demo.people import OPERATOR
from gateway.drafting import Drafter, random_id
from gateway.lifecycle.governance import Documents
from gateway.lifecycle.stopping import new_stop
from gateway.model.evidence import (
    Committed,
    DeliveryState,
    EntryType,
    NewDelivery,
    Part,
    PutDocument,
)
from gateway.model.exchange import Moment
from gateway.ports import Clock, Delivery, Destination
from gateway.reading import part_of
from gateway.registry import parse_unit, registry_digest
from gateway.sealing import PrivateKey, seal
from gateway.steps.forward import ForwardPorts, Patience
from gateway.stops import stop_key
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from tests.builders import the_policies
from tests.governing import draft_of, first_people, signer_of

ORIGIN = "schleuse.example/2026"
BUCKET = "polizei.decision_log_DSGVO.2027-12"
POLICY = "a" * 64
NOON = 1_795_000_000
DAY = 86_400
PRIVATE_KEYS: dict[str, PrivateKey] = {
    "ecdh-p256": ECKey.generate_key("P-256"),
    "ecdh-x25519": OKPKey.generate_key("X25519"),
    "rsa": RSAKey.generate_key(3072),
}


class StoppedClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def now(self) -> Moment:
        return moment_at(self.at)


def a_unit(unit_id: str = "ordnungsamt", **changes: Any) -> dict[str, Any]:
    """Return a unit's document: active, may receive, P-256 keys, one endpoint."""
    key = PRIVATE_KEYS["ecdh-p256"].as_dict(private=False)
    return {
        "id": unit_id,
        "name": unit_id.title(),
        "controller": f"{unit_id}-traeger",
        "kind": "PUBLIC_ORDER_OFFICE",
        "country": "DE",
        "status": "active",
        "pins": [hashlib.sha256(unit_id.encode()).hexdigest()],
        "signing_key": {
            "alg": "ecdsa-p256-sha256",
            "jwk": ECKey.generate_key("P-256").as_dict(private=False),
        },
        "encryption_key": {"alg": "ECDH-ES", "jwk": key},
        "endpoint": {"url": "https://127.0.0.1:1/lieferungen", "private_address": True},
        "contract": {"id": "AVV-1", "date": "2026-01-01"},
        "may_receive": True,
        "keeps_marking": True,
        "commitment_purpose": False,
        "verifies_log": False,
        "legal_entity": unit_id.title(),
        **changes,
    }


@dataclass(slots=True)
class World:
    """An opened gateway, with what tests ask of it."""

    home: Path
    clock: Clock
    log: BatchingLog
    outbox: SqlOutbox
    registry: SqlRegistry
    reader: SqlReader
    drafter: Drafter
    engine: Any = field(repr=False)

    async def register(self, document: dict[str, Any]) -> None:
        """Write a unit, or change one."""
        await self.change({document["id"]: document})

    async def stop(self, **scope: Any) -> str:
        """Place a stop; return its id."""
        stop, changes = new_stop(
            scope,
            await self.registry.snapshot(),
            the_policies().data["routes"],
            self.clock.now(),
            by=OPERATOR,
            reason="Verdacht",
        )
        await self.change(changes)
        return stop.id

    async def lift(self, stop_id: str) -> None:
        """Lift a stop, as two agree."""
        await self.change({stop_key(stop_id): None})

    async def change(self, changes: Documents) -> None:
        """Put in force a change of the registry on which all agree who must."""
        with self.engine.connect() as connection:
            documents = registry_documents(connection)
        draft = draft_of(
            changes,
            documents,
            await self.log.head(),
            self.clock.now(),
            self.drafter,
            signer_of(OPERATOR),
        )
        units = tuple(e for e in draft.effects if isinstance(e, PutDocument))
        assert isinstance(await self.log.append(replace(draft, effects=units)), Committed)

    async def queue(
        self,
        recipient: str = "ordnungsamt",
        *,
        state: DeliveryState = DeliveryState.QUEUED,
        delete_at_day: int | None = None,
        payload: dict[str, Any] | None = None,
        hold_s: int = 72 * 3600,
    ) -> str:
        """Append a decision with its sealed payload; return the delivery's id."""
        moment = self.clock.now()
        unit = (await self.registry.snapshot()).units[recipient]
        assert unit.encryption_key is not None
        exchange_id, delivery_id = random_id(), random_id()
        plaintext = json.dumps(
            {
                "exchange_id": exchange_id,
                "exchange_kind": "PREMISES_HAZARD_NOTICE",
                "payload": payload or {"premises_address": "Am Sande 1"},
            }
        ).encode()
        delivery = NewDelivery(
            id=delivery_id,
            recipient=recipient,
            sender="polizei",
            jwe=seal(plaintext, unit.encryption_key),
            state=state,
            due_at=moment.evaluated_at,
            expires_at=moment.evaluated_at + hold_s,
            delete_at_day=delete_at_day,
        )
        recipient_part = {
            "exchange_id": exchange_id,
            "delivery_id": delivery_id,
            "recipient": recipient,
            "payload_sha256": hashlib.sha256(plaintext).hexdigest(),
        }
        parties = {
            "sender": {"unit": "polizei", "kind": "POLICE_INSPECTION"},
            "recipient": {"unit": recipient, "kind": unit.kind},
        }
        audit = {"exchange_id": exchange_id, "exchange_kind": "PREMISES_HAZARD_NOTICE", **parties}
        head = await self.log.head()
        fate = await self.log.append(
            self.drafter.draft(
                EntryType.DECISION,
                moment,
                head.policy_digest,
                head.registry_digest,
                {Part.RECIPIENT: recipient_part, Part.AUDIT: audit},
                bucket=BUCKET,
                entry_id=exchange_id,
                delivery=delivery,
            )
        )
        assert isinstance(fate, Committed)
        return delivery_id

    async def delivery(self, delivery_id: str) -> Delivery:
        """Return the row of the outbox as it stands."""
        for index in range((await self.log.head()).size):
            found = await self.outbox.of_exchange(index)
            if found is not None and found.id == delivery_id:
                return found
        raise AssertionError("no such delivery")

    def parts(self, part: Part = Part.AUDIT) -> list[dict[str, Any]]:
        """Return that part of every `delivery` entry that has it, in the order of the log."""
        return [
            part_of(entry.parts[part])
            for entry in self.reader.entries(0, 10_000)
            if entry.type is EntryType.DELIVERY and part in entry.parts
        ]

    def events(self, delivery_id: str | None = None) -> list[str]:
        """Return the events of all deliveries, or of one."""
        return [
            part["event"]
            for part in self.parts()
            if delivery_id is None or part["delivery_id"] == delivery_id
        ]

    def ports(self, destination: Destination, **changes: Any) -> ForwardPorts:
        return ForwardPorts(
            **{
                "clock": self.clock,
                "registry": self.registry,
                "log": self.log,
                "outbox": self.outbox,
                "destination": destination,
                "entries": DeliveryEntries(self.drafter, self.log),
                "schedule": Backoff(2.0, 3600.0, draw=lambda: 0.999),
                "patience": Patience(60, 20.0, 14 * DAY),
                **changes,
            }
        )


def make_home(home: Path) -> None:
    """Make keys and an empty log in *home*."""
    (home / "keys").mkdir(parents=True)
    signers = {}
    for name in ("keys/entry", "keys/checkpoint", "keys/transport"):
        key = ed25519.Ed25519PrivateKey.generate()
        (home / f"{name}.pem").write_bytes(_pem(key))
        signers[name] = FileSigner(key)
    migrate(_url(home))
    engine = open_database(_url(home))
    people = first_people()
    create_log(engine, ORIGIN, signers["keys/checkpoint"], (POLICY, registry_digest(people)))
    with engine.begin() as connection:
        for key, body in people.items():
            sql_effects.apply(connection, PutDocument(key, body))
    engine.dispose()


def key_list(home: Path) -> KeyList:
    """Return the keys of the log in *home*."""
    return KeyList.of(
        KeyRange(
            KeyUse(name),
            PublicKey.from_jwk(FileSigner.load(home / f"keys/{name}.pem").public_jwk),
            0,
            None,
        )
        for name in ("entry", "checkpoint", "transport")
    )


@asynccontextmanager
async def open_world(home: Path, clock: Clock) -> AsyncIterator[World]:
    """Open the log in *home*; several processes may."""
    seal = RecordSeal(FileKeys(home / "keys"))
    engine = open_database(_url(home))
    reader = SqlReader(engine, seal)
    appender = SqlAppender(engine, FileSigner.load(home / "keys/checkpoint.pem"))
    drafter = Drafter(ORIGIN, "none", "0", FileSigner.load(home / "keys/entry.pem"), seal)
    try:
        async with (
            BatchingLog(appender, reader, batch_limit=64) as log,
            SqlOutbox(engine) as outbox,
        ):
            yield World(home, clock, log, outbox, SqlRegistry(engine), reader, drafter, engine)
    finally:
        engine.dispose()


def unit_of(document: dict[str, Any]) -> Any:
    return parse_unit(document)


def fresh_signer() -> FileSigner:
    return FileSigner(ed25519.Ed25519PrivateKey.generate())


def _url(home: Path) -> str:
    return f"sqlite:///{home / 'gateway.db'}"


def _pem(key: ed25519.Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
