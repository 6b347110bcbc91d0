"""Asks the rules how they came to a decision: what they found, and what each topic gave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.policy.policy_set import PolicySet

Json = Any

_QUESTIONS = Path(__file__).with_name("explanation.rego")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the rules say of one policy input, as they say it.

    `fired` has an object for each thing that a topic gave, with `topic`, `effect` (`deny`,
    `withhold`, `obligation`, `obligation_always`) and what was `given`; `claims` one for each
    claimed basis; `rows` the row of the necessity table for each offered member.
    """

    given: Mapping[str, Json]
    decision: Mapping[str, Json]
    claims: Mapping[str, Mapping[str, Json]]
    fired: tuple[Mapping[str, Json], ...]
    rows: Mapping[str, Mapping[str, Json]]


def ask_why(policy_set: PolicySet, policy_input: Mapping[str, Json]) -> Answers:
    """Decide *policy_input* and ask the same rules how they came to it.

    Raises:
        PolicySetRefused: A module does not load.
        PolicyUnavailable: The engine gave no answer, or the rules leave it undefined.
    """
    given = json.dumps(policy_input).encode()
    with EngineSession() as engine:
        for path, source in policy_set.modules.items():
            engine.add_module(path, source)
        engine.add_module(_QUESTIONS.name, _QUESTIONS.read_text("utf-8"))
        engine.add_data(policy_set.data_json)

        def ask(document: str) -> Json:
            return read_answer(engine.answer(document, given))

        return Answers(
            given=policy_input,
            decision=ask("exchange.main.decision"),
            claims=ask("explanation.claims"),
            fired=tuple(ask("explanation.fired")),
            rows=ask("explanation.rows"),
        )
