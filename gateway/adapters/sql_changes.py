"""Change sets and ballots in the database, until the log has them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Connection, Engine, delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.adapters.tables.change import BallotRow, ChangeSetRow
from gateway.errors import ChangeRefused, LogUnavailable, VoteRefused
from gateway.lifecycle.change_set import ChangeKind, ChangeSet, parse_change

Json = Any
PROPOSED, ACTIVE, WITHDRAWN = "proposed", "active", "withdrawn"
FOUNDING = 1
"""The number of the rules and of the registry with which a log begins."""

_change: Any = ChangeSetRow.__table__  # type: ignore[attr-defined]
_ballot: Any = BallotRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Kept:
    """A change set as it is kept: how it stands, and the signed ballots on its present state."""

    change: ChangeSet
    state: str
    ballots: tuple[Mapping[str, Json], ...]


class SqlChanges:
    """Keeps what is proposed. Every method raises LogUnavailable without its database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, change: ChangeSet, proposal: Mapping[str, Json]) -> None:
        """Keep a new draft with its author's ballot, or a new state of one (its votes go).

        Raises:
            ChangeRefused: It is in force or withdrawn already.
        """
        row = {"kind": change.kind.value, "number": change.number, "state": PROPOSED}
        body = change.canonical
        try:
            with self._engine.begin() as connection:
                known = self._state(connection, change.id)
                if known is None:
                    values = {"id": change.id, "document": body, **row}
                    connection.execute(insert(_change).values(values))
                elif known == PROPOSED:
                    same = _change.c.id == change.id
                    connection.execute(
                        update(_change).where(same).values({"document": body, **row})
                    )
                    connection.execute(delete(_ballot).where(_ballot.c.change_id == change.id))
                else:
                    raise ChangeRefused(f"der Entwurf ist nicht offen ({change.id} is {known})")
                connection.execute(insert(_ballot).values(_row(change, proposal, "propose")))
        except SQLAlchemyError as error:
            raise LogUnavailable("the draft cannot be kept") from error

    def cast(self, change: ChangeSet, signed: Mapping[str, Json], said: str) -> None:
        """Keep a ballot on *change* as it is now.

        Raises:
            VoteRefused: Its voter said something of that kind before.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_ballot).values(_row(change, signed, said)))
        except IntegrityError as error:
            raise VoteRefused(
                f"schon abgestimmt ({signed['ballot']['voter']} has voted twice)"
            ) from error
        except SQLAlchemyError as error:
            raise LogUnavailable("the ballot cannot be kept") from error

    def withdraw(self, change_id: str) -> None:
        """Close a draft for good; nothing if it is in force."""
        same = (_change.c.id == change_id) & (_change.c.state == PROPOSED)
        try:
            with self._engine.begin() as connection:
                connection.execute(update(_change).where(same).values(state=WITHDRAWN))
        except SQLAlchemyError as error:
            raise LogUnavailable("the draft cannot be withdrawn") from error

    def get(self, change_id: str) -> Kept:
        """Return the one change set whose id begins with *change_id*.

        Raises:
            ChangeRefused: There is none, or more than one.
        """
        matching = self._kept(_change.c.id.startswith(change_id, autoescape=True))
        if len(matching) != 1 or not change_id:
            raise ChangeRefused(
                f"{change_id}: kein Entwurf beginnt so, oder mehr als einer "
                f"({'no' if not matching else 'more than one'} draft)"
            )
        return matching[0]

    def all(self, kind: ChangeKind | None = None) -> list[Kept]:
        """Return the change sets of a kind (or all), in the order of their numbers."""
        return self._kept(true() if kind is None else _change.c.kind == kind.value)

    def _kept(self, which: Any) -> list[Kept]:
        cast_on = select(_ballot).join(_change, _change.c.id == _ballot.c.change_id)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(select(_change).where(which)).all()
                ballots = connection.execute(cast_on.where(which)).all()
        except SQLAlchemyError as error:
            raise LogUnavailable("the drafts cannot be read") from error
        kept = []
        for row in rows:
            change = parse_change(json.loads(row.document))
            mine = sorted(
                (b for b in ballots if (b.change_id, b.draft_digest) == (row.id, change.digest)),
                key=lambda b: (b.said != "propose", b.voter),
            )
            kept.append(Kept(change, row.state, tuple(json.loads(b.document) for b in mine)))
        kept.sort(key=lambda k: (k.change.kind.value, k.change.number, k.change.time, k.change.id))
        return kept

    def active_number(self, kind: ChangeKind) -> int:
        """Return the number of what is in force."""
        query = select(func.max(_change.c.number)).where(
            _change.c.kind == kind.value, _change.c.state == ACTIVE
        )
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).scalar() or FOUNDING
        except SQLAlchemyError as error:
            raise LogUnavailable("the drafts cannot be read") from error

    def _state(self, connection: Connection, change_id: str) -> str | None:
        query = select(_change.c.state).where(_change.c.id == change_id).with_for_update()
        return connection.execute(query).scalar()


def _row(change: ChangeSet, signed: Mapping[str, Json], said: str) -> dict[str, Json]:
    return {
        "change_id": change.id,
        "draft_digest": change.digest,
        "voter": signed["ballot"]["voter"],
        "said": said,
        "document": rfc8785.dumps(dict(signed)),
    }
