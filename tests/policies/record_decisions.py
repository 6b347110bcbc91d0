"""Decisions of the engine on policy inputs, recorded and decided again."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.policy.loading import load_policy_set
from gateway.policy.policy_set import PolicySet
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policies.route_inputs import route_inputs

Json = Any

RECORDED = Path(__file__).parent / "golden" / "decisions.jsonl"


def recorded() -> list[dict[str, Json]]:
    """The recorded pairs of `input` and `decision`."""
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


def decisions(policy_set: PolicySet, inputs: Iterable[Mapping[str, Json]]) -> Iterator[Json]:
    """Give the decision on each input, or None where the engine makes none."""
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)
        for given in inputs:
            answer = engine.evaluate(ENTRYPOINT, given).get("result")
            yield answer[0]["expressions"][0]["value"] if answer else None


def of_routes(policy_set: PolicySet) -> list[dict[str, Json]]:
    """The inputs of all routes, each permitted where the rules permit any (route_inputs.py)."""
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)

        def decide(given: dict[str, Json]) -> Json:
            answer = engine.evaluate(ENTRYPOINT, given)
            return answer["result"][0]["expressions"][0]["value"]

        return list(route_inputs(policy_set.data, decide))


def main(*, routes: bool) -> None:
    """Record the decisions anew, with *routes* also those of routes that are not there yet."""
    policy_set = load_policy_set(POLICIES, SCHEMAS)
    inputs = [row["input"] for row in recorded()]
    if routes:
        inputs += [given for given in of_routes(policy_set) if given not in inputs]
    decided = decisions(policy_set, inputs)
    rows = [
        {"input": given, "decision": decision}
        for given, decision in zip(inputs, decided, strict=True)
    ]
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    RECORDED.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(routes="--routes" in sys.argv)
