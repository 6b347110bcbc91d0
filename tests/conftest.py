"""Gateways for every test: on ports in memory, and on SQLite files."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.gateways import (
    Gateway,
    MemoryGateway,
    SqlGateway,
    a_memory_gateway,
    make_home,
    open_gateway,
)
from tests.soft_token import SoftTokens, soft_tokens

_QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", max_examples=30, deadline=None, suppress_health_check=_QUIET)
settings.register_profile(
    "ci", max_examples=100, deadline=None, suppress_health_check=_QUIET, print_blob=True
)
settings.load_profile("dev")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway that police and order office know, founded once; tests get copies."""
    home = tmp_path_factory.mktemp("founded") / "gateway"
    make_home(home)
    return home


@pytest.fixture
def home(_founded: Path, tmp_path: Path) -> Path:
    """The folder of a gateway that two units know."""
    return shutil.copytree(_founded, tmp_path / "gateway")


@pytest.fixture
async def sql_gateway(home: Path) -> AsyncIterator[SqlGateway]:
    """A gateway on SQLite whose PDP releases everything unless told otherwise."""
    async with open_gateway(home) as gateway:
        yield gateway


@pytest.fixture
async def memory_gateway() -> MemoryGateway:
    """A gateway in memory whose PDP releases everything unless told otherwise."""
    return await a_memory_gateway()


@pytest.fixture(params=["memory", "sql"])
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """The same gateway on either implementation of its ports."""
    if request.param == "memory":
        yield await a_memory_gateway()
        return
    async with open_gateway(request.getfixturevalue("home")) as opened:
        yield opened


@pytest.fixture
def tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTokens]:
    """What can be plugged in: tokens of SoftHSM, none so far."""
    with soft_tokens(tmp_path, monkeypatch) as plugged:
        yield plugged
