"""Copies what the decision releases into a new document, and nothing else."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.model.decision import Action, Decision, Verdict
from gateway.model.exchange import Exchange, Payload
from gateway.policies import Policies
from gateway.schemas import PayloadSchema

Json = Any
_SHORTEST = 4
_NO_SECRET = re.compile(r"\d{4}-\d{2}-\d{2}(t[\d:.]+(z|[+-]\d{2}:\d{2})?)?|[\d\s.,:/+-]+")


@dataclass(frozen=True, slots=True)
class FreeTextHit:
    """A released free-text member holds a string that stands in a withheld member."""

    member: str
    withheld: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of one exchange: the decision, what is released, and whether it is held."""

    decision: Decision
    asked: Mapping[str, Json]
    released: Mapping[str, Json] = field(repr=False)
    verdict: Verdict
    hits: tuple[FreeTextHit, ...]


def redact(
    exchange: Exchange, decision: Decision, asked: Mapping[str, Json], policies: Policies
) -> Ruling:
    """Return what leaves, and hold it where released free text repeats what is withheld.

    A hit that the acting official has looked at (`free_text_checked`) is recorded and does not
    hold; nor does it where the policy tables say that a danger allows no delay.

    Raises:
        PolicyUnavailable: The decision asks for a transformation that the gateway lacks.
    """
    if decision.verdict is Verdict.DENY:
        return Ruling(decision, asked, {}, Verdict.DENY, ())
    released = released_members(exchange.payload, decision)
    schema = policies.schemas.payloads[exchange.exchange_kind]
    hits = tuple(free_text_hits(exchange.payload, released, schema))
    held = hits and not exchange.free_text_checked and not policies.no_delay(exchange.facts)
    return Ruling(decision, asked, released, Verdict.HOLD if held else decision.verdict, hits)


def released_members(payload: Payload, decision: Decision) -> dict[str, Json]:
    """Return the members that *decision* releases, and no others.

    By allow-list: a member that no outcome releases is dropped, whatever it holds.
    Source: Art. 5 (1) (c) DSGVO, data minimisation.

    Raises:
        PolicyUnavailable: The decision asks for a transformation that the gateway lacks.
    """
    if decision.members(Action.GENERALISE, Action.PSEUDONYMISE):
        raise PolicyUnavailable("the decision asks for a transformation that the gateway lacks")
    return {
        member: payload[member]
        for member in sorted(decision.members(Action.RELEASE))
        if member in payload
    }


def free_text_hits(
    payload: Payload, released: Mapping[str, Json], schema: PayloadSchema
) -> list[FreeTextHit]:
    """Search released free text for what was withheld elsewhere (DESIGN 4.5).

    A withheld string counts if it has four or more characters, is no date, number, enum or
    constant, and does not also stand in a released structured member. Case and Unicode form
    do not matter. The hits name members only.
    """
    texts = {
        member: " ".join(_strings(value))
        for member, value in released.items()
        if schema.members[member].free_text
    }
    if not texts:
        return []
    known = {
        string
        for member, value in released.items()
        if member not in texts and not schema.members[member].attachment
        for string in _strings(value)
    }
    return [
        FreeTextHit(member, withheld)
        for withheld in sorted(payload.keys() - released.keys())
        if not schema.members[withheld].attachment
        for secrets in [_secrets(payload[withheld], schema.members[withheld].fixed) - known]
        for member, text in sorted(texts.items())
        if any(secret in text for secret in secrets)
    ]


def _secrets(value: Json, fixed: Iterable[str]) -> set[str]:
    spelled_out = {_fold(string) for string in fixed}
    return {
        string
        for string in _strings(value)
        if len(string) >= _SHORTEST
        and string not in spelled_out
        and not _NO_SECRET.fullmatch(string)
    }


def _strings(value: Json) -> Iterator[str]:
    """Give every string inside *value*, folded."""
    if isinstance(value, str):
        yield _fold(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
