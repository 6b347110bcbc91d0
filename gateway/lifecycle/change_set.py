"""A change set: the one form in which rules and registry may change (DESIGN 9).

Its digest covers all that is voted on: what changes, from which state to which, why, and the
report on its effect. Whatever is changed in it afterwards makes another digest, and the ballots
that were cast on the old one count no more.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from gateway.errors import ChangeRefused
from gateway.lifecycle.effect import Effect

Json = Any
FORM = "datenschleuse-change-v1"
_DIGEST_DIGITS = 64
_LONGEST = 2000


class ChangeKind(StrEnum):
    """What a change set changes."""

    POLICY = "policy"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A draft: who wants to change what, and why.

    `documents` are those of the registry that it writes (or removes: None), by key; a policy
    draft has none, its files have the digest `digest_after`. `report` is the report on the
    effect. `time` is in epoch seconds.
    """

    id: str
    kind: ChangeKind
    number: int
    title: str
    reason: str
    author: str
    time: int
    origin: str
    digest_before: str
    digest_after: str
    documents: Mapping[str, Mapping[str, Json] | None]
    report: Mapping[str, Json]

    def document(self) -> dict[str, Json]:
        """Return the change set as it is stored, logged and digested."""
        return {
            "form": FORM,
            "id": self.id,
            "kind": self.kind.value,
            "number": self.number,
            "title": self.title,
            "reason": self.reason,
            "author": self.author,
            "time": self.time,
            "origin": self.origin,
            "digest_before": self.digest_before,
            "digest_after": self.digest_after,
            "documents": {
                key: None if value is None else dict(value) for key, value in self.documents.items()
            },
            "report": dict(self.report),
        }

    @property
    def canonical(self) -> bytes:
        """The canonical form (RFC 8785).

        Raises:
            ChangeRefused: It holds something that is no I-JSON.
        """
        return _canonical(self.document())

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form, hex."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def report_digest(self) -> str:
        """SHA-256 of the report's canonical form (RFC 8785), hex."""
        return hashlib.sha256(_canonical(self.report)).hexdigest()

    @property
    def effect(self) -> Effect:
        """What the report says of the effect.

        Raises:
            ChangeRefused: It does not say it in its form; nobody could know who must agree.
        """
        return Effect.read(self.report.get("effect"))


def parse_change(document: Mapping[str, Json]) -> ChangeSet:
    """Return the change set that `ChangeSet.document` wrote.

    Raises:
        ChangeRefused: It is not one, or says too much or too little.
    """
    match document:
        case {
            "form": str(form),
            "id": str(change_id),
            "kind": str(kind),
            "number": int(number),
            "title": str(title),
            "reason": str(reason),
            "author": str(author),
            "time": int(time),
            "origin": str(origin),
            "digest_before": str(before),
            "digest_after": str(after),
            "documents": dict(documents),
            "report": dict(report),
            **rest,
        } if not rest and form == FORM and kind in list(ChangeKind):
            change = ChangeSet(
                *(change_id, ChangeKind(kind), number, title, reason, author, time, origin),
                *(before, after, documents, report),
            )
        case _:
            raise ChangeRefused("not a change set in its form")
    for name, text in (("title", title), ("reason", reason)):
        if not text.strip() or len(text) > _LONGEST:
            raise ChangeRefused(f"{name}: a text of 1 to {_LONGEST} characters is needed")
    if type(number) is not int or type(time) is not int:
        raise ChangeRefused("number or time do not have their form")
    if number < 1 or len(before) != _DIGEST_DIGITS or len(after) != _DIGEST_DIGITS:
        raise ChangeRefused("number or digests do not have their form")
    if (change.kind is ChangeKind.REGISTRY) is not bool(documents):
        raise ChangeRefused("a change of the registry names documents, one of the rules none")
    return change


def _canonical(value: Mapping[str, Json]) -> bytes:
    try:
        return rfc8785.dumps(dict(value))
    except rfc8785.CanonicalizationError as error:
        raise ChangeRefused("the change set holds something that is no I-JSON") from error
