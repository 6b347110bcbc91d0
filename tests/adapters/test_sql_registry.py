"""The registry is read anew when its digest has changed, whoever changed it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, text

from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_glance import Glance
from gateway.adapters.sql_registry import SqlRegistry, registry_documents
from gateway.demo.people import OPERATOR
from gateway.errors import RegistryUnavailable
from gateway.registry import canonical_unit
from tests.builders import REPOSITORY, a_unit, the_police
from tests.cli.key_files import key_file, passphrase_file
from tests.gateways import SqlGateway
from tests.governing import first_people


async def test_a_suspension_by_another_process_works_at_once(
    sql_gateway: SqlGateway, tmp_path: Path
) -> None:
    before = await sql_gateway.ports.registry.snapshot()

    subprocess.run(
        [
            *(sys.executable, "-m", "gateway"),
            *("unit", "suspend", "polizei", "--home", str(sql_gateway.home)),
            *("--key", str(key_file(tmp_path, OPERATOR)), "--reason", "Probe"),
            *("--passphrase-file", str(passphrase_file(tmp_path))),
        ],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )

    after = await sql_gateway.ports.registry.snapshot()
    assert before.units["polizei"].active
    assert not after.units["polizei"].active
    assert after.digest == (await sql_gateway.ports.log.head()).registry_digest


async def test_units_are_read_once_as_long_as_their_digest_is_in_force(
    sql_gateway: SqlGateway,
) -> None:
    """Every request looks at the registry: at the digest always, at the units if it changed.

    As long as nothing changed, no other thread is asked for it.
    """
    registry = SqlRegistry(sql_gateway.database)
    statements: list[str] = []
    event.listen(
        sql_gateway.database,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: statements.append(statement),
    )

    first, second = await registry.snapshot(), await registry.snapshot()

    assert second is first
    assert len([statement for statement in statements if "FROM unit" in statement]) == 1
    assert len([statement for statement in statements if "FROM log_head" in statement]) == 1


async def test_each_call_tells_which_rules_the_head_names_without_asking_for_it(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = await sql_gateway.ports.log.head()
    seen: list[tuple[str, int]] = []
    registry = SqlRegistry(sql_gateway.database, lambda digest, size: seen.append((digest, size)))

    await registry.snapshot()
    await registry.snapshot()
    monkeypatch.setattr(Glance, "look", lambda *_: None)
    await registry.snapshot()

    assert seen == [(head.policy_digest, head.size)] * 3


async def test_without_a_glance_the_digest_is_read_at_every_call_all_the_same(
    sql_gateway: SqlGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a database beyond the network, or for the moment in which SQLite would wait."""
    monkeypatch.setattr(Glance, "look", lambda *_: None)
    registry = SqlRegistry(sql_gateway.database)

    first, second = await registry.snapshot(), await registry.snapshot()
    await sql_gateway.register(the_police(status="suspended"))
    third = await registry.snapshot()

    assert second is first
    assert first.units["polizei"].active
    assert not third.units["polizei"].active


async def test_the_documents_are_the_canonical_ones(sql_gateway: SqlGateway) -> None:
    with sql_gateway.database.begin() as connection:
        assert registry_documents(connection) == {
            "polizei": canonical_unit(the_police()),
            "ordnungsamt": canonical_unit(a_unit()),
            **first_people(),
        }


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM unit WHERE id = 'polizei'",
        "UPDATE unit SET id = 'zoll' WHERE id = 'polizei'",
        "UPDATE unit SET document = x'00'",
        "DELETE FROM log_head",
        "DROP TABLE unit",
    ],
)
async def test_what_was_changed_beside_the_log_is_not_believed(
    sql_gateway: SqlGateway, statement: str
) -> None:
    with sql_gateway.database.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(RegistryUnavailable):
        await SqlRegistry(sql_gateway.database).snapshot()


async def test_a_database_that_is_gone_is_unavailable(sql_gateway: SqlGateway) -> None:
    url = f"sqlite:///{sql_gateway.home / 'nothing.db'}"
    with pytest.raises(RegistryUnavailable):
        SqlRegistry(open_database(url)).snapshot_now()
