"""The rules in force decide the past of a real gateway again, byte for byte."""

import json
import shutil
from pathlib import Path

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from tests.e2e.log_copy import log_copy
from tests.e2e.running import Running, send
from tests.policies.folders import POLICIES

pytestmark = pytest.mark.xdist_group("e2e")


async def test_the_rules_in_force_give_every_decision_again(stage: Running) -> None:
    """While the gateway runs; the look at the past is an entry with its purpose."""
    await send(stage, POLICE, exchanges.emergency_exits())

    done = stage.command(
        *("policy", "replay", "--home", str(stage.home), "--active", "--json"),
        *("--purpose", "Eigenüberwachung", "--schemas", str(stage.rules / "schemas")),
    )

    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert report["counts"]["same"] == report["counts"]["recorded"] > 0
    copy = log_copy(stage)
    assert any("Eigenüberwachung" in json.dumps(e.parts, ensure_ascii=False) for e in copy.entries)


async def test_a_draft_shows_whom_it_would_touch(stage: Running, tmp_path: Path) -> None:
    """A row that withholds what was needed: status 1, the kind, the member, the record."""
    sent = (await send(stage, POLICE, exchanges.emergency_exits())).json()
    draft = shutil.copytree(POLICIES, tmp_path / "policies")
    table = draft / "necessity" / "PREMISES_HAZARD_NOTICE" / "data.json"
    rows = json.loads(table.read_bytes())
    for row in rows.values():
        row["hazard_facts"]["need"] = "withhold"
    table.write_text(json.dumps(rows), "utf-8")

    done = stage.command(
        *("policy", "replay", str(draft), "--home", str(stage.home), "--json"),
        *("--purpose", "Entwurf"),
    )

    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stdout
    assert {row["member"] for row in report["withheld"]} == {"hazard_facts"}
    assert report["released"] == []
    assert ORDER_OFFICE.id not in done.stdout  # units are no part of it
    kept = json.loads((await send(stage, POLICE, exchanges.emergency_exits())).body)
    assert kept["exchange_id"] != sent["exchange_id"]  # and nothing has changed in the gateway
    assert "hazard_facts" in kept["released"]


def test_neither_or_both_of_draft_and_active_is_a_mistake(stage: Running) -> None:
    done = stage.command("policy", "replay", "--home", str(stage.home), "--purpose", "x")

    assert done.returncode == 2
    assert "--active" in done.stderr
