"""The rules in force, asked once for the whole room."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.adapters.rego_parser import parse_modules
from gateway.kinds.making import describe_kinds
from gateway.policy.syntax_tree import Module
from tests.builders import TODAY, the_policies

Json = Any
Decide = Callable[[dict[str, Json]], Json]


@pytest.fixture(scope="session")
def kinds() -> dict[str, dict[str, Json]]:
    """Every description of the rules in force."""
    return describe_kinds(the_policies(), TODAY)


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    return parse_modules(the_policies().policy_set.modules.items())[0]


@pytest.fixture(scope="session")
def decide() -> Iterator[Decide]:
    """Ask the rules in force, in a child of its own."""
    policy_set = the_policies().policy_set
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)
        yield lambda given: read_answer(engine.answer(ENTRYPOINT, json.dumps(given).encode()))
