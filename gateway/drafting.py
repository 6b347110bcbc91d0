"""Drafts of entries: a signed leaf, and its record sealed into a bucket."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict, Unpack

from gateway.model.evidence import (
    Claim,
    Concern,
    Draft,
    Effect,
    EntryType,
    NewDelivery,
    Part,
    SealedRecord,
    SubjectToken,
)
from gateway.model.exchange import Moment
from gateway.ports import Signer
from gateway.tlog.entry import Claims, Leaf, make_leaf

Json = Any


class RecordSealer(Protocol):
    """Encrypts the parts of a record, so that erasing a key erases the record."""

    def seal(self, entry_id: str, bucket: str, parts: Mapping[Part, str]) -> SealedRecord:
        """Encrypt disclosures under a fresh key, wrapped by the key of *bucket*.

        Raises:
            KeysUnavailable: The bucket's key can be neither read nor made.
        """


class DraftFields(TypedDict, total=False):
    """What a draft may carry beside its leaf and its record."""

    claim: Claim | None
    subjects: tuple[SubjectToken, ...]
    delivery: NewDelivery | None
    effects: tuple[Effect, ...]
    concerns: tuple[Concern, ...]
    new_policy_digest: str | None
    new_registry_digest: str | None


@dataclass(frozen=True, slots=True)
class Composed:
    """A draft with what it was made of: parts, and the leaf, whose disclosures a receipt needs."""

    draft: Draft
    leaf: Leaf
    parts: Mapping[Part, Json] = field(repr=False)


def random_id() -> str:
    """Return 128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Drafter:
    """Makes drafts for one log; *engine* and *version* are what every leaf names."""

    origin: str
    engine: str
    version: str
    signer: Signer
    seal: RecordSealer
    new_id: Callable[[], str] = random_id

    def draft(
        self,
        entry_type: EntryType,
        moment: Moment,
        policy_digest: str,
        registry_digest: str,
        parts: Mapping[Part, Json],
        *,
        bucket: str | None,
        entry_id: str | None = None,
        **fields: Unpack[DraftFields],
    ) -> Draft:
        """Return a draft; see `compose`."""
        return self.compose(
            entry_type,
            moment,
            policy_digest,
            registry_digest,
            parts,
            bucket=bucket,
            entry_id=entry_id,
            **fields,
        ).draft

    def compose(
        self,
        entry_type: EntryType,
        moment: Moment,
        policy_digest: str,
        registry_digest: str,
        parts: Mapping[Part, Json],
        *,
        bucket: str | None,
        entry_id: str | None = None,
        **fields: Unpack[DraftFields],
    ) -> Composed:
        """Sign a leaf over *parts* and seal them into *bucket*.

        Without a bucket the entry has no record: its parts are committed to, not kept. The
        id is random unless the caller had to know it before. The digests must be those in
        force when the draft is committed; on `Stale` draft again. An entry that puts a new
        digest in force names the new one in its leaf.

        Raises:
            KeysUnavailable: The bucket's key can be neither read nor made.
            MalformedLeaf: A claim or part does not have its form.
        """
        chosen = self.new_id() if entry_id is None else entry_id
        claims = Claims(
            origin=self.origin,
            type=entry_type,
            id=chosen,
            time=moment.evaluated_at,
            policy_digest=fields.get("new_policy_digest") or policy_digest,
            registry_digest=fields.get("new_registry_digest") or registry_digest,
            engine=self.engine,
            gateway=self.version,
        )
        leaf = make_leaf(claims, parts, self.signer)
        record = self.seal.seal(chosen, bucket, leaf.disclosures) if bucket is not None else None
        draft = Draft(
            type=entry_type,
            entry_id=chosen,
            leaf=leaf.entry,
            policy_digest=policy_digest,
            registry_digest=registry_digest,
            record=record,
            **fields,
        )
        return Composed(draft, leaf, parts)
