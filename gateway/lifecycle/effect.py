"""What a change does to what is released: a value that the impact report carries (DESIGN 9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from gateway.errors import ChangeRefused

Json = Any


@dataclass(frozen=True, slots=True, order=True)
class Why:
    """One ground of an effect: its code, and one sentence said twice."""

    code: str
    de: str
    en: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Whether a change releases more, or does nothing but tighten, and whose sending it touches.

    Neither of both is a change of wording, or of something that releases as much as before.
    `controllers` are those whose units send where decisions differ.
    """

    releases_more: bool
    tightens_only: bool
    controllers: tuple[str, ...]
    why: tuple[Why, ...] = ()

    def document(self) -> dict[str, Json]:
        """Return the effect as a report and an entry carry it."""
        return {
            "releases_more": self.releases_more,
            "tightens_only": self.tightens_only,
            "controllers": list(self.controllers),
            "why": [{"code": why.code, "de": why.de, "en": why.en} for why in self.why],
        }

    @classmethod
    def read(cls, document: Json) -> Self:
        """Return the effect that `document` wrote; its grounds may be left out.

        Raises:
            ChangeRefused: It has not that form: nobody could know who must agree.
        """
        match document:
            case {
                "releases_more": bool(more),
                "tightens_only": bool(tightens),
                "controllers": list(controllers),
                **rest,
            } if all(isinstance(name, str) for name in controllers) and not (more and tightens):
                why = rest.get("why", [])
                return cls(more, tightens, tuple(controllers), _grounds(why))
        raise ChangeRefused("the report does not say what the change releases")


def _grounds(documents: Json) -> tuple[Why, ...]:
    found = []
    for document in documents if isinstance(documents, list) else [documents]:
        match document:
            case {"code": str(code), "de": str(de), "en": str(en)}:
                found.append(Why(code, de, en))
            case _:
                raise ChangeRefused("the report gives a ground that is none")
    return tuple(found)


def an_effect(
    more: Iterable[Why], less: Iterable[Why], same: Iterable[Why], controllers: Iterable[str]
) -> Effect:
    """Return the effect of a change: anything that is *more* makes it one that releases more.

    It tightens only where something is *less* and nothing else is in it.
    """
    found, fewer, beside = tuple(more), tuple(less), tuple(same)
    return Effect(
        releases_more=bool(found),
        tightens_only=bool(fewer) and not found and not beside,
        controllers=tuple(sorted({*controllers})),
        why=(*found, *fewer, *beside),
    )
