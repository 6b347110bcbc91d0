"""Examines a gateway from its settings to its engine; one trouble hides no other."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import SqlRegistry
from gateway.doctor.certificates import examine_certificates
from gateway.doctor.database import examine_database, examine_log, examine_outbox
from gateway.doctor.diagnosis import Diagnosis, bad, well
from gateway.doctor.files import examine_files
from gateway.doctor.people import examine_people
from gateway.doctor.rules import (
    examine_engine,
    examine_nodes,
    examine_norms,
    examine_rules,
    examine_stops,
    examine_units,
)
from gateway.errors import GatewayError, StartRefused
from gateway.policy.policy_set import PolicySet
from gateway.ports import Clock, Head
from gateway.settings import Settings, load_settings


def examine(home: Path, clock: Clock | None = None) -> Iterator[Diagnosis]:
    """Give one diagnosis after the other, as each becomes known."""
    now = (clock or SystemClock()).now().evaluated_at
    try:
        settings = load_settings(home)
    except StartRefused as error:
        yield _settings_refused(error)
        return
    yield well("settings", "Die Einstellungen sind lesbar.", "The settings can be read.")
    engine = _opened(settings)
    head = _head(engine, settings)
    yield from examine_files(settings, None if head is None else head.size)
    yield from examine_certificates(settings, now)
    policy_set: PolicySet | None = None
    if isinstance(engine, Diagnosis):
        yield engine
    else:
        if head is not None:
            policy_set, found = examine_rules(engine, head.policy_digest)
            yield found
        yield from _in_database(engine, head, policy_set, settings, now)
        engine.dispose()
    if policy_set is not None:
        yield asyncio.run(examine_engine(policy_set, settings))


def _in_database(
    engine: Engine, head: Head | None, policy_set: PolicySet | None, settings: Settings, now: int
) -> Iterator[Diagnosis]:
    try:
        yield from examine_database(engine)
        if head is None:
            yield _no_head()
            return
        yield from examine_log(engine, now)
        yield from examine_nodes(engine, head.policy_digest)
        registry = SqlRegistry(engine).snapshot_now()
        units = registry.units
        yield from examine_units(units)
        yield from examine_people(registry)
        yield from examine_stops(registry.stops)
        yield from examine_outbox(engine, units, settings, now)
        if policy_set is not None:
            yield from examine_norms(policy_set, units)
    except (SQLAlchemyError, GatewayError) as error:
        what = str(error) if isinstance(error, GatewayError) else type(error).__name__
        yield bad(
            "log",
            f"Das Protokoll ist nicht zu lesen: {what}.",
            f"The log cannot be read: {what}.",
            "`datenschleuse log fsck` ausführen; es nennt die Stellen.",
            "Run `datenschleuse log fsck`; it names the places.",
        )


def _opened(settings: Settings) -> Engine | Diagnosis:
    try:
        return open_database(settings.database)
    except (StartRefused, SQLAlchemyError) as error:
        what = str(error) if isinstance(error, StartRefused) else type(error).__name__
        return bad(
            "database",
            f"Die Datenbank ist nicht zu öffnen: {what}.",
            f"The database cannot be opened: {what}.",
            "database_url in gateway.toml und die Rechte an den Dateien prüfen.",
            "Check database_url in gateway.toml and the permissions of the files.",
        )


def _head(engine: Engine | Diagnosis, settings: Settings) -> Head | None:
    if isinstance(engine, Diagnosis):
        return None
    try:
        return SqlReader(engine, RecordSeal(FileKeys(settings.keys_dir))).head()
    except (SQLAlchemyError, GatewayError):
        return None


def _no_head() -> Diagnosis:
    return bad(
        "log",
        "Die Datenbank enthält kein Protokoll.",
        "The database holds no log.",
        "Ist database_url die richtige? Sonst die Sicherung einspielen lassen.",
        "Is database_url the right one? Else have the backup restored.",
    )


def _settings_refused(error: StartRefused) -> Diagnosis:
    return bad(
        "settings",
        f"Die Einstellungen gelten nicht: {error}.",
        f"The settings do not hold: {error}.",
        "gateway.toml berichtigen; alle Einstellungen stehen in deploy/gateway.env.example.",
        "Put gateway.toml right; every setting is in deploy/gateway.env.example.",
    )
