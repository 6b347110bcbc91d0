"""A real OPA server decides for a real gateway, and everything is refused while it is gone."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import ORDER_OFFICE, POLICE
from gateway.demo.people import FIRST
from gateway.demo.stage import free_ports
from gateway.model.evidence import EntryType
from tests.e2e.log_copy import export_to, log_copy
from tests.e2e.running import Json, Running, delivered, eventually, running, scratch, send
from tests.e2e.senders import Senders
from tests.oracles.opa import opa
from tests.switching import labelled, rules_of

pytestmark = [pytest.mark.opa, pytest.mark.xdist_group("e2e-opa")]


class UnderOpa(Running):
    """A stage whose gateway asks an OPA server, set up as the runbook says."""

    def write_settings(self, changes: dict[str, Json]) -> None:
        self.authority.issue(self.opa, "opa")
        self.authority.issue(self.opa / "client", "gateway")
        (self.opa / "ca.pem").write_bytes(self.authority.pem)
        client = self.opa / "client"
        super().write_settings(
            {
                **changes,
                "engine": "opa",
                "opa_address": f"unix://{self.socket}",
                "opa_ca": str(self.opa / "ca.pem"),
                "opa_certificate": str(client / "tls.pem"),
                "opa_key": str(client / "tls.key"),
                "opa_bundle_port": free_ports(1)[0],
            }
        )

    @property
    def opa(self) -> Path:
        return self.folder / "opa"

    @property
    def socket(self) -> Path:
        return self.opa / "s"

    def start(self) -> None:
        self.start_opa()
        super().start()

    def start_opa(self) -> None:
        """Start the server with the configuration that the gateway's own command prints."""
        places = ("--home", str(self.home), "--files", str(self.opa), "--kept", str(self.opa))
        config = self.command("policy", "opa-config", *places)
        assert config.returncode == 0, config.stderr
        (self.opa / "opa.yaml").write_text(config.stdout, "utf-8")
        self.socket.unlink(missing_ok=True)
        with self._log("opa") as log:
            self.processes["opa"] = subprocess.Popen(
                [
                    *(str(opa()), "run", "--server", "--disable-telemetry", "--log-level", "error"),
                    *("--config-file", str(self.opa / "opa.yaml")),
                    *("--addr", f"unix://{self.socket}", "--unix-socket-perm", "660"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[UnderOpa]:
    with (
        scratch(request, tmp_path_factory, "opa") as folder,
        running(folder, UnderOpa, receivers=(ORDER_OFFICE,)) as stage,
    ):
        yield stage


async def test_what_the_server_decides_is_released_withheld_recorded_and_verified(
    stage: UnderOpa, tmp_path: Path
) -> None:
    """The same exchange as under the library: same members, and a log that anyone verifies."""
    answer = await send(stage, POLICE, exchanges.emergency_exits())

    body = answer.json()
    assert (answer.status, body["verdict"]) == (201, "permit")
    kept = await delivered(stage, ORDER_OFFICE, body["exchange_id"])
    payload = kept["exchange"]["payload"]
    assert "hazard_facts" in payload
    assert "witness_name" not in payload
    claims = log_copy(stage).decisions[body["exchange_id"]].claims
    assert claims.engine.startswith("opa/")
    copy = tmp_path / "copy"
    export_to(stage, copy)
    verified = stage.command("log", "verify", str(copy), "--key", str(stage.home / "root.pub"))
    assert verified.returncode == 0, verified.stdout + verified.stderr


async def test_without_the_server_every_exchange_is_refused_and_with_it_they_go_on(
    stage: UnderOpa,
) -> None:
    """503, an entry of the refusal, nothing delivered; the same key then gets a decision."""
    key = "4f1c2d7e-5f0a-4c53-9a59-0d2f5a6c7b80"
    stage.stop("opa", signal.SIGKILL)

    refused = await send(stage, POLICE, exchanges.emergency_exits(), key)

    assert refused.status == 503
    assert refused.json()["type"].startswith(f"{stage.url}/problems/")
    assert log_copy(stage).refusals()[-1] == "PolicyUnavailable"

    stage.start_opa()

    async def decided() -> bool:
        return (await send(stage, POLICE, exchanges.emergency_exits(), key)).status == 201

    await eventually(decided)


async def test_rules_are_switched_while_the_server_decides_and_nobody_is_refused(
    stage: UnderOpa,
) -> None:
    """Questions wait until the server answers under the rules that the log names."""
    people = {"key": stage.circle.key, "controller": POLICE.controller}
    before = len(log_copy(stage).refusals())
    senders = Senders(stage, 8)
    sending = asyncio.create_task(senders.run())
    await senders.begun()
    with rules_of(stage.home, FIRST, engine="opa", **people) as rules:
        digests = [rules.put(labelled(number)) for number in range(3)]
        after = {}
        for digest in digests:
            await asyncio.to_thread(rules.stage, digest)
            await asyncio.to_thread(rules.activate, digest)
            answer = await send(stage, POLICE, exchanges.emergency_exits())
            after[answer.json()["exchange_id"]] = digest
            await senders.answered()
    senders.stop()
    await sending

    assert {status for status, _ in senders.answers} == {201}
    copy = log_copy(stage)
    assert len(copy.refusals()) == before
    told = {body["exchange_id"] for _, body in senders.answers}
    ours = [entry for entry in copy.of(EntryType.DECISION) if entry.claims.id in told]
    assert len(ours) == len(senders.answers)
    assert {key: copy.decisions[key].claims.policy_digest for key in after} == after


def test_doctor_asks_the_server(stage: UnderOpa) -> None:
    rows = json.loads(stage.command("doctor", "--home", str(stage.home), "--json").stdout)

    (decided,) = (row for row in rows if row["check"] == "engine")
    assert decided["level"] == "well"
    assert "opa/opa-" in decided["en"]
