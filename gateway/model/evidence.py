"""What is durable: drafts of entries, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Any


class EntryType(StrEnum):
    """The closed set of entry types (DESIGN 5.1)."""

    DECISION = "decision"
    REFUSAL = "refusal"
    REQUEST = "request"
    DELIVERY = "delivery"
    POLICY = "policy"
    REGISTRY = "registry"
    ACCESS = "access"
    ERASURE = "erasure"
    KEY = "key"
    SIMULATION = "simulation"
    REPORTED = "reported"
    RELEASE = "release"
    CORRECTION = "correction"
    TASK = "task"
    REPORT = "report"
    STOP = "stop"
    RESTORE = "restore"


class Part(StrEnum):
    """The parts of a record; each is one salted disclosure, and a reader gets only his."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    AUDIT = "audit"
    INPUT = "input"
    PERSON = "person"


class DeliveryState(StrEnum):
    """Where a sealed payload stands."""

    QUEUED = "queued"
    HELD = "held"
    DELIVERED = "delivered"
    PARKED = "parked"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record's parts, encrypted under its own key, and that key wrapped by a bucket key."""

    bucket: str
    wrapped_key: bytes
    parts: Mapping[Part, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """An idempotency key with the keyed digest of the request that it stands for."""

    unit: str
    key: str
    body_hmac: bytes
    status: int


@dataclass(frozen=True, slots=True)
class SubjectToken:
    """A blind-index token of one person: HMAC under the key `key_id`, never the name."""

    key_id: str
    token: bytes


@dataclass(frozen=True, slots=True)
class Concern:
    """An entry concerns *unit*, which may read the part *role* of its record."""

    unit: str
    role: Part


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A sealed payload on its way into the outbox."""

    id: str
    recipient: str
    sender: str
    jwe: bytes = field(repr=False)
    state: DeliveryState
    due_at: int
    expires_at: int
    delete_at_day: int | None


@dataclass(frozen=True, slots=True)
class Lease:
    """Take a delivery for its attempt number *attempt*, counted from 1.

    The draft is dropped if another worker has it, or has tried it meanwhile.
    """

    delivery_id: str
    attempt: int
    token: str
    now: int
    until: int


@dataclass(frozen=True, slots=True)
class Settle:
    """End or postpone an attempt; dropped if the lease is no longer ours.

    `acknowledged` is the digest (SHA-256, hex) with which a recipient acknowledged what it
    fetched, kept so that a repeat can be recognised when the payload is gone.
    """

    delivery_id: str
    token: str | None
    from_state: DeliveryState
    state: DeliveryState
    next_at: int | None
    keep_payload: bool
    failure_logged: bool = False
    acknowledged: str | None = None


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Write a canonical document of the registry, or remove it (None).

    The head takes the new registry digest with the entry.
    """

    key: str
    document: bytes | None


@dataclass(frozen=True, slots=True)
class CloseChange:
    """Note that a change set is in force; dropped if it is not proposed any more as it was.

    `document` is its canonical form: what was put in its place meanwhile is another draft.
    """

    change_id: str
    document: bytes


Effect = Lease | Settle | PutDocument | CloseChange


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry that wants to be appended, with all that must become durable with it.

    `policy_digest` and `registry_digest` must be those in force when it is committed;
    `new_policy_digest` and `new_registry_digest` are in force from this entry on.
    """

    type: EntryType
    entry_id: str
    leaf: bytes
    policy_digest: str
    registry_digest: str
    record: SealedRecord | None = None
    claim: Claim | None = None
    subjects: tuple[SubjectToken, ...] = ()
    delivery: NewDelivery | None = None
    effects: tuple[Effect, ...] = ()
    concerns: tuple[Concern, ...] = ()
    new_policy_digest: str | None = None
    new_registry_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """An entry is durable: its index, and the proof against the checkpoint of its batch."""

    index: int
    checkpoint: str
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Another draft came first: `index` is the entry that holds the idempotency key, if any."""

    index: int | None


@dataclass(frozen=True, slots=True)
class Stale:
    """The draft names a policy or registry digest that is no longer in force."""


Fate = Committed | Lost | Stale


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry as the log keeps it; `parts` are decrypted disclosures, fewer after erasure."""

    index: int
    entry_id: str
    type: EntryType
    leaf: bytes
    size: int
    bucket: str | None
    parts: Mapping[Part, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, and its inclusion proof to the checkpoint that was signed with it."""

    entry: StoredEntry
    checkpoint: str
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reader keeps: the leaf with his parts, and a `tlog-proof` to a signed root."""

    sd_jwt: str
    proof: str

    def document(self) -> dict[str, Json]:
        return {"sd_jwt": self.sd_jwt, "proof": self.proof}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told once the decision is durable: 201, 202 or 403."""

    status: int
    exchange_id: str
    body: Mapping[str, Json] = field(repr=False)
