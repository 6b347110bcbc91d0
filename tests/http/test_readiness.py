"""What must be well before traffic is sent here."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.errors import LogUnavailable, PolicyUnavailable, RegistryUnavailable
from gateway.http.readiness import readiness_of
from gateway.model.exchange import Moment
from tests.tlog.memory_log import a_log

WELL = dict.fromkeys(("log", "registry", "engine", "clock", "disk"), "ok")


class World:
    """Every port that readiness looks at; each may be told to fail."""

    def __init__(self) -> None:
        self.entries = a_log(3).entries
        self.now = 1_795_000_002
        self.fails: dict[str, Exception] = {}
        self.asked: list[str] = []

    def ports(self) -> Any:
        return cast(
            Any,
            SimpleNamespace(
                log=SimpleNamespace(
                    head=self._head, entry=self._entry, check_writable=self._writable
                ),
                registry=SimpleNamespace(snapshot=self._snapshot),
                engine=SimpleNamespace(decide=self._decide),
                policies=lambda: SimpleNamespace(digest="a" * 64),
                clock=SimpleNamespace(now=lambda: Moment(self.now, 20_775)),
            ),
        )

    async def _head(self) -> Any:
        self._maybe_fail("log")
        return SimpleNamespace(size=len(self.entries))

    async def _writable(self) -> None:
        self._maybe_fail("log")
        self._maybe_fail("writing")

    async def _entry(self, index: int) -> Any:
        return SimpleNamespace(leaf=self.entries[index])

    async def _snapshot(self) -> Any:
        self._maybe_fail("registry")

    async def _decide(self, digest: str, _: object) -> Any:
        self._maybe_fail("engine")
        self.asked.append(digest)
        return {}

    def _maybe_fail(self, port: str) -> None:
        if port in self.fails:
            raise self.fails[port]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_all_is_well_and_the_engine_was_asked_under_the_rules_in_force(
    tmp_path: Path,
) -> None:
    world = World()

    assert await readiness_of(world.ports(), tmp_path)() == WELL
    assert world.asked == ["a" * 64]


@pytest.mark.parametrize(
    ("port", "error"),
    [
        ("registry", RegistryUnavailable("locked")),
        ("engine", PolicyUnavailable("late")),
    ],
)
async def test_what_fails_is_named_by_its_error_alone(
    tmp_path: Path, port: str, error: Exception
) -> None:
    world = World()
    world.fails[port] = error

    checks = await readiness_of(world.ports(), tmp_path)()

    assert checks == WELL | {port: type(error).__name__}


async def test_a_log_that_cannot_be_read_leaves_the_clock_unknown(tmp_path: Path) -> None:
    world = World()
    world.fails["log"] = LogUnavailable("locked")

    checks = await readiness_of(world.ports(), tmp_path)()

    assert checks == WELL | {"log": "LogUnavailable", "clock": "LogUnavailable"}


async def test_a_log_that_can_be_read_but_not_written_is_not_well(tmp_path: Path) -> None:
    world = World()
    world.fails["writing"] = LogUnavailable("locked")

    checks = await readiness_of(world.ports(), tmp_path)()

    assert checks == WELL | {"log": "LogUnavailable"}


@pytest.mark.parametrize(("back_s", "state"), [(60, "ok"), (61, "ClockBehind")])
async def test_a_clock_that_went_back_behind_the_newest_entry_is_seen(
    tmp_path: Path, back_s: int, state: str
) -> None:
    world = World()
    world.now -= back_s

    assert (await readiness_of(world.ports(), tmp_path)())["clock"] == state
