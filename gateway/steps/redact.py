"""Copies what the decision releases into a new document, and nothing else."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.drafting import random_id
from gateway.errors import PolicyUnavailable
from gateway.groups import member_of, offered, put_together
from gateway.model.decision import Action, Decision, Verdict
from gateway.model.exchange import Exchange, Moment
from gateway.policies import Policies
from gateway.ports import SubjectKeys
from gateway.schemas import PayloadSchema
from gateway.transformations import Pseudonyms, generalised, pseudonymised, pseudonyms

Json = Any
_EPOCH = date(1970, 1, 1).toordinal()
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

    exchange_id: str
    decision: Decision
    asked: Mapping[str, Json]
    released: Mapping[str, Json] = field(repr=False)
    verdict: Verdict
    hits: tuple[FreeTextHit, ...]


def redact(
    exchange: Exchange,
    decision: Decision,
    asked: Mapping[str, Json],
    policies: Policies,
    keys: SubjectKeys,
) -> Ruling:
    """Return what leaves, and hold it where released free text repeats what is withheld.

    A hit that the acting official has looked at (`free_text_checked`) is recorded and does not
    hold; nor does it where the policy tables say that a danger allows no delay.

    Raises:
        PolicyUnavailable: The decision asks for a transformation that the gateway lacks.
        KeysUnavailable: It pseudonymises, and the key can be neither read nor made.
    """
    exchange_id = random_id()
    if decision.verdict is Verdict.DENY:
        return Ruling(exchange_id, decision, asked, {}, Verdict.DENY, ())
    schema = policies.schemas.payloads[exchange.exchange_kind]
    offer = dict(offered(exchange.payload, exchange.groups))
    parts = released_parts(
        offer,
        decision,
        schema,
        exchange.moment,
        lambda: _pseudonyms(exchange, exchange_id, keys),
    )
    renamed = decision.members(Action.PSEUDONYMISE)
    hits = tuple(free_text_hits(offer, parts, schema, renamed))
    held = hits and not exchange.free_text_checked and not policies.no_delay(exchange.facts)
    verdict = Verdict.HOLD if held else decision.verdict
    return Ruling(exchange_id, decision, asked, put_together(parts, exchange.groups), verdict, hits)


def released_parts(
    offer: Mapping[str, Json],
    decision: Decision,
    schema: PayloadSchema,
    moment: Moment,
    pseudonyms_of: Callable[[], Pseudonyms],
) -> dict[str, Json]:
    """Return what *decision* releases of *offer*, by offered name, and nothing else.

    By allow-list: a member that no outcome releases is dropped, whatever it holds.
    Source: Art. 5 (1) (c) DSGVO, data minimisation.

    Raises:
        PolicyUnavailable: A transformation that the gateway lacks, or that finds no way.
    """
    parts: dict[str, Json] = {}
    for outcome in decision.outcomes:
        if outcome.action is Action.WITHHOLD:
            continue
        if outcome.action is Action.RELEASE and outcome.parameters:
            raise PolicyUnavailable("the decision releases in a way that the gateway lacks")
        pseudonym = pseudonyms_of() if outcome.action is Action.PSEUDONYMISE else None
        for name in outcome.members:
            if name not in offer:
                continue
            value, member = offer[name], member_of(name)
            if pseudonym is not None:
                parts[name] = pseudonymised(schema, member, value, outcome.parameters, pseudonym)
            elif outcome.action is Action.GENERALISE:
                parts[name] = generalised(schema, member, value, outcome.parameters, moment)
            else:
                parts[name] = value
    return parts


def _pseudonyms(exchange: Exchange, exchange_id: str, keys: SubjectKeys) -> Pseudonyms:
    """Under the sender's key of the year: erased with it, nobody can work one out again."""
    year = date.fromordinal(exchange.moment.evaluated_on + _EPOCH).year
    _, key = keys.subject_key(exchange.sender.controller, year)
    return pseudonyms(key, exchange_id)


def free_text_hits(
    offer: Mapping[str, Json],
    parts: Mapping[str, Json],
    schema: PayloadSchema,
    renamed: Collection[str] = (),
) -> list[FreeTextHit]:
    """Search released free text for what was withheld elsewhere (DESIGN 4.5).

    *offer* and *parts* hold what was offered and what is released of it, by offered name. A
    withheld string counts if it has four or more characters, is no date, number, enum or
    constant, and does not also stand in a released structured member. Case and Unicode form
    do not matter. What remains beside a pseudonym (*renamed*) is searched like free text. The
    hits name members only.
    """
    marks = {name: schema.members[member_of(name)] for name in offer}
    texts = {
        name: " ".join(_strings(value))
        for name, value in parts.items()
        if marks[name].free_text or name in renamed
    }
    if not texts:
        return []
    known = {
        string
        for name, value in parts.items()
        if name not in texts and not marks[name].attachment
        for string in _strings(value)
    }
    return [
        FreeTextHit(name, withheld)
        for withheld in sorted(offer)
        if not marks[withheld].attachment and parts.get(withheld) is not offer[withheld]
        for left in [set(_strings(parts.get(withheld)))]
        for secrets in [_secrets(offer[withheld], marks[withheld].fixed) - known - left]
        for name, text in sorted(texts.items())
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
