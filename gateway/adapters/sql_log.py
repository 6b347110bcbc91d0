"""The decision log on SQL: one transaction appends a batch, whatever it carries (DESIGN 5.3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from gateway.adapters import sql_effects
from gateway.adapters.tables.log import (
    CheckpointRow,
    ConcernRow,
    Entry,
    Idempotency,
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
            connection.execute(insert(LogHead).values(head))
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
            connection.execute(
                select(LogHead.__table__.c.size).with_for_update()  # type: ignore[attr-defined]
            )
            transaction.rollback()

    def _append(self, connection: Connection, drafts: Sequence[Draft]) -> list[Fate]:
        head = connection.execute(
            select(LogHead.__table__).with_for_update()  # type: ignore[attr-defined]
        ).one_or_none()
        if head is None:
            raise LogUnavailable("the log has no head; run `datenschleuse init`")
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
        if draft.claim is not None:
            row = {
                "unit": draft.claim.unit,
                "key": draft.claim.key,
                "body_hmac": draft.claim.body_hmac,
                "index": index,
                "status": draft.claim.status,
            }
            done = connection.execute(
                _upsert_nothing(connection)(Idempotency).values(row).on_conflict_do_nothing()
            )
            if done.rowcount == 0:
                winner = connection.execute(
                    select(Idempotency.index).where(  # type: ignore[call-overload]
                        Idempotency.unit == draft.claim.unit, Idempotency.key == draft.claim.key
                    )
                ).scalar_one()
                return Lost(winner)
        for effect in draft.effects:
            if not sql_effects.apply(connection, effect):
                return Lost(None)
        return None

    def _write(
        self,
        connection: Connection,
        head: Any,
        accepted: Sequence[_Accepted],
        digests: tuple[str, str],
        fates: list[Fate | None],
    ) -> None:
        drafts = [item.draft for item in accepted]
        first: int = head.size
        hashes = [leaf_hash(draft.leaf) for draft in drafts]
        extension = extend(Frontier.from_bytes(head.frontier), hashes)
        size = first + len(drafts)
        note = sign_checkpoint(Checkpoint(head.origin, size, extension.root), self._signer)
        connection.execute(
            insert(Entry),
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
        connection.execute(insert(CheckpointRow).values(size=size, note=note))
        connection.execute(
            update(LogHead).values(
                size=size,
                root=extension.root,
                frontier=extension.frontier.to_bytes(),
                checkpoint=note,
                policy_digest=digests[0],
                registry_digest=digests[1],
            )
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
    for table, rows in (
        (RecordKey, keys),
        (PartRow, parts),
        (SubjectIndex, subjects),
        (ConcernRow, concerns),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _insert_tiles(connection: Connection, extension: Extension) -> None:
    """Append hashes of completed tiles to their parent tile, 256 to a row."""
    for level, number, digest in extension.completed:
        tile, place = divmod(number, 256)
        if place == 0:
            connection.execute(insert(Tile).values(level=level, n=tile, data=digest))
            continue
        where = (Tile.level == level, Tile.n == tile)
        data = connection.execute(select(Tile.data).where(*where)).scalar_one()  # type: ignore[call-overload]
        if len(data) != place * 32:
            raise LogUnavailable(f"tile {level}/{tile} does not end where the log does")
        connection.execute(update(Tile).where(*where).values(data=data + digest))  # type: ignore[arg-type]


def _upsert_nothing(connection: Connection) -> Any:
    return sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
