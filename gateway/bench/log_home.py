"""A log to measure with: the gateway's own files, and drafts like those of real exchanges."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import Observe, SqlAppender
from gateway.adapters.sql_reader import SqlReader
from gateway.demo.people import Circle
from gateway.drafting import Drafter
from gateway.founding import found
from gateway.model.evidence import (
    Claim,
    Concern,
    DeliveryState,
    Draft,
    EntryType,
    NewDelivery,
    Part,
    SealedRecord,
    SubjectToken,
)
from gateway.settings import Settings
from gateway.tlog.checkpoint import Checkpoint
from gateway.tlog.jwk import PublicKey
from gateway.tlog.merkle import leaf_hash, verify_inclusion
from gateway.tlog.note import VerifierKey
from gateway.tlog.proof import LogProof

Json = Any
LEAF_BYTES = 1200
_ORIGIN = "datenschleuse.bench/log"
_SENDER, _RECIPIENT = "bench-polizei", "bench-ordnungsamt"
_BUCKET = "bench.decision_log_JI.2027-12"
_JWE_BYTES = 3600
_FILL = 1000
_REASON = {"reason": "not_necessary", "rule": "NPOG-41", "de": "Nicht erforderlich.", "en": "No."}
_PARTS: dict[Part, Json] = {
    Part.SENDER: {"withheld": [{"members": [f"m{n}"], **_REASON} for n in range(9)]},
    Part.AUDIT: {
        "decision": {
            "outcomes": [{"action": "release", "members": [f"m{n}"], **_REASON} for n in range(18)],
            "obligations": [{"code": "OB-LOG", "rule": "NPOG-41"}],
        }
    },
    Part.INPUT: {"members": {f"member_{n}": {"role": "witness", "n": n} for n in range(18)}},
    Part.PERSON: {"justification": "Notausgang verschlossen. " * 50, "signature": "s" * 600},
    Part.RECIPIENT: {"obligations": ["OB-LOG"] * 9, "payload_sha256": "0" * 64},
}


@dataclass(frozen=True, slots=True)
class LogHome:
    """A founded gateway of which only the log is used."""

    folder: Path
    engine: Engine
    appender_key: FileSigner
    drafter: Drafter
    reader: SqlReader
    digests: tuple[str, str]

    def appender(self, observe: Observe | None = None) -> SqlAppender:
        return SqlAppender(self.engine, self.appender_key, observe=observe)

    def decisions(self, count: int) -> list[Draft]:
        """Return drafts of decisions: signed, sealed, each with delivery, claim and index."""
        now = SystemClock().now()
        return [
            self.drafter.draft(
                EntryType.DECISION,
                now,
                *self.digests,
                _PARTS,
                bucket=_BUCKET,
                claim=Claim(_SENDER, _uuid(), secrets.token_bytes(32), 201),
                delivery=_delivery(DeliveryState.QUEUED, secrets.token_bytes(_JWE_BYTES)),
                subjects=(SubjectToken("bench.2026", secrets.token_bytes(32)),),
                concerns=(Concern(_SENDER, Part.SENDER),),
            )
            for _ in range(count)
        ]

    def fill(self, size: int) -> None:
        """Let the log grow to *size* entries that are no decisions, though as long.

        All rows are there, under true hashes: only the leaf is random instead of signed, and
        the sealed texts are short.
        """
        appender = self.appender()
        while (missing := size - self.reader.head().size) > 0:
            appender.append([self._filler() for _ in range(min(_FILL, missing))])

    def _filler(self) -> Draft:
        return Draft(
            type=EntryType.DECISION,
            entry_id=secrets.token_hex(16),
            leaf=secrets.token_bytes(LEAF_BYTES),
            policy_digest=self.digests[0],
            registry_digest=self.digests[1],
            record=SealedRecord(_BUCKET, bytes(60), dict.fromkeys(Part, bytes(40))),
            claim=Claim(_SENDER, _uuid(), bytes(32), 201),
            delivery=_delivery(DeliveryState.DELIVERED, bytes(40)),
            subjects=(SubjectToken("bench.2026", secrets.token_bytes(32)),),
            concerns=(Concern(_SENDER, Part.SENDER),),
        )

    def begin_wal(self) -> int:
        """Let the next entry begin the write-ahead log anew; return how often it was until then."""
        with self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(RESTART)")
        return self.wal_restarts() + 1

    def wal_restarts(self) -> int:
        """Return how often SQLite has begun its write-ahead log anew (its file format, 4.1)."""
        with (self.folder / "gateway.db-wal").open("rb") as wal:
            return int.from_bytes(wal.read(16)[12:], "big")

    def check_proofs(self, draft: Draft, proof: LogProof) -> Checkpoint:
        """Prove that *draft* and the log's first entry are under the signed root.

        Raises:
            GatewayError: One is not.
        """
        key = VerifierKey(_ORIGIN, PublicKey.from_jwk(self.appender_key.public_jwk))
        checkpoint = proof.verify(draft.leaf, key)
        [first] = self.reader.entries(0, 1)
        note, hashes = self.reader.receipt_proof(0, checkpoint.size)
        LogProof(0, hashes, note).verify(first.leaf, key)
        verify_inclusion(leaf_hash(first.leaf), 0, checkpoint.size, hashes, checkpoint.root)
        return checkpoint


@contextmanager
def a_log_home(folder: Path) -> Iterator[LogHome]:
    """Found a gateway in *folder* and open its log."""
    home = folder / "home"
    nothing = home / "none"
    settings = Settings(
        home=home,
        origin=_ORIGIN,
        public_url="https://localhost:1",
        tls_certificate=nothing,
        tls_key=nothing,
        client_ca=nothing,
        partner_ca=nothing,
    )
    found(settings, "", Circle(folder / "people").founders())
    engine = open_database(f"sqlite:///{home / 'gateway.db'}")
    seal = RecordSeal(FileKeys(home / "keys"))
    entry, checkpoint = (
        FileSigner.load(home / "keys" / f"{name}.pem") for name in ("entry", "checkpoint")
    )
    reader = SqlReader(engine, seal)
    head = reader.head()
    try:
        yield LogHome(
            home,
            engine,
            checkpoint,
            Drafter(_ORIGIN, "bench/1", __version__, entry, seal),
            reader,
            (head.policy_digest, head.registry_digest),
        )
    finally:
        engine.dispose()


def stored_bytes(draft: Draft) -> bytes:
    """Return what the log keeps of a decision: leaf, record, sealed payload, claim."""
    record, delivery, claim = draft.record, draft.delivery, draft.claim
    assert record is not None
    assert delivery is not None
    assert claim is not None
    sealed = b"".join(record.parts.values())
    return b"".join(
        (draft.leaf, record.wrapped_key, sealed, delivery.jwe, claim.key.encode(), claim.body_hmac)
    )


def _delivery(state: DeliveryState, jwe: bytes) -> NewDelivery:
    now = SystemClock().now().evaluated_at
    return NewDelivery(
        secrets.token_hex(16), _RECIPIENT, _SENDER, jwe, state, now, now + 72 * 3600, None
    )


def _uuid() -> str:
    text = secrets.token_hex(16)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
