"""Makes the descriptions of all exchange kinds once, beside the exchanges."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.adapters.rego_parser import parse_modules
from gateway.errors import NotFound
from gateway.kinds.description import describe_kind
from gateway.policies import Policies

Json = Any
Described = Mapping[str, dict[str, Json]]
Describe = Callable[[Policies, int], Described]


def describe_kinds(policies: Policies, day: int) -> dict[str, dict[str, Json]]:
    """Return kind -> description, as the rules are on *day*.

    The rules are asked in a child process of their own, which ends afterwards; no engine that
    decides exchanges is asked.

    Raises:
        PolicyUnavailable: The child gave no answer.
    """
    policy_set = policies.policy_set
    modules, _ = parse_modules(policy_set.modules.items())
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)

        def decide(given: dict[str, Json]) -> Json:
            return read_answer(engine.answer(ENTRYPOINT, json.dumps(given).encode()))

        return {
            kind: describe_kind(kind, policies, modules, decide, day)
            for kind in sorted(policy_set.data["necessity"])
        }


class Kinds:
    """The descriptions in force: made when somebody asks for the first time on a day."""

    def __init__(self, policies: Callable[[], Policies], describe: Describe) -> None:
        self._policies = policies
        self._describe = describe
        self._making = asyncio.Lock()
        self._made: tuple[str, int] | None = None
        self._kinds: Described = {}

    async def listed(self, day: int) -> dict[str, Json]:
        """Return all kinds with their labels and routes.

        Raises:
            PolicyUnavailable: The rules could not be asked.
        """
        digest, kinds = await self._of(day)
        names = ("exchange_kind", "label_de", "routes")
        return {
            "policy_digest": digest,
            "kinds": [{name: it[name] for name in names} for it in kinds.values()],
        }

    async def described(self, kind: str, day: int) -> dict[str, Json]:
        """Return the description of *kind*.

        Raises:
            NotFound: No rules are about such a kind.
            PolicyUnavailable: The rules could not be asked.
        """
        _, kinds = await self._of(day)
        if kind not in kinds:
            raise NotFound("no such exchange kind")
        return kinds[kind]

    async def _of(self, day: int) -> tuple[str, Described]:
        policies = self._policies()
        async with self._making:
            if self._made != (policies.digest, day):
                self._kinds = await asyncio.to_thread(self._describe, policies, day)
                self._made = (policies.digest, day)
            return policies.digest, self._kinds
