"""The gateway opens with the files, keys and database of its log, or it does not start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from sqlalchemy import text
from structlog.testing import capture_logs

from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_nodes import SqlNodes
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.app import open_ports
from gateway.errors import GatewayError, PolicySetRefused, PolicyUnavailable, StartRefused
from gateway.lifecycle.policies_in_force import PoliciesInForce
from gateway.model.evidence import Answer, EntryType
from gateway.pipeline import submit
from gateway.policy.archive import pack
from gateway.policy.policy_files import PolicyFiles
from gateway.settings import Settings, load_settings
from tests.builders import (
    a_message,
    a_unit,
    an_envelope,
    opened,
    the_police,
    the_policies,
)
from tests.gateways import make_key, register
from tests.waiting import within


def settings_of(home: Path, **changes: object) -> Settings:
    return load_settings(home).model_copy(update=changes)


async def test_an_exchange_goes_its_way_by_the_rules_of_the_repository(home: Path) -> None:
    """With the clock, the engine and the files of production: released, withheld, denied."""
    register(home, a_unit("pi", kind="POLICE_INSPECTION", controller="pi-lueneburg"))
    async with open_ports(settings_of(home)) as ports:
        now = ports.clock.now().evaluated_at

        async def send(**changes: Any) -> Answer:
            message = a_message(an_envelope(**changes), sender="pi", at=now)
            return await submit(message, ports)

        permit = await send()
        denial = await send(legal_basis=["PARTNERSHIP"])
        unruled = await send(exchange_kind="WEATHER_REPORT", field_facts={})
        index = await ports.log.index_of(permit.exchange_id)
        assert index is not None
        delivery = await ports.outbox.of_exchange(index)

    assert permit.status == 201
    assert delivery is not None
    assert delivery.jwe is not None
    assert sorted(opened(delivery.jwe)["payload"]) == permit.body["released"]
    assert "hazard_facts" in permit.body["released"]
    assert denial.status == 403
    assert {ground["rule"] for ground in denial.body["denials"]} >= {"PARTNERSHIP-1"}
    assert unruled.status == 403
    assert [ground["reason"] for ground in unruled.body["denials"]][:1] == ["unknown_kind"]


async def test_what_was_recorded_is_there_when_it_opens_again(home: Path) -> None:
    async with open_ports(settings_of(home)) as ports:
        message = a_message(at=ports.clock.now().evaluated_at)
        first = await submit(message, ports)
    async with open_ports(settings_of(home)) as ports:
        assert await submit(message, ports) == first
        assert (await ports.log.head()).size == 6


async def test_a_worker_starts_no_engine(home: Path) -> None:
    async with open_ports(settings_of(home), decides=False) as ports:
        with pytest.raises(PolicyUnavailable):
            await submit(a_message(at=ports.clock.now().evaluated_at), ports)


async def test_who_decides_is_seen_as_a_node_until_it_ends_and_a_worker_is_none(
    home: Path,
) -> None:
    database = open_database(f"sqlite:///{home / 'gateway.db'}")
    nodes, digest = SqlNodes(database), the_policies().digest
    async with open_ports(settings_of(home), decides=False):
        async with open_ports(settings_of(home)):
            await to_thread.run_sync(within, 60, lambda: bool(nodes.live()))
            (node,) = nodes.live()
        assert nodes.live() == ()
    database.dispose()

    assert (node.active, node.staged) == (digest, {digest})


async def test_work_that_ends_beside_the_server_is_told_at_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_files: PolicyFiles) -> None:
        raise ZeroDivisionError("geheim")

    with capture_logs() as said:
        async with open_ports(settings_of(home), decides=False) as ports:
            monkeypatch.setattr("gateway.app.policy_set_of", broken)
            sets = SqlPolicySets(open_database(f"sqlite:///{home / 'gateway.db'}"))
            other = PolicyFiles({**sets.read(the_policies().digest).contents, "policies/x": b""})
            assert isinstance(ports.policies, PoliciesInForce)
            ports.policies.follow(sets.put(other), 1_000)
            await to_thread.run_sync(within, 60, lambda: bool(ended(said)))

    ((event,),) = [ended(said)]
    assert event["error"]["type"] == "builtins.ZeroDivisionError"
    assert "geheim" not in str(said)


def ended(said: list[Any]) -> list[Any]:
    return [row for row in said if row["event"] == "work_beside_ended"]


async def test_the_limits_are_those_of_the_settings(home: Path) -> None:
    async with open_ports(settings_of(home, max_depth=4, hold_s=60), decides=False) as ports:
        assert (ports.limits.max_depth, ports.limits.hold_s) == (4, 60)
        assert ports.limits.max_body == 1 << 20


async def test_a_suspension_while_it_is_open_works_at_once(home: Path) -> None:
    async with open_ports(settings_of(home), decides=False) as ports:
        register(home, the_police(status="suspended"))
        assert not (await ports.registry.snapshot()).units["polizei"].active


async def refuses(settings: Settings, error: type[GatewayError] = StartRefused) -> str:
    with pytest.raises(error) as refused:
        async with open_ports(settings, decides=False):
            pass
    return str(refused.value)


async def test_it_does_not_start_under_another_name(home: Path) -> None:
    assert "elsewhere" in await refuses(settings_of(home, origin="elsewhere.example/2026"))


async def test_it_decides_by_the_rules_that_its_log_names_whatever_lies_in_the_folder(
    home: Path, tmp_path: Path
) -> None:
    settings = settings_of(home, policies_dir=tmp_path / "none", schemas_dir=tmp_path / "none")
    async with open_ports(settings, decides=False) as ports:
        assert ports.policies().policy_set == the_policies().policy_set


async def test_it_does_not_start_with_a_stored_set_that_was_altered(home: Path) -> None:
    database = open_database(f"sqlite:///{home / 'gateway.db'}")
    digest = the_policies().digest
    contents = dict(SqlPolicySets(database).read(digest).contents)
    thresholds = contents["policies/thresholds/data.json"]
    contents["policies/thresholds/data.json"] = thresholds.replace(
        b'"k_threshold": 5', b'"k_threshold": 1'
    )
    with database.begin() as connection:
        altered = text("UPDATE policy_set SET archive = :archive")
        connection.execute(altered, {"archive": pack(PolicyFiles(contents))})
    database.dispose()

    refused = await refuses(settings_of(home), PolicySetRefused)
    assert f"The stored policy set {digest} was altered" in refused


async def test_it_does_not_start_with_rules_that_are_not_stored(home: Path) -> None:
    sql(home, f"UPDATE log_head SET policy_digest = '{'0' * 64}'")
    assert f"{'0' * 64} is not stored" in await refuses(settings_of(home), PolicySetRefused)


def sql(home: Path, statement: str) -> None:
    engine = open_database(f"sqlite:///{home / 'gateway.db'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: (home / "gateway.db").unlink(),
        lambda home: sql(home, "DELETE FROM log_head"),
        lambda home: sql(home, "DELETE FROM unit WHERE id = 'polizei'"),
        lambda home: sql(home, "UPDATE unit SET document = x'00'"),
        lambda home: make_key(home / "keys" / "checkpoint.pem"),
        lambda home: make_key(home / "keys" / "entry.pem"),
        lambda home: (home / "keys.jws").unlink(),
        lambda home: (home / "keys.jws").write_text("a.b.c"),
        lambda home: (home / "root.pub").unlink(),
    ],
    ids=[
        "no database",
        "no head",
        "a unit is missing",
        "a unit was altered",
        "another checkpoint key",
        "another entry key",
        "no key list",
        "a forged key list",
        "no root key",
    ],
)
async def test_it_does_not_start_with_files_that_are_not_those_of_its_log(
    home: Path, damage: Callable[[Path], None]
) -> None:
    """A key that the list does not name would sign receipts that nobody can verify."""
    damage(home)
    await refuses(settings_of(home))


@pytest.mark.parametrize("name", ["entry", "checkpoint"])
async def test_it_does_not_start_without_a_key(home: Path, name: str) -> None:
    (home / "keys" / f"{name}.pem").unlink()
    assert name in await refuses(settings_of(home), GatewayError)


async def test_what_was_refused_when_it_stopped_is_in_the_log(home: Path) -> None:
    """The counts of refusals that had no entry of their own become one at the latest now."""
    async with open_ports(settings_of(home, refusals_singly=1), decides=False) as ports:
        for _ in range(3):
            message = a_message(body=b"[]", at=ports.clock.now().evaluated_at)
            with pytest.raises(GatewayError):
                await submit(message, ports)
    async with open_ports(settings_of(home), decides=False) as ports:
        size = (await ports.log.head()).size
        kinds = [(await ports.log.entry(index)).type for index in range(5, size)]  # type: ignore[union-attr]
    assert kinds == [EntryType.REFUSAL] * 2


async def test_a_unit_over_its_rate_is_refused(home: Path) -> None:
    async with open_ports(settings_of(home, calls_per_minute=2), decides=False) as ports:
        ports.admit("polizei")
        ports.admit("polizei")
        with pytest.raises(GatewayError):
            ports.admit("polizei")
        ports.admit("ordnungsamt")
