"""Decisions of the engine on policy inputs, recorded and decided again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.policy.loading import load_policy_set
from gateway.policy.policy_set import PolicySet
from tests.policies.folders import POLICIES, SCHEMAS

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


def main() -> None:
    inputs = [row["input"] for row in recorded()]
    decided = decisions(load_policy_set(POLICIES, SCHEMAS), inputs)
    rows = [
        {"input": given, "decision": decision}
        for given, decision in zip(inputs, decided, strict=True)
    ]
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    RECORDED.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
