"""What the core asks of the world: protocols with their promises.

An adapter turns foreign errors into ours at the seam. A second implementation of each port,
which fails when told to, is in `gateway/adapters/memory.py`; one contract suite runs against
both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.model.concern import ConcernPage, Wanted, everything
from gateway.model.evidence import (
    Claim,
    DeliveryState,
    Draft,
    Fate,
    Lease,
    Part,
    Proven,
    StoredEntry,
)
from gateway.model.exchange import Moment
from gateway.model.unit import RegistrySnapshot, Unit

Json = Any


class Clock(Protocol):
    """Time, in UTC and as the day number in Europe/Berlin."""

    def now(self) -> Moment:
        """Return the present moment."""


class Signer(Protocol):
    """A private key that signs; the key itself never leaves the adapter.

    `kid` is the RFC 7638 thumbprint (SHA-256, base64url) of `public_jwk`.
    """

    @property
    def kid(self) -> str: ...

    @property
    def public_jwk(self) -> Mapping[str, str]: ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature over *data*: Ed25519, or ECDSA P-256 as r‖s with SHA-256."""


class UnitRegistry(Protocol):
    """The registered units. What it answers is in force now, not some time ago."""

    async def snapshot(self) -> RegistrySnapshot:
        """Return all units under the registry digest that the log head names.

        Raises:
            RegistryUnavailable: It cannot be read.
        """


class PolicyEngine(Protocol):
    """The policy decision point. There is one Rego semantics in this product: OPA's."""

    @property
    def name(self) -> str:
        """Engine with version, as the leaf names it."""

    async def decide(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        """Return the raw decision document for *policy_input* under the named policy set.

        Raises:
            PolicyUnavailable: Undefined, late, an error inside a rule, another policy digest
                active than the one asked for, or no engine at all. Never a guess.
        """


class SubjectKeys(Protocol):
    """Keys of the blind index, one per controller and year."""

    def subject_key(self, controller: str, year: int) -> tuple[str, bytes]:
        """Return the key's id and its 32 bytes, made and made durable on first use.

        Raises:
            KeysUnavailable: It can be neither read nor made.
        """


class BucketKeys(Protocol):
    """Keys that wrap record keys, outside the database and outside its backup."""

    def bucket_key(self, bucket: str) -> bytes:
        """Return the 32 bytes of *bucket*, made and made durable on first use.

        Raises:
            KeysUnavailable: It can be neither read nor made.
        """

    def existing_bucket_key(self, bucket: str) -> bytes | None:
        """Return the 32 bytes of *bucket*, or None once it is destroyed. Never makes one."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the `log_head` row says."""

    origin: str
    size: int
    root: bytes
    checkpoint: str
    policy_digest: str
    registry_digest: str


class DecisionLog(Protocol):
    """The log of entries, append only, with all that must become durable with an entry."""

    async def append(self, draft: Draft) -> Fate:
        """Persist *draft* with its parts, claim, delivery and effects, all or nothing.

        When this returns `Committed`, the entry survives a crash of process and host, its
        index belongs to it alone, and the checkpoint in the answer covers it.
        `Lost` and `Stale` mean that nothing of the draft was stored.

        Raises:
            LogUnavailable: It may or may not be stored; do not forward, do not answer 2xx.
        """

    async def head(self) -> Head:
        """Return the head as it is now."""

    async def claimed(self, unit: str, key: str) -> tuple[Claim, int] | None:
        """Return the claim on an idempotency key and the index of its entry, or None."""

    async def entry(self, index: int) -> StoredEntry | None:
        """Return one entry with the parts that still exist."""

    async def proven(self, index: int, part: Part) -> Proven | None:
        """Return one entry with *part* alone, if that still exists, and its inclusion proof to
        the checkpoint that was signed with it."""

    async def index_of(self, entry_id: str) -> int | None:
        """Return the index of the entry with this id (32 hex digits)."""

    async def receipt_proof(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        """Return the checkpoint of exactly *size* entries, and the inclusion proof to it."""

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the log of *new* entries extends the one of *old*."""

    async def hash_tile(self, level: int, number: int, width: int) -> bytes | None:
        """Return the *width* hashes of a tile, or None if the log has fewer."""

    async def entry_bundle(self, number: int, width: int) -> bytes | None:
        """Return an entry bundle of *width* entries, or None if the log has fewer."""

    async def concerns(
        self, unit: str, after: int, limit: int, wanted: Wanted = everything
    ) -> ConcernPage:
        """Return up to *limit* of the *wanted* entries after index *after* that concern *unit*.

        They come in the order of the log, each with the one part that the unit may read. Only
        a bounded number of rows is looked at, so that a page may be short, or empty, with
        more to come.
        """

    async def newest_concerns(self, units: Collection[str]) -> Mapping[str, int]:
        """Return the index of the newest entry that concerns each of the registered *units*."""

    async def index_at(self, time: int) -> int:
        """Return the index of the first entry made at *time* (epoch seconds) or later.

        It is the size of the log if there is none. Found by bisection: where the clock went
        back, it may be another entry of nearly that time.
        """

    async def check_writable(self) -> None:
        """Take the write lock and give it back.

        Raises:
            LogUnavailable: It cannot be had in time.
        """


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, with the decision that it belongs to.

    `index` and `exchange_id` name the decision's entry, `bucket` is where its record lies:
    None once that is erased. `jwe` is None once the delivery is settled; `acknowledged` is
    then the digest (SHA-256, hex) with which its recipient acknowledged what it fetched.
    """

    id: str
    index: int
    exchange_id: str
    bucket: str | None
    recipient: str
    sender: str
    jwe: bytes | None = field(repr=False)
    state: DeliveryState
    attempts: int
    failures_logged: bool
    next_at: int
    created_at: int
    expires_at: int
    delete_at_day: int | None
    acknowledged: str | None = None


class Outbox(Protocol):
    """Sealed payloads waiting for their recipients.

    Times are epoch seconds. What changes together with an entry changes in the log, as an
    effect of its draft; here is only what needs no entry. At any time at most one lease of
    a delivery runs. Every method raises `LogUnavailable` when the outbox cannot be reached;
    what it was to do may then be done or not.
    """

    async def due(
        self,
        now: int,
        limit: int,
        but_for: Collection[str] = (),
        begun: Collection[str] = (),
    ) -> Sequence[Delivery]:
        """Return queued deliveries whose time has come and that nobody has leased.

        Those that have waited longest come first. Left out are those to the units *but_for*,
        and the ones whose ids are in *begun*.
        """

    async def overdue_holds(self, now: int, limit: int) -> Sequence[Delivery]:
        """Return held deliveries whose 72 hours are over."""

    async def lapsed(
        self, now: int, created_until: int, today: int, limit: int
    ) -> Sequence[Delivery]:
        """Return queued deliveries that must not be tried any more, whenever they are due.

        They were made at or before *created_until*, or their delete date is before the day
        *today*. Nobody has leased them.
        """

    async def take(self, leases: Sequence[Lease]) -> Sequence[Delivery]:
        """Lease deliveries for a further attempt (no entry); leave out those that are gone."""

    async def postpone(self, delivery_id: str, token: str, next_at: int) -> None:
        """Give a lease back without an entry, to be tried again at *next_at*.

        Does nothing once the lease is another's.
        """

    async def put_off(self, delivery_id: str, now: int, next_at: int) -> None:
        """Let a queued delivery wait until *next_at*; that is no attempt, and no entry.

        Does nothing once somebody has leased it.
        """

    async def of_exchange(self, index: int) -> Delivery | None:
        """Return the delivery that belongs to the entry at *index*."""

    async def find(self, delivery_id: str) -> Delivery | None:
        """Return the delivery with this id, in whatever state it is."""

    async def waiting_for(
        self, recipient: str, now: int, after: int, limit: int, max_bytes: int
    ) -> Sequence[Delivery]:
        """Return what waits for *recipient* in the order of its decisions, after index *after*.

        At most *limit* deliveries, and no more of them than *max_bytes* of sealed payload,
        but at least one. Those that somebody has leased are left out.
        """


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the recipient answered, already compared with what was sent."""

    delivery_id: str
    jwe_sha256: str


class Destination(Protocol):
    """The way to a recipient's endpoint."""

    async def deliver(
        self, unit: Unit, delivery_id: str, body: bytes, jwe: bytes
    ) -> Acknowledgement:
        """Push one delivery and return its acknowledgement.

        Raises:
            DeliveryFailed: No acknowledgement of exactly this delivery came; `final` says
                that trying again is of no use, `retry_after_s` what the recipient asked for.
        """
