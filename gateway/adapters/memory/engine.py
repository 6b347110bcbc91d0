"""The `PolicyEngine` port in memory: it decides by a function, and fails when told to."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.model.decision import DecidedMany

Json = Any


@dataclass(slots=True)
class MemoryEngine:
    """Answers `rule(input)` for one policy digest; None is undefined, an error is an error.

    While `failure` is set, every call raises PolicyUnavailable with it. `asked` holds each
    input that a decision was asked for.
    """

    digest: str
    rule: Callable[[Mapping[str, Json]], Json]
    failure: str = ""
    asked: list[Mapping[str, Json]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "memory/1"

    async def decide(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        if self.failure:
            raise PolicyUnavailable(self.failure)
        if policy_digest != self.digest:
            raise PolicyUnavailable("another policy set is active than the one asked for")
        try:
            given = _copied(policy_input)
            self.asked.append(given)
            document = _copied(self.rule(given))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise PolicyUnavailable("the rules gave an error") from error
        if not isinstance(document, dict):
            raise PolicyUnavailable("the rules leave the decision undefined, or it is no object")
        return document

    async def decide_many(
        self, policy_digest: str, inputs: Sequence[Mapping[str, Json]]
    ) -> DecidedMany:
        """As `decide` for each; None where that refuses."""
        documents: list[Mapping[str, Json] | None] = []
        for given in inputs:
            try:
                documents.append(await self.decide(policy_digest, given))
            except PolicyUnavailable:
                documents.append(None)
        return DecidedMany(tuple(documents))


def _copied(value: Json) -> Json:
    """The value as JSON would carry it; a fraction is refused."""
    return json.loads(json.dumps(value, allow_nan=False), parse_float=_no_fraction)


def _no_fraction(text: str) -> Json:
    raise ValueError("a fraction in a decision")
