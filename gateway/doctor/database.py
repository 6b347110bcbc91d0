"""Examines the database: durable, of this version, in step with the clock, with nothing stuck."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select, text

from gateway.adapters.sql_database import newest_schema, read_only, schema_of
from gateway.adapters.sql_effects import WAITING
from gateway.adapters.stored_leaf import time_of
from gateway.adapters.tables.log import Entry, LogHead
from gateway.adapters.tables.outbox import DeliveryRow
from gateway.doctor.diagnosis import Diagnosis, bad, note, well
from gateway.model.evidence import DeliveryState
from gateway.model.unit import Unit
from gateway.settings import Settings

_BACK_S = 60
_STUCK_S = 600
_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
_entry: Any = Entry.__table__  # type: ignore[attr-defined]
_head: Any = LogHead.__table__  # type: ignore[attr-defined]


def examine_database(engine: Engine) -> Iterator[Diagnosis]:
    """Look at what every connection promises, and at the version of the schema.

    That it is durable was refused otherwise when it was opened.
    """
    if engine.dialect.name == "sqlite":
        yield _sqlite(engine)
    else:
        yield well("database", "PostgreSQL schreibt dauerhaft.", "PostgreSQL is durable.")
    yield _schema(engine)


def examine_log(engine: Engine, now: int) -> Iterator[Diagnosis]:
    """Compare the clock with the newest entry."""
    with read_only(engine).begin() as connection:
        size = connection.execute(select(_head.c.size)).scalar_one()
        query = select(_entry.c.leaf).where(_entry.c.index == size - 1)
        leaf = connection.execute(query).scalar_one()
    behind = time_of(leaf) - now
    if behind <= _BACK_S:
        yield well(
            "clock",
            "Die Uhr geht nicht hinter dem jüngsten Eintrag her.",
            "The clock is not behind the newest entry.",
        )
        return
    yield bad(
        "clock",
        f"Die Uhr geht {behind} s hinter dem jüngsten Eintrag her.",
        f"The clock is {behind} s behind the newest entry.",
        "Die Uhr über NTP stellen lassen, bevor die Datenschleuse weiter entscheidet.",
        "Set the clock by NTP before the gateway decides again.",
    )


def examine_outbox(
    engine: Engine, units: Mapping[str, Unit], settings: Settings, now: int
) -> Iterator[Diagnosis]:
    """Look for deliveries that wait too long."""
    inboxes = [unit.id for unit in units.values() if unit.endpoint is None]
    with read_only(engine).begin() as connection:
        waiting = _count(connection, _delivery.c.state.in_(WAITING))
        old = _delivery.c.created_at <= now - settings.warn_after_s
        overdue = _count(connection, _delivery.c.state.in_(WAITING), old)
        stuck = _count(
            connection,
            _delivery.c.state == DeliveryState.QUEUED.value,
            _delivery.c.next_at <= now - _STUCK_S,
            or_(_delivery.c.lease_until.is_(None), _delivery.c.lease_until <= now),
            _delivery.c.recipient.not_in(inboxes),
        )
    if stuck:
        yield bad(
            "worker",
            f"{stuck} Lieferungen sind seit über {_STUCK_S // 60} Minuten fällig, und niemand "
            "versucht sie.",
            f"{stuck} deliveries have been due for more than {_STUCK_S // 60} minutes, and nobody "
            "tries them.",
            "Läuft `datenschleuse worker`? Sein technisches Protokoll ansehen.",
            "Is `datenschleuse worker` running? Look into its technical log.",
        )
    if overdue:
        days = settings.warn_after_s // 86_400
        yield note(
            "deliveries",
            f"{overdue} von {waiting} offenen Lieferungen sind älter als {days} Tage.",
            f"{overdue} of {waiting} open deliveries are older than {days} days.",
            "Die Empfänger ansprechen; nach Ablauf der Frist werden sie aufgegeben.",
            "Talk to the recipients; when their time is over they are given up.",
        )
        return
    yield well(
        "deliveries", f"{waiting} Lieferungen sind offen.", f"{waiting} deliveries are open."
    )


def _sqlite(engine: Engine) -> Diagnosis:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    with read_only(engine).connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
    wrong = sorted(name for name in wanted if found[name] != wanted[name])
    if wrong:
        return bad(
            "database",
            f"SQLite läuft nicht, wie es muss: {', '.join(wrong)}.",
            f"SQLite does not run as it must: {', '.join(wrong)}.",
            "Liegt die Datenbank auf einem Netzlaufwerk? Sie braucht eine eigene Platte.",
            "Is the database on a network drive? It needs a disk of its own.",
        )
    return well(
        "database", "SQLite schreibt dauerhaft (WAL, FULL).", "SQLite is durable (WAL, FULL)."
    )


def _schema(engine: Engine) -> Diagnosis:
    newest, current = newest_schema(), schema_of(engine)
    if current == newest:
        return well(
            "schema", f"Das Schema hat den Stand {current}.", f"The schema is at {current}."
        )
    return bad(
        "schema",
        f"Das Schema hat den Stand {current}, diese Fassung braucht {newest}.",
        f"The schema is at {current}, this version needs {newest}.",
        "Prozesse anhalten, die Datenbank sichern, dann `datenschleuse migrate` ausführen.",
        "Stop the processes, back the database up, then run `datenschleuse migrate`.",
    )


def _count(connection: Connection, *where: Any) -> int:
    query = select(func.count()).select_from(_delivery).where(*where)
    count: int = connection.execute(query).scalar_one()
    return count
