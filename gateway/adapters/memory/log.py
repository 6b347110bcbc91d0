"""The `DecisionLog` port in memory; told to fail, it fails before or after it stored."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gateway.adapters.memory.outbox import MemoryOutbox
from gateway.adapters.memory.registry import MemoryRegistry
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.stored_leaf import index_at, time_of
from gateway.errors import KeysUnavailable, LogUnavailable, NotFound
from gateway.model.concern import Concerned, ConcernPage, ConcernRow, Wanted, everything
from gateway.model.evidence import (
    Claim,
    CloseChange,
    Committed,
    Draft,
    Effect,
    Fate,
    Lost,
    Part,
    Proven,
    PutDocument,
    Stale,
    StoredEntry,
    SubjectToken,
)
from gateway.ports import Head, Signer
from gateway.tlog.checkpoint import Checkpoint, sign_checkpoint
from gateway.tlog.merkle import Frontier, consistency_proof, extend, inclusion_proof, leaf_hash
from gateway.tlog.tiles import encode_bundle

_TILE_WIDTH = 256


class Trouble(StrEnum):
    """How an append may fail: with the entry stored, or without."""

    REFUSES = "nothing is stored, and the caller is told that it failed"
    STORES_AND_FAILS = "the entry is stored, and the caller is told that it failed"


@dataclass(slots=True)
class MemoryLog:
    """Entries in a list, one transaction each.

    `troubles` meet the next appends, in order; `delay_s` passes before each answer; while
    `unreadable`, nothing can be read. `subjects` is the blind index, by entry.
    """

    origin: str
    signer: Signer
    seal: RecordSeal
    outbox: MemoryOutbox
    registry: MemoryRegistry
    policy_digest: str
    troubles: list[Trouble] = field(default_factory=list)
    delay_s: float = 0.0
    unreadable: bool = False
    drafts: list[Draft] = field(default_factory=list)
    subjects: dict[int, frozenset[SubjectToken]] = field(default_factory=dict)
    _claims: dict[tuple[str, str], tuple[Claim, int]] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _frontier: Frontier = field(default_factory=Frontier)
    _hashes: dict[int, list[bytes]] = field(default_factory=lambda: {0: []})

    def __post_init__(self) -> None:
        self._notes.append(self._note(self._frontier))

    async def append(self, draft: Draft) -> Fate:
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is Trouble.REFUSES:
            raise LogUnavailable("the log cannot be written")
        try:
            fate = self._append(draft)
        except KeysUnavailable as error:
            raise LogUnavailable("the log cannot be written") from error
        await asyncio.sleep(self.delay_s)
        if trouble is Trouble.STORES_AND_FAILS:
            raise LogUnavailable("the log does not answer")
        return fate

    async def head(self) -> Head:
        self._read()
        return Head(
            origin=self.origin,
            size=len(self.drafts),
            root=self._frontier.root(),
            checkpoint=self._notes[-1],
            policy_digest=self.policy_digest,
            registry_digest=self.registry.digest,
        )

    async def claimed(self, unit: str, key: str) -> tuple[Claim, int] | None:
        self._read()
        return self._claims.get((unit, key))

    async def entry(self, index: int) -> StoredEntry | None:
        self._read()
        if not 0 <= index < len(self.drafts):
            return None
        draft = self.drafts[index]
        record = draft.record
        return StoredEntry(
            index=index,
            entry_id=draft.entry_id,
            type=draft.type,
            leaf=draft.leaf,
            size=index + 1,
            bucket=None if record is None else record.bucket,
            parts={}
            if record is None
            else self.seal.open(draft.entry_id, record.bucket, record.wrapped_key, record.parts),
        )

    async def proven(self, index: int, part: Part) -> Proven | None:
        entry = await self.entry(index)
        if entry is None:
            return None
        note, proof = await self.receipt_proof(index, entry.size)
        kept = {name: text for name, text in entry.parts.items() if name is part}
        return Proven(replace(entry, parts=kept), note, proof)

    async def index_of(self, entry_id: str) -> int | None:
        self._read()
        return next((i for i, draft in enumerate(self.drafts) if draft.entry_id == entry_id), None)

    async def receipt_proof(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        self._read()
        if not 0 < size < len(self._notes):
            raise NotFound("no checkpoint of that size")
        return self._notes[size], inclusion_proof(index, size, self._read_hashes)

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        self._read()
        return consistency_proof(old, new, self._read_hashes)

    async def hash_tile(self, level: int, number: int, width: int) -> bytes | None:
        self._read()
        start = number * _TILE_WIDTH
        hashes = self._read_hashes(level, start, start + width)
        return b"".join(hashes) if len(hashes) == width else None

    async def entry_bundle(self, number: int, width: int) -> bytes | None:
        self._read()
        start = number * _TILE_WIDTH
        leaves = [draft.leaf for draft in self.drafts[start : start + width]]
        return encode_bundle(leaves) if len(leaves) == width else None

    async def concerns(
        self, unit: str, after: int, limit: int, wanted: Wanted = everything
    ) -> ConcernPage:
        self._read()
        rows = [
            row
            for index in range(after + 1, len(self.drafts))
            if (row := self._concern(unit, index)) is not None
        ]
        chosen = [row for row in rows if wanted(row)]
        found = [await self._opened(row) for row in chosen[:limit]]
        more = len(chosen) > limit
        seen = chosen[limit - 1].index if more else (rows[-1].index if rows else after)
        return ConcernPage(tuple(found), seen, more)

    async def newest_concerns(self, units: Collection[str]) -> Mapping[str, int]:
        self._read()
        return {
            concern.unit: index
            for index, draft in enumerate(self.drafts)
            for concern in draft.concerns
            if concern.unit in units
        }

    async def index_at(self, time: int) -> int:
        self._read()
        return index_at(time, len(self.drafts), lambda index: self.drafts[index].leaf)

    async def check_writable(self) -> None:
        if Trouble.REFUSES in self.troubles[:1]:
            raise LogUnavailable("the log cannot be written")

    def _append(self, draft: Draft) -> Fate:
        if (draft.policy_digest, draft.registry_digest) != (
            self.policy_digest,
            self.registry.digest,
        ):
            return Stale()
        index = len(self.drafts)
        if draft.claim is not None:
            known = self._claims.get((draft.claim.unit, draft.claim.key))
            if known is not None:
                return Lost(known[1])
        trial = deepcopy(self.outbox)
        if not all(_applied(effect, trial) for effect in draft.effects):
            return Lost(None)
        extension = extend(self._frontier, [leaf_hash(draft.leaf)])
        note = self._note(extension.frontier)
        self._carry_out(draft, index)
        self._frontier = extension.frontier
        self._hashes[0].append(leaf_hash(draft.leaf))
        for level, _, value in extension.completed:
            self._hashes.setdefault(level, []).append(value)
        self.drafts.append(draft)
        self._notes.append(note)
        return Committed(index, note, extension.proof(index))

    def _concern(self, unit: str, index: int) -> ConcernRow | None:
        """Return the row that says what the entry at *index* is to *unit*."""
        draft = self.drafts[index]
        for concern in draft.concerns:
            if concern.unit == unit:
                state = self.outbox.state_of(index)
                return ConcernRow(index, concern.role, draft.entry_id, draft.type, state)
        return None

    async def _opened(self, row: ConcernRow) -> Concerned:
        entry = await self.entry(row.index)
        assert entry is not None
        return Concerned(row, time_of(entry.leaf), entry.parts.get(row.role))

    def _carry_out(self, draft: Draft, index: int) -> None:
        """Do all that becomes durable with the entry."""
        if draft.claim is not None:
            self._claims[draft.claim.unit, draft.claim.key] = draft.claim, index
        if draft.delivery is not None:
            bucket = None if draft.record is None else draft.record.bucket
            self.outbox.insert(draft.delivery, index, draft.entry_id, bucket)
        for effect in draft.effects:
            if isinstance(effect, PutDocument):
                self.registry.apply(effect)
            elif not isinstance(effect, CloseChange):
                self.outbox.apply(effect)
        if draft.subjects:
            self.subjects[index] = frozenset(draft.subjects)
        self.policy_digest = draft.new_policy_digest or self.policy_digest
        self.registry.digest = draft.new_registry_digest or self.registry.digest

    def _note(self, frontier: Frontier) -> str:
        head = Checkpoint(self.origin, frontier.size, frontier.root())
        return sign_checkpoint(head, self.signer)

    def _read_hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        return self._hashes.get(level, [])[start:end]

    def _read(self) -> None:
        if self.unreadable:
            raise LogUnavailable("the log cannot be read")


def _applied(effect: Effect, outbox: MemoryOutbox) -> bool:
    """Try *effect*; a document can always be written, and no change sets are kept here."""
    return isinstance(effect, PutDocument | CloseChange) or outbox.apply(effect)
