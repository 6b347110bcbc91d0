"""The decision log on SQL: one transaction appends a batch, whatever it carries (DESIGN 5.3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from gateway.adapters import sql_effects
from gateway.adapters.sql_statement import Statement
from gateway.adapters.tables.log import (
    CheckpointRow,
    ConcernRow,
    Entry,
    LogHead,
    PartRow,
    RecordKey,
    SubjectIndex,
    Tile,
)
from gateway.errors import LogUnavailable, StartRefused
from gateway.model.evidence import Committed, Draft, Fate, Lost, Stale
from gateway.ports import Signer
from gateway.tlog.checkpoint import Checkpoint, sign_checkpoint
from gateway.tlog.merkle import Extension, Frontier, extend, leaf_hash

Observe = Callable[[str, int], None]

_head: Any = LogHead.__table__  # type: ignore[attr-defined]
_READ_HEAD = Statement(
    select(
        _head.c.origin,
        _head.c.size,
        _head.c.frontier,
        _head.c.policy_digest,
        _head.c.registry_digest,
    ).with_for_update()
)
_UPDATE_HEAD = Statement(
    update(_head).values(
        {
            name: bindparam(name)
            for name in (
                "size",
                "root",
                "frontier",
                "checkpoint",
                "policy_digest",
                "registry_digest",
            )
        }
    )
)
_CLAIM = Statement(
    text("""
    INSERT INTO idempotency (unit, key, body_hmac, "index", status)
    VALUES (:unit, :key, :body_hmac, :index, :status) ON CONFLICT DO NOTHING
    """)
)
_WINNER = Statement(text('SELECT "index" FROM idempotency WHERE unit = :unit AND key = :key'))
_READ_TILE = Statement(text("SELECT data FROM tile WHERE level = :level AND n = :n"))
_UPDATE_TILE = Statement(text("UPDATE tile SET data = :data WHERE level = :level AND n = :n"))
_INSERT_CHECKPOINT, _INSERT_CONCERN, _INSERT_ENTRY, _INSERT_PART = (
    Statement(insert(row)) for row in (CheckpointRow, ConcernRow, Entry, PartRow)
)
_INSERT_KEY, _INSERT_SUBJECT, _INSERT_TILE = (
    Statement(insert(row)) for row in (RecordKey, SubjectIndex, Tile)
)


class _Head(NamedTuple):
    """What the head says before a batch."""

    origin: str
    size: int
    frontier: bytes
    policy_digest: str
    registry_digest: str


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A draft that got its place: position in the batch, and the draft."""

    position: int
    draft: Draft


def create_log(engine: Engine, origin: str, signer: Signer, digests: tuple[str, str]) -> None:
    """Write the head of an empty log with the policy and registry *digests* in force.

    Raises:
        StartRefused: The database holds a log already.
    """
    frontier = Frontier()
    root = frontier.root()
    note = sign_checkpoint(Checkpoint(origin, 0, root), signer)
    policy_digest, registry_digest = digests
    head = {
        "id": 1,
        "origin": origin,
        "size": 0,
        "root": root,
        "frontier": frontier.to_bytes(),
        "checkpoint": note,
        "policy_digest": policy_digest,
        "registry_digest": registry_digest,
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(_head).values(head))
    except IntegrityError as error:
        raise StartRefused("this database holds a log already") from error


class SqlAppender:
    """Appends batches of drafts; called from one thread at a time in each process."""

    def __init__(self, engine: Engine, signer: Signer, *, observe: Observe | None = None) -> None:
        self._engine = engine
        self._signer = signer
        self._observe = observe or (lambda _name, _amount: None)

    def append(self, drafts: Sequence[Draft]) -> list[Fate]:
        """Persist *drafts* in one transaction, in their order, and sign one checkpoint.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, OSError: Nothing is known to be stored.
        """
        with self._engine.begin() as connection:
            fates = self._append(connection, drafts)
        self._observe("batch", len(drafts))
        return fates

    def check_writable(self) -> None:
        """Begin a transaction that could append, and take it back.

        Raises:
            sqlalchemy.exc.SQLAlchemyError, OSError: The database cannot be written.
        """
        with self._engine.connect() as connection, connection.begin() as transaction:
            _READ_HEAD.first(connection)
            transaction.rollback()

    def _append(self, connection: Connection, drafts: Sequence[Draft]) -> list[Fate]:
        row = _READ_HEAD.first(connection)
        if row is None:
            raise LogUnavailable("the log has no head; run `datenschleuse init`")
        head = _Head(*row)
        fates: list[Fate | None] = [None] * len(drafts)
        digests = (head.policy_digest, head.registry_digest)
        accepted: list[_Accepted] = []
        for position, draft in enumerate(drafts):
            if (draft.policy_digest, draft.registry_digest) != digests:
                fates[position] = Stale()
                continue
            index = head.size + len(accepted)
            lost = self._claim(connection, draft, index)
            if lost is not None:
                fates[position] = lost
                continue
            accepted.append(_Accepted(position, draft))
            digests = (
                draft.new_policy_digest or digests[0],
                draft.new_registry_digest or digests[1],
            )
        if accepted:
            self._write(connection, head, accepted, digests, fates)
        return [fate for fate in fates if fate is not None]

    def _claim(self, connection: Connection, draft: Draft, index: int) -> Lost | None:
        """Claim what only one draft can have: an idempotency key, a lease, a state.

        All of it or nothing: a draft that is lost leaves neither claim nor effect.
        """
        if len(draft.effects) + (draft.claim is not None) < 2:
            return self._claim_each(connection, draft, index)
        savepoint = connection.begin_nested()
        lost = self._claim_each(connection, draft, index)
        if lost is None:
            savepoint.commit()
        else:
            savepoint.rollback()
        return lost

    def _claim_each(self, connection: Connection, draft: Draft, index: int) -> Lost | None:
        claim = draft.claim
        if claim is not None:
            key = {"unit": claim.unit, "key": claim.key}
            value = {"body_hmac": claim.body_hmac, "index": index, "status": claim.status}
            if _CLAIM.run(connection, key | value) == 0:
                return Lost(_WINNER.first(connection, key)[0])
        for effect in draft.effects:
            if not sql_effects.apply(connection, effect):
                return Lost(None)
        return None

    def _write(
        self,
        connection: Connection,
        head: _Head,
        accepted: Sequence[_Accepted],
        digests: tuple[str, str],
        fates: list[Fate | None],
    ) -> None:
        drafts = [item.draft for item in accepted]
        first = head.size
        hashes = [leaf_hash(draft.leaf) for draft in drafts]
        extension = extend(Frontier.from_bytes(head.frontier), hashes)
        size = first + len(drafts)
        note = sign_checkpoint(Checkpoint(head.origin, size, extension.root), self._signer)
        _INSERT_ENTRY.run_each(
            connection,
            [
                {
                    "index": first + offset,
                    "id": draft.entry_id,
                    "type": draft.type.value,
                    "leaf": draft.leaf,
                    "leaf_hash": hashes[offset],
                    "size": size,
                }
                for offset, draft in enumerate(drafts)
            ],
        )
        _insert_records(connection, first, drafts)
        _insert_tiles(connection, extension)
        sql_effects.insert_deliveries(connection, first, drafts)
        _INSERT_CHECKPOINT.run(connection, {"size": size, "note": note})
        _UPDATE_HEAD.run(
            connection,
            {
                "size": size,
                "root": extension.root,
                "frontier": extension.frontier.to_bytes(),
                "checkpoint": note,
                "policy_digest": digests[0],
                "registry_digest": digests[1],
            },
        )
        for offset, item in enumerate(accepted):
            index = first + offset
            fates[item.position] = Committed(index, note, extension.proof(index))


def _insert_records(connection: Connection, first: int, drafts: Sequence[Draft]) -> None:
    keys, parts, subjects, concerns = [], [], [], []
    for offset, draft in enumerate(drafts):
        index = first + offset
        if draft.record is not None:
            keys.append(
                {"index": index, "bucket": draft.record.bucket, "wrapped": draft.record.wrapped_key}
            )
            parts += [
                {"index": index, "name": name.value, "ciphertext": ciphertext}
                for name, ciphertext in draft.record.parts.items()
            ]
        subjects += [
            {"key_id": subject.key_id, "token": subject.token, "index": index}
            for subject in set(draft.subjects)
        ]
        concerns += [
            {"unit": concern.unit, "index": index, "role": concern.role.value}
            for concern in draft.concerns
        ]
    _INSERT_KEY.run_each(connection, keys)
    _INSERT_PART.run_each(connection, parts)
    _INSERT_SUBJECT.run_each(connection, subjects)
    _INSERT_CONCERN.run_each(connection, concerns)


def _insert_tiles(connection: Connection, extension: Extension) -> None:
    """Append hashes of completed tiles to their parent tile, 256 to a row."""
    for level, number, digest in extension.completed:
        n, place = divmod(number, 256)
        where = {"level": level, "n": n}
        if place == 0:
            _INSERT_TILE.run(connection, {**where, "data": digest})
            continue
        (data,) = _READ_TILE.first(connection, where)
        if len(data) != place * 32:
            raise LogUnavailable(f"tile {level}/{n} does not end where the log does")
        _UPDATE_TILE.run(connection, {**where, "data": data + digest})
