"""Asks two policy sets the same questions, and finds where the second one releases more."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from gateway.lifecycle.loosening import Loosening, loosening, withdrawn
from gateway.policy.policy_set import PolicySet

Json = Any
Given = Mapping[str, Json]
Decided = Mapping[str, Json] | None

_AT_A_TIME = 64
_NOTHING = Loosening(frozenset(), less=False)


class Batch(Protocol):
    """Decides many inputs by one policy set."""

    async def decide(self, inputs: Sequence[Given]) -> list[Decided]:
        """Return the decision documents, in the order of *inputs*.

        None is an input that is not decided: late, an error, or not by the schema.
        """


class Engines(Protocol):
    """Gives a batch for a policy set, as long as it is asked."""

    def __call__(self, policy_set: PolicySet) -> AbstractAsyncContextManager[Batch]:
        """Load *policy_set*.

        Raises:
            PolicySetRefused: The rules do not compile, or leave the empty input undecided.
            PolicyUnavailable: The engine did not come up.
        """


class Shown(Enum):
    """What a question showed of a change, the weightiest first."""

    MORE = "more"
    LESS = "less"
    OTHERWISE = "otherwise"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question, what both sets made of it, and what that shows. `name` is that of a case."""

    given: Given
    before: Decided
    after: Decided
    found: Loosening
    shown: Shown
    name: str = ""


async def ask_both(
    before: Batch, after: Batch, questions: Sequence[Given], names: Sequence[str] = ()
) -> list[Answer]:
    """Decide each of *questions* by both sets and compare."""
    old, new = await asyncio.gather(before.decide(questions), after.decide(questions))
    titles = names or [""] * len(questions)
    return [
        await _answer(before, given, was, now, name)
        for given, was, now, name in zip(questions, old, new, titles, strict=True)
    ]


async def shown_alone(before: Batch, changed: Batch, answers: Sequence[Answer]) -> Shown:
    """Return what one part of a change shows without the rest, by the first that is shown.

    *answers* has the questions, and how they were decided without it.
    """
    otherwise = False
    for start in range(0, len(answers), _AT_A_TIME):
        some = answers[start : start + _AT_A_TIME]
        decided = await changed.decide([each.given for each in some])
        for each, now in zip(some, decided, strict=True):
            answer = await _answer(before, each.given, each.before, now, "")
            if answer.shown in (Shown.MORE, Shown.LESS):
                return answer.shown
            otherwise |= answer.shown is Shown.OTHERWISE
    return Shown.OTHERWISE if otherwise else Shown.NOTHING


async def _answer(before: Batch, given: Given, was: Decided, now: Decided, name: str) -> Answer:
    if json.dumps(was, sort_keys=True) == json.dumps(now, sort_keys=True):
        return Answer(given, was, now, _NOTHING, Shown.NOTHING, name)
    if was is None or now is None:
        released = now is not None and now["verdict"] != "deny"
        found = Loosening(frozenset({"verdict"}), less=False) if released else _NOTHING
    else:
        found = loosening(was, now)
        if found.perhaps_with_members and await _went_with_members(before, given, was, now):
            found = Loosening(frozenset(), less=True)
    fewer = Shown.LESS if found.less else Shown.OTHERWISE
    return Answer(given, was, now, found, Shown.MORE if found.more else fewer, name)


async def _went_with_members(
    before: Batch, given: Given, was: Mapping[str, Json], now: Mapping[str, Json]
) -> bool:
    """Whether the first set, asked without the members that stay now, is no stricter than this.

    Then a duty, or a log class, went because of them and not because of the rules.
    """
    gone = withdrawn(was, now)
    members = {name: said for name, said in given["members"].items() if name not in gone}
    (control,) = await before.decide([{**given, "members": members}])
    return control is not None and not loosening(control, now).more
