"""Starts a gateway with worker and partners as processes, with settings and rules of its own."""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gateway.client.sender import Sender, SentAnswer
from gateway.demo.cast import RECEIVERS, Office
from gateway.demo.stage import Stage
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, open_key_list

Json = Any
T = TypeVar("T")
REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_S = 45.0
"""How long a test waits for something that should be there soon, on a busy machine."""
START_S = 120.0
_PUSHED = re.compile("Vorgang ([0-9a-f]{32})")


@dataclass
class Running(Stage):
    """A demonstration's stage with fewer partners, other settings and a copy of the rules.

    The rules are copied, so that a gateway started again finds those that its log names.
    """

    receivers: tuple[Office, ...] = RECEIVERS
    settings: Mapping[str, Json] = field(default_factory=dict)
    change_rules: Callable[[Path], None] = lambda _policies: None

    def build(self) -> None:
        for name in ("policies", "schemas"):
            shutil.copytree(REPOSITORY / name, self.rules / name, dirs_exist_ok=True)
        self.change_rules(self.rules / "policies")
        places = {"policies_dir": self.rules / "policies", "schemas_dir": self.rules / "schemas"}
        with _environment(
            {f"DATENSCHLEUSE_{key.upper()}": str(path) for key, path in places.items()}
        ):
            super().build()
        each_refusal_an_entry = {"refusals_singly": 1_000_000}
        told = {key: str(path) for key, path in places.items()}
        self.write_settings({**told, **each_refusal_an_entry, **self.settings})

    @property
    def rules(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-rules")

    def write_settings(self, changes: Mapping[str, Json]) -> None:
        """Put *changes* into the settings file; they hold from the next start."""
        file = self.home / "gateway.toml"
        lines = [
            line for line in file.read_text().splitlines() if line.split(" = ")[0] not in changes
        ]
        lines += [f"{key} = {json.dumps(value)}" for key, value in changes.items()]
        file.write_text("\n".join([*lines, ""]))

    def start(self) -> None:
        self.start_gateway(wait=False)
        self.start_worker()
        for office in self.receivers:
            self._run_receiver(office)
        for office in self.receivers:
            self._wait_for_receiver(office)
        self._wait_for_gateway()

    def start_gateway(self, *, wait: bool = True) -> None:
        self.run("gateway", "serve", "--home", str(self.home))
        if wait:
            self._wait_for_gateway()

    def start_worker(self) -> None:
        self.run("worker", "worker", "--home", str(self.home))

    def run(self, name: str, *arguments: str) -> None:
        with self._log(name) as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "gateway", *arguments],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def died(self, name: str) -> int:
        """Wait until a process has ended by itself; return its status."""
        return self.processes.pop(name).wait(timeout=PATIENCE_S)

    def _wait(self, ready: Any, name: str) -> None:
        """As the stage does, with more patience: tests run beside other work."""
        deadline = time.monotonic() + START_S
        while not ready():
            assert self.processes[name].poll() is None, f"{name} ended: {self.log_text(name)}"
            assert time.monotonic() < deadline, f"{name} did not come up: {self.log_text(name)}"
            time.sleep(0.05)

    def engine_children(self) -> list[int]:
        """Return the process ids of the engine children of the gateway."""
        return self.children_of(self.processes["gateway"].pid)

    def children_of(self, parent: int) -> list[int]:
        return [
            int(stat.parent.name)
            for stat in Path("/proc").glob("[0-9]*/stat")
            if _parent_of(stat) == parent
        ]

    def log_text(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text("utf-8")

    def events(self, name: str, event: str) -> list[dict[str, Json]]:
        """Return the lines of one kind in a process's technical log."""
        lines = (line for line in self.log_text(name).splitlines() if line.startswith("{"))
        return [row for row in map(json.loads, lines) if row.get("event") == event]

    def inbox_of(self, office: Office, exchange_id: str) -> list[dict[str, Json]]:
        """Return what the office kept of one exchange: one document for each delivery id."""
        return [
            item for item in self.inbox(office) if item["exchange"]["exchange_id"] == exchange_id
        ]

    def kept(self, office: Office) -> int:
        """Count what the office has kept, without reading it."""
        folder = self.folder / "partners" / office.id / "inbox"
        return sum(1 for _ in folder.glob("*.json"))

    def pushes(self, office: Office, exchange_id: str) -> list[str]:
        """Return how the office took each push of one exchange, in order."""
        return self.all_pushes(office)[exchange_id]

    def all_pushes(self, office: Office) -> dict[str, list[str]]:
        """Return, for each exchange, how the office took each push of it."""
        taken: dict[str, list[str]] = defaultdict(list)
        for line in self.log_text(office.id).splitlines():
            found = _PUSHED.search(line)
            if found:
                taken[found[1]].append("repeat" if line.startswith("Wiederholung") else "new")
        return taken

    def outbox(self, exchange_id: str) -> dict[str, Json]:
        """Return the row of the outbox that belongs to an exchange, read from the database."""
        query = (
            "SELECT delivery.* FROM delivery JOIN entry ON entry.`index` = delivery.`index` "
            "WHERE entry.id = ?"
        )
        with sqlite3.connect(f"file:{self.home}/gateway.db?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            (row,) = database.execute(query, (exchange_id,)).fetchall()
        database.close()
        return dict(row)

    def settle(self) -> None:
        """Wait until every released payload has reached its end."""
        deadline = time.monotonic() + PATIENCE_S
        query = "SELECT count(*) FROM delivery WHERE state = 'queued'"
        while True:
            database = sqlite3.connect(f"file:{self.home}/gateway.db?mode=ro", uri=True)
            (waiting,) = database.execute(query).fetchone()
            database.close()
            if waiting == 0:
                return
            assert time.monotonic() < deadline, f"{waiting} deliveries do not end"
            time.sleep(0.1)

    @property
    def root(self) -> PublicKey:
        return PublicKey.from_pem((self.home / "root.pub").read_bytes())

    @property
    def keys(self) -> KeyList:
        return open_key_list((self.home / "keys.jws").read_text("ascii").strip(), self.root)


@contextmanager
def scratch(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, name: str
) -> Iterator[Path]:
    """Give a folder that is gone in the end, unless a test failed and it may tell why."""
    failed, folder = request.session.testsfailed, factory.mktemp(name)
    yield folder
    if request.session.testsfailed == failed:
        shutil.rmtree(folder)


@contextmanager
def running(folder: Path, kind: type[Running] = Running, **choices: Any) -> Iterator[Running]:
    """Build a stage below *folder*, start it, and end every process in the end."""
    stage = kind(folder / "stage", **choices)
    try:
        stage.build()
        stage.start()
        yield stage
    finally:
        stage.close()


async def send(
    stage: Stage, office: Office, exchange: Mapping[str, Json], key: str | None = None
) -> SentAnswer:
    """Submit an exchange over a connection of its own."""
    async with Sender(stage.partner(office)) as sender:
        return await sender.send(exchange, key)


async def get(stage: Stage, office: Office, path: str) -> SentAnswer:
    async with Sender(stage.partner(office)) as sender:
        return await sender.get(path)


async def state_of(stage: Stage, office: Office, exchange_id: str) -> str:
    """Return the state of an exchange as its sender sees it."""
    body = (await get(stage, office, f"/v1/exchanges/{exchange_id}")).json()
    return str(body["state"])


async def delivered(stage: Running, office: Office, exchange_id: str) -> dict[str, Json]:
    """Wait until the office has kept an exchange; return the one document that it kept."""
    (item,) = await eventually(lambda: stage.inbox_of(office, exchange_id))
    return item


async def settled(stage: Stage, office: Office, exchange_id: str, state: str) -> None:
    """Wait until the sender sees *state*."""

    async def reached() -> bool:
        return await state_of(stage, office, exchange_id) == state

    await eventually(reached)


def exchanges_in(inbox: Iterable[Mapping[str, Json]]) -> set[str]:
    """Return the ids of the exchanges in what an office kept; what was decided may still arrive."""
    return {item["exchange"]["exchange_id"] for item in inbox}


async def eventually(look: Callable[[], T | Awaitable[T]], within_s: float = PATIENCE_S) -> T:
    """Look again and again until there is something; fail when the time is over."""
    deadline = time.monotonic() + within_s
    while True:
        seen = look()
        found: T = await seen if isinstance(seen, Awaitable) else seen
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {within_s} s in vain"
        await asyncio.sleep(0.05)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _parent_of(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):  # it has ended meanwhile
        return None
