"""A sound gateway gets no fault; each trouble is named with what to do, and hides no other."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from gateway.adapters.memory.clock import MemoryClock
from gateway.cli.open_governance import open_governance
from gateway.doctor.diagnosis import Diagnosis, Level
from gateway.doctor.examination import examine
from gateway.lifecycle.stopping import new_stop
from gateway.model.evidence import DeliveryState
from gateway.registry_snapshot import read_registry
from tests.builders import NOW, a_unit
from tests.doctor.conftest import write_settings
from tests.gateways import a_delivery, open_gateway, register
from tests.governing import signer_of

DAY = 86_400


TODAY = int(time.time()) + DAY
"""Later than whatever a gateway that was founded in this run has in its log."""


def examined(home: Path, at: int = TODAY) -> dict[str, Diagnosis]:
    """Return the worst diagnosis of each name."""
    found: dict[str, Diagnosis] = {}
    for diagnosis in examine(home, MemoryClock(at)):
        known = found.get(diagnosis.name)
        if known is None or list(Level).index(known.level) < list(Level).index(diagnosis.level):
            found[diagnosis.name] = diagnosis
    return found


def levels(home: Path, **more: Any) -> dict[str, Level]:
    return {name: one.level for name, one in examined(home, **more).items()}


def damage(home: Path, statement: str) -> None:
    database = sqlite3.connect(home / "gateway.db", isolation_level=None)
    database.execute(statement)
    database.close()


def test_a_sound_gateway_gets_no_fault(sound: Path) -> None:
    found = levels(sound)
    assert {name for name, level in found.items() if level is Level.BAD} == set()
    assert found.keys() == {
        *("settings", "permissions", "offline_keys", "keys", "disk"),
        *("tls", "tls_chain", "tls_name", "client_ca", "partner_ca"),
        *("database", "schema", "clock", "deliveries"),
        *("rules", "nodes", "norms", "units", "people", "stops", "engine"),
    }
    assert {name for name, level in found.items() if level is Level.NOTE} <= {
        "norms",
        "disk",
        "tls",
    }


def test_what_is_stopped_is_named_with_how_it_is_lifted(sound: Path) -> None:
    """It is a note: a person wanted it so."""
    stop_id = _stop(sound)
    found = examined(sound)["stops"]
    assert found.level is Level.NOTE
    assert "Stelle polizei. Grund: Verdacht auf Missbrauch" in found.de
    assert f"--lift {stop_id[:12]}" in found.todo


def _stop(home: Path) -> str:
    signer = signer_of("anna")
    with open_governance(home) as opened:
        governance = opened.governance
        stop, changes = new_stop(
            {"unit": "polizei"},
            read_registry(governance.log.documents()),
            governance.routes(),
            governance.clock.now(),
            by="anna",
            reason="Verdacht auf Missbrauch",
        )
        governance.alone(changes, signer, title="Anhalten", reason="Verdacht")
    return stop.id


def test_whatever_is_not_well_says_what_to_do_in_both_languages(sound: Path) -> None:
    (sound / "keys").chmod(0o755)
    sound.chmod(0o755)
    for diagnosis in examine(sound, MemoryClock(NOW + 400 * DAY)):
        assert diagnosis.de
        assert diagnosis.en
        assert diagnosis.level is Level.WELL or (diagnosis.todo and diagnosis.todo_en)


def _readable(home: Path) -> None:
    home.chmod(0o750)
    (home / "gateway.db").chmod(0o644)


def _other_key(home: Path) -> None:
    shutil.copy(home / "keys" / "entry.pem", home / "keys" / "checkpoint.pem")


def _no_key(home: Path) -> None:
    (home / "keys" / "transport.pem").unlink()


def _no_list(home: Path) -> None:
    (home / "keys.jws").unlink()


def _other_name(home: Path) -> None:
    write_settings(home, public_url="https://schleuse.example")


def _no_certificate(home: Path) -> None:
    write_settings(home, tls_certificate="nowhere.pem")


def _no_authority(home: Path) -> None:
    write_settings(home, client_ca="nowhere.pem")


def _older_schema(home: Path) -> None:
    damage(home, "UPDATE alembic_version SET version_num = '0001'")


def _no_head(home: Path) -> None:
    damage(home, "DELETE FROM log_head")


def _no_table(home: Path) -> None:
    damage(home, "DROP TABLE delivery")


def _no_database(home: Path) -> None:
    (home / "gateway.db").unlink()
    (home / "gateway.db").mkdir()


def _other_rules(home: Path) -> None:
    damage(home, f"UPDATE log_head SET policy_digest = '{'0' * 64}'")


def _no_rules(home: Path) -> None:
    damage(home, "DELETE FROM policy_set")


def _altered_rules(home: Path) -> None:
    damage(home, "UPDATE policy_set SET archive = x'00'")


def _late_node(home: Path) -> None:
    now = "CAST(strftime('%s', 'now') AS INTEGER)"
    damage(home, f"INSERT INTO node VALUES ('n', 'serve 1 host', {now}, '', '')")


def _other_units(home: Path) -> None:
    damage(home, "DELETE FROM unit WHERE id = 'polizei'")


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (_readable, "permissions"),
        (_other_key, "keys"),
        (_no_key, "keys"),
        (_no_list, "keys"),
        (_other_name, "tls_name"),
        (_no_certificate, "tls"),
        (_no_authority, "client_ca"),
        (_older_schema, "schema"),
        (_no_head, "log"),
        (_no_table, "log"),
        (_no_database, "database"),
        (_other_rules, "rules"),
        (_no_rules, "rules"),
        (_altered_rules, "rules"),
        (_late_node, "nodes"),
        (_other_units, "log"),
    ],
)
def test_each_trouble_is_found_and_hides_no_other(
    sound: Path, spoil: Callable[[Path], None], name: str
) -> None:
    spoil(sound)

    found = levels(sound)

    assert [one for one, level in found.items() if level is Level.BAD] == [name]
    assert found["disk"] is not Level.BAD


def test_settings_that_do_not_hold_are_all_that_can_be_said(sound: Path) -> None:
    write_settings(sound, listen_port=-1)
    assert levels(sound) == {"settings": Level.BAD}
    assert levels(sound / "nowhere") == {"settings": Level.BAD}


def test_the_offline_keys_should_not_be_here(home: Path) -> None:
    found = examined(home)["offline_keys"]
    assert found.level is Level.NOTE
    assert "root.pem" in found.de


@pytest.mark.parametrize("at", [DAY, 40_000_000_000], ids=["not yet", "no more"])
def test_the_dates_of_certificates_are_compared_with_the_clock(sound: Path, at: int) -> None:
    assert examined(sound, at)["tls"].level is Level.BAD


def test_a_clock_behind_the_newest_entry_is_found(sound: Path) -> None:
    assert examined(sound, at=NOW)["clock"].level is Level.BAD


def with_delivery(home: Path, created_at: int, **changes: Any) -> None:
    async def append() -> None:
        async with open_gateway(home) as gateway:
            await gateway.append(delivery=a_delivery(due_at=created_at, **changes))

    anyio.run(append)


def test_an_old_delivery_is_noted(sound: Path) -> None:
    with_delivery(sound, TODAY - 4 * DAY, state=DeliveryState.PARKED)
    found = examined(sound)
    assert (found["deliveries"].level, "worker" in found) == (Level.NOTE, False)


def test_a_delivery_that_nobody_tries_is_a_fault(sound: Path) -> None:
    with_delivery(sound, TODAY - 700)
    assert examined(sound)["worker"].level is Level.BAD


def test_a_delivery_in_an_inbox_waits_for_nobody_here(home: Path) -> None:
    register(home, a_unit(endpoint=None))
    with_delivery(home, TODAY - 700)
    found = examined(home)
    assert "worker" not in found
    assert "1 Lieferungen" in found["deliveries"].de


def test_a_unit_that_should_receive_and_cannot_is_noted(home: Path) -> None:
    register(home, a_unit(encryption_key=None))
    found = examined(home)["units"]
    assert found.level is Level.NOTE
    assert "ordnungsamt" in found.de


def test_a_norm_that_nobody_confirmed_is_noted(sound: Path) -> None:
    found = examined(sound)["norms"]
    assert found.level is Level.NOTE
    assert "polizei-traeger: BPOLG-21 (U), NPOG-41 (U), NPOG-43 (U), NPOG-44 (O)" in found.de


def test_a_confirmation_for_the_demonstration_is_named(home: Path) -> None:
    register(home, a_unit("pi", controller="pi-lueneburg"))
    said = [one.de for one in examine(home, MemoryClock(TODAY)) if one.name == "norms"]
    assert any("Vorführung" in text and "pi-lueneburg: NPOG-41" in text for text in said)


def test_the_engine_says_how_long_it_took(sound: Path) -> None:
    found = examined(sound)["engine"]
    assert found.level is Level.WELL
    assert " ms" in found.de
