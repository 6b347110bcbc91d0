"""Drafts of the rules with few tests of their own, so that trying them takes little time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.policy.loading import Reading, read_files
from gateway.policy.policy_files import PolicyFiles, read_policy_files
from gateway.ports import PolicyEngine
from tests.builders import REPOSITORY

_SHARED = "/request_test.rego"


@lru_cache(maxsize=1)
def the_files() -> PolicyFiles:
    return read_policy_files(REPOSITORY / "policies", REPOSITORY / "schemas")[0]


def with_tests_of(topic: str, more: str = "", **changed: bytes) -> Reading:
    """Return the rules with the tests of one topic alone, and *more* behind them.

    *changed* are files of a table by the table's name.
    """
    kept = {
        path: data
        for path, data in the_files().contents.items()
        if not path.endswith("_test.rego") or path.endswith((f"/{topic}_test.rego", _SHARED))
    }
    test = next(path for path in kept if path.endswith(f"/{topic}_test.rego"))
    tables = {f"policies/{name}/data.json": data for name, data in changed.items()}
    return read_files(
        replace(the_files(), contents={**kept, test: kept[test] + more.encode(), **tables})
    )


@asynccontextmanager
async def embedded(draft: Reading) -> AsyncIterator[PolicyEngine]:
    """Run the library with the draft."""
    engine = EmbeddedEngine()
    await engine.start(draft.policy_set)
    try:
        yield engine
    finally:
        await engine.close()
